export KUBECONFIG=$PWD/certs/kubeconfig

# What the system "shop" has registered
kubectl get application shop -o yaml

# A token, as Kyma's guides of 1.x ask for it
kubectl apply -f - <<'MANIFEST'
apiVersion: applicationconnector.kyma-project.io/v1alpha1
kind: TokenRequest
metadata:
  name: shop
MANIFEST
kubectl wait tokenrequest shop --for=jsonpath='{.status.state}'=OK
kubectl get tokenrequest shop -o jsonpath='{.status.url}'
