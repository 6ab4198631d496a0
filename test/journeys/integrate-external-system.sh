#!/usr/bin/env bash
# "Integrate an external system with Kyma", today: an Application, its Secret, secured services of every kind, TLS
# verification switched off, and a call from a workload. With the guide's own kubectl commands.
# Needs a running instance with --allow-exec and the demo system, and KUBECONFIG; works in an empty folder.
set -euo pipefail
say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

export APP_NAME=test-app USER_NAME=test-user PASSWORD=test-password SECRET_NAME=test-secret
export SERVICE_DISPLAY_NAME=test-basic-auth TARGET_URL=${TARGET_URL:-http://localhost:8088/}
export TARGET_UUID=f03aafcc-85ad-4665-a46a-bf455f5fa0b3 TARGET_PATH=basic-auth/$USER_NAME/$PASSWORD NAMESPACE=default
export POD_NAME=test-app-gateway

say "Create an Application"
cat <<MANIFEST | kubectl apply -f -
apiVersion: applicationconnector.kyma-project.io/v1alpha1
kind: Application
metadata:
  name: $APP_NAME
spec:
  description: Application description
  labels:
    region: us
    kind: production
MANIFEST
kubectl get app $APP_NAME -o yaml

say "Register a service that wants a user and a password"
kubectl label namespace $NAMESPACE istio-injection=enabled
kubectl create secret generic $SECRET_NAME --from-literal username=$USER_NAME --from-literal password=$PASSWORD -n kyma-system
cat <<MANIFEST | kubectl apply -f -
apiVersion: applicationconnector.kyma-project.io/v1alpha1
kind: Application
metadata:
  name: $APP_NAME
spec:
  skipVerify: false
  services:
  - id: $TARGET_UUID
    name: $SERVICE_DISPLAY_NAME
    displayName: $SERVICE_DISPLAY_NAME
    description: "Your service"
    providerDisplayName: "Your organisation"
    entries:
    - credentials:
        secretName: $SECRET_NAME
        type: Basic
      targetUrl: $TARGET_URL
      type: API
MANIFEST

say "Call it from a Pod, by the gateway's name in the cluster"
export GATEWAY_URL=http://central-application-gateway.kyma-system:8080/$APP_NAME/$SERVICE_DISPLAY_NAME/$TARGET_PATH
cat <<MANIFEST | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata:
  labels:
    run: $POD_NAME
  name: $POD_NAME
  namespace: $NAMESPACE
spec:
  containers:
  - image: busybox
    name: $POD_NAME
    stdin: true
    tty: true
  dnsPolicy: ClusterFirst
  restartPolicy: Never
MANIFEST
kubectl wait --for=condition=Ready pod $POD_NAME -n $NAMESPACE
kubectl exec $POD_NAME -c $POD_NAME -n $NAMESPACE -- sh -c "wget -O- '$GATEWAY_URL'" | tee answer
grep -q '"authenticated": *true' answer || fail "the gateway did not log in"

say "Register a secured API of each kind"
# Each is a Secret and an item of spec.services; the demo system plays the external API.
SYSTEM=${TARGET_URL%/} SECURE=${SECURE_URL:-https://localhost:8488}
kubectl create secret generic my-basic --from-literal username=user --from-literal password=passwd -n kyma-system
kubectl create secret generic my-oauth --from-literal clientId=clientID --from-literal clientSecret=clientSecret -n kyma-system
kubectl create secret generic my-mtls-oauth --from-literal clientId=clientID --from-literal crt="$(cat "$CLIENT_CRT")" \
  --from-literal key="$(cat "$CLIENT_KEY")" -n kyma-system
kubectl create secret generic my-cert --from-literal crt="$(cat "$CLIENT_CRT")" --from-literal key="$(cat "$CLIENT_KEY")" -n kyma-system
kubectl create secret generic my-params --from-literal headers='{"Hkey1":["Hval1"],"Hkey2":["Hval21","Hval22"]}' \
  --from-literal queryParameters='{"Qkey1":["Qval1"],"Qkey2":["Qval21","Qval22"]}' -n kyma-system

# service DISPLAY_NAME TARGET_URL ENTRY_ADDITIONS: a service as one line of JSON
service() {
  printf '{"id":"%s","name":"%s","displayName":"%s","description":"d","providerDisplayName":"p","entries":[{"type":"API","targetUrl":"%s",%s}]}' \
    "$(openssl rand -hex 16)" "$1" "$1" "$2" "$3"
}
services=$(
  service "My Basic Auth Service" "$SYSTEM/v1/api/basic/ok" '"credentials":{"type":"Basic","secretName":"my-basic"}'
  printf ,
  service "My OAuth Service" "$SYSTEM/v1/api/oauth/ok" "\"credentials\":{\"type\":\"OAuth\",\"secretName\":\"my-oauth\",\"authenticationUrl\":\"$SYSTEM/v1/api/oauth/token\"}"
  printf ,
  service "My mTLS OAuth Service" "$SYSTEM/v1/api/oauth/ok" "\"credentials\":{\"type\":\"OAuthWithCert\",\"secretName\":\"my-mtls-oauth\",\"authenticationUrl\":\"$SECURE/v1/api/mtls-oauth/token\"}"
  printf ,
  service "My Client Cert Service" "$SECURE/v1/api/mtls/ok" '"credentials":{"type":"CertificateGen","secretName":"my-cert"}'
  printf ,
  service "My CSRF Service" "$SYSTEM/v1/api/csrf-basic/ok" "\"credentials\":{\"type\":\"Basic\",\"secretName\":\"my-basic\",\"csrfInfo\":{\"tokenEndpointURL\":\"$SYSTEM/v1/api/csrf/token\"}}"
  printf ,
  service "My Headers Params Service" "$SYSTEM/v1/api/request-parameters-basic/ok" '"credentials":{"type":"Basic","secretName":"my-basic"},"requestParametersSecretName":"my-params"'
)
kubectl create -f - <<MANIFEST
{"apiVersion":"applicationconnector.kyma-project.io/v1alpha1","kind":"Application","metadata":{"name":"secured-app"},"spec":{"services":[$services]}}
MANIFEST
for name in my-basic-auth-service my-oauth-service my-mtls-oauth-service my-client-cert-service my-csrf-service my-headers-params-service; do
  GATEWAY_URL=http://central-application-gateway.kyma-system:8080/secured-app/$name
  kubectl exec $POD_NAME -c $POD_NAME -n $NAMESPACE -- sh -c "wget -O- '$GATEWAY_URL'" && echo "$name: in" || fail "$name"
done

say "Disable TLS verification: by hand with kubectl edit, then back by patch"
expired() {
  kubectl exec $POD_NAME -n $NAMESPACE -- sh -c "wget -q -O- 'http://central-application-gateway.kyma-system:8080/expired-app/expired'"
}
kubectl create -f - <<MANIFEST
{"apiVersion":"applicationconnector.kyma-project.io/v1alpha1","kind":"Application","metadata":{"name":"expired-app"},"spec":{"skipVerify":false,"services":[$(
  service expired "${EXPIRED_URL:-https://localhost:8489}/v1/api/mtls/ok" '"credentials":{"type":"CertificateGen","secretName":"my-cert"}'
)]}}
MANIFEST
if expired; then fail "an expired certificate was accepted"; fi
EDITOR='sed -i s/skipVerify:.false/skipVerify:\ true/' kubectl edit application expired-app
expired || fail "verification is still on"
kubectl patch application expired-app --type merge -p '{"spec":{"skipVerify":false}}'
if expired; then fail "verification is still off"; fi

say "Done"
