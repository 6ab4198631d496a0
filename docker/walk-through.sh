#!/bin/sh
# What a connected system does, step by step, with openssl and curl, by the names of the cluster only.
set -eu

: "${APP:=shop}" "${CA:=/data/certs/ca.crt}" "${HTTPBIN:=http://httpbin:8080}" "${TOKENS:=http://external-system:8088}"
INSIDE=http://connector-service-internal-api.kyma-integration:8080
GATEWAY=http://central-application-gateway.kyma-system:8080

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
call() { curl --silent --show-error --fail-with-body --cacert "$CA" "$@"; }
own() { call --cert client.crt --key client.key "$@"; }
expect() { case "$1" in *"$2"*) printf '%s\n' "$1" ;; *) fail "expected $2 in: $1" ;; esac; }

cd "$(mktemp -d)"

step "1. The administrator, inside the cluster, asks for a token for the application \"$APP\""
url=$(curl --silent --show-error --fail -X POST "$INSIDE/v1/applications/tokens" -H "Application: $APP" | field url)
printf '%s\n' "${url%%token=*}token=…"

step "2. The external system reads what its signing request must say; this uses the token up"
info=$(call "$url")
subject=$(printf '%s' "$info" | field subject)
printf '%s\n' "$subject"

step "3. It makes a key and a signing request, and has it signed"
openssl genrsa -out client.key 2048 2>/dev/null
openssl req -new -sha256 -key client.key -out client.csr -subj "/$(printf '%s' "$subject" | tr ',' '/')"
csr() { printf '{"csr":"%s"}' "$(openssl base64 -A -in "$1")"; }
call "$(printf '%s' "$info" | field csrUrl)" -d "$(csr client.csr)" | field crt | openssl base64 -d -A > client.crt
openssl verify -CAfile "$CA" client.crt

step "4. With the certificate, over mutual TLS, it learns its addresses"
management=$(own "$(printf '%s' "$info" | field infoUrl)")
metadata=$(printf '%s' "$management" | field metadataUrl)
renewals=$(printf '%s' "$management" | field renewCertUrl)
printf '%s\n' "$metadata"

register() {
  own "$metadata" -d "{\"provider\":\"Walk-through\",\"name\":\"$1\",\"description\":\"$1\",\"api\":{\"targetUrl\":\"$2\",\"credentials\":$3}}"
}

step "5. It registers HTTPBin as an API that wants a user and a password"
register "HTTPBin Basic" "$HTTPBIN/basic-auth/user/passwd" '{"basic":{"username":"user","password":"passwd"}}'

step "6. A workload calls it through the Application Gateway, which adds the credentials"
expect "$(curl --silent --show-error "$GATEWAY/$APP/httpbin-basic" | tr -d ' \n')" '"authenticated":true'

step "7. The same with OAuth: the gateway fetches a token, HTTPBin wants to see one"
register "HTTPBin OAuth" "$HTTPBIN/bearer" \
  "{\"oauth\":{\"url\":\"$TOKENS/v1/api/oauth/token\",\"clientId\":\"clientID\",\"clientSecret\":\"clientSecret\"}}"
expect "$(curl --silent --show-error "$GATEWAY/$APP/httpbin-oauth" | tr -d ' \n')" '"authenticated":true'

step "8. Without credentials HTTPBin refuses, so they did come from the gateway"
status=$(curl --silent --output /dev/null --write-out '%{http_code}' "$HTTPBIN/basic-auth/user/passwd")
[ "$status" = 401 ] || fail "HTTPBin answered $status"
echo "401"

step "9. The external system renews its certificate"
own "$renewals" -d "$(csr client.csr)" | field crt | openssl base64 -d -A > renewed.crt
openssl verify -CAfile "$CA" renewed.crt
call --cert renewed.crt --key client.key "$metadata" > /dev/null

step "Done: paired, registered, called, renewed."
