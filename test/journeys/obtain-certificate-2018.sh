#!/usr/bin/env bash
# "Obtaining the certificate", as a connected system did it in 2018 (Kyma 0.4 and 0.5), up to the first call of its API.
# Needs a running instance with a RemoteEnvironment of the name $RE; works in an empty folder.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
RE=${RE:-ec-default}

say "Ask the Connector Service, inside the cluster, for a token"
answer=$(curl --silent --show-error -X POST "$INTERNAL/v1/remoteenvironments/$RE/tokens")
echo "$answer"
url=$(echo "$answer" | field url)

say "Fetch what the signing request must say"
info=$(call "$url")
echo "$info"
csr_url=$(echo "$info" | field csrUrl)
metadata_url=$(echo "$info" | field metadataUrl)
subject=$(slash "$(echo "$info" | field subject)")

say "Make a key and a signing request"
openssl genrsa -out generated.key 4096
openssl req -new -out generated.csr -key generated.key -subj "$subject"
csr=$(openssl base64 -in generated.csr | tr -d '\n')

say "Have it signed"
signed=$(call -H "Content-Type: application/json" -d "{\"csr\":\"$csr\"}" "$csr_url")
echo "$signed" | field crt | openssl base64 -d -A > generated.crt
openssl x509 -in generated.crt -noout -subject -issuer -dates
openssl verify -CAfile "$CA" generated.crt

say "The token is used up"
[ "$(status "$url")" = 403 ] || fail "the token still works"

say "Register a service, with certificate and key"
registered=$(call --cert generated.crt --key generated.key "$metadata_url" -d '{
  "provider": "Acme", "name": "Orders API", "description": "Orders of the shop",
  "api": { "targetUrl": "'"$TARGET"'" }
}')
echo "$registered"
id=$(echo "$registered" | field id)
[ -n "$id" ] || fail "the service was not registered"

say "List the services"
list=$(call --cert generated.crt --key generated.key "$metadata_url")
echo "$list"
echo "$list" | grep -q "\"id\":\"$id\"" || fail "the service is not in the list"

say "Call it from inside the cluster, through the Application Gateway"
# In 2018 every service had a host name of its own; in today's Kyma one gateway stands before all of them.
case ${KYMA:-0.4} in
  0.*) gateway_url=http://re-$RE-$id.kyma-integration ;;
  *) gateway_url=http://central-application-gateway.kyma-system:8080/$RE/orders-api ;;
esac
called=$(http_proxy=$INTERNAL no_proxy='' curl --silent --show-error "$gateway_url/get?from=2018")
echo "$called"
echo "$called" | grep -q '"from"' || fail "the external system was not reached"

say "Without the certificate nobody gets in"
[ "$(curl --silent --cacert "$CA" -o /dev/null -w '%{http_code}' "$metadata_url" || true)" != 200 ] || fail "anybody gets in"

say "Done"
