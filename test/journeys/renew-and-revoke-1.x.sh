#!/usr/bin/env bash
# Kyma 1.x and 2.0 to 2.2: an Application gets its certificate, registers a service, renews the certificate and revokes
# it. Needs a running instance with an Application of the name $APP; works in an empty folder.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
APP=${APP:-shop}

say "Ask for a token (inside the cluster)"
url=$(curl --silent --show-error -X POST "$INTERNAL/v1/applications/tokens" -H "Application: $APP" | field url)
echo "$url"

say "Fetch what the signing request must say"
info=$(call "$url")
echo "$info"
csr_url=$(echo "$info" | field csrUrl)
info_url=$(echo "$info" | field infoUrl)
subject=$(slash "$(echo "$info" | field subject)")

say "Make a key and a signing request, and have it signed"
openssl genrsa -out generated.key 2048
openssl req -new -sha256 -out generated.csr -key generated.key -subj "$subject"
csr=$(openssl base64 -in generated.csr | tr -d '\n')
signed=$(call -H "Content-Type: application/json" -d "{\"csr\":\"$csr\"}" "$csr_url")
echo "$signed" | field crt | openssl base64 -d -A > generated.crt
echo "$signed" | field clientCrt | openssl base64 -d -A > client.crt
openssl verify -CAfile "$CA" client.crt
[ "$(grep -c 'BEGIN CERTIFICATE' generated.crt)" = 2 ] || fail "crt is not the chain"

say "Fetch the addresses that the certificate opens"
management=$(call --cert generated.crt --key generated.key "$info_url")
echo "$management"
metadata_url=$(echo "$management" | field metadataUrl)
renew_url=$(echo "$management" | field renewCertUrl)
revoke_url=$(echo "$management" | field revokeCertUrl)

say "Register a service, list it, call it through the Application Gateway"
registered=$(call --cert generated.crt --key generated.key "$metadata_url" -d '{
  "provider": "Acme", "name": "Orders API", "description": "Orders of the shop",
  "api": { "targetUrl": "'"$TARGET"'" }
}')
echo "$registered"
id=$(echo "$registered" | field id)
call --cert generated.crt --key generated.key "$metadata_url" | grep -q "\"id\":\"$id\"" || fail "it is not in the list"
gateway_url=http://central-application-gateway.kyma-system.svc.cluster.local:8080/$APP/orders-api
http_proxy=$INTERNAL no_proxy='' curl --silent --show-error "$gateway_url/uuid" | grep '"uuid"' ||
  fail "the external system was not reached"

say "Renew the certificate, with the subject that it has"
subject=$(openssl x509 -noout -subject -nameopt compat -in client.crt | sed 's/^subject= *//')
openssl req -new -sha256 -out renewal.csr -key generated.key -subj "$subject"
csr=$(openssl base64 -in renewal.csr | tr -d '\n')
renewed=$(call -X POST "$renew_url" -d "{\"csr\":\"$csr\"}" --cert generated.crt --key generated.key)
echo "$renewed" | field crt | openssl base64 -d -A > renewed.crt
openssl verify -CAfile "$CA" renewed.crt
[ "$(status --cert renewed.crt --key generated.key "$metadata_url")" = 200 ] || fail "the renewed certificate is refused"

say "Revoke the first certificate"
[ "$(status -X POST "$revoke_url" --cert generated.crt --key generated.key)" = 201 ] || fail "it was not revoked"

say "Its renewal is refused now, that of the other one is not"
refused=$(call -X POST "$renew_url" -d "{\"csr\":\"$csr\"}" --cert generated.crt --key generated.key)
echo "$refused"
[ "$(echo "$refused" | field error)" = "Certificate has been revoked." ] || fail "a revoked certificate was renewed"
[ "$(status -X POST "$renew_url" -d "{\"csr\":\"$csr\"}" --cert renewed.crt --key generated.key)" = 201 ] ||
  fail "the renewed certificate cannot be renewed"

say "Revoke the other one from inside the cluster, by its fingerprint"
openssl x509 -in renewed.crt -outform der -out renewed.der
fingerprint=$(openssl dgst -sha256 -r renewed.der | cut -d' ' -f1)
curl --silent --show-error -X POST "$INTERNAL/v1/applications/certificates/revocations" -d "{\"hash\":\"$fingerprint\"}"
[ "$(status -X POST "$renew_url" -d "{\"csr\":\"$csr\"}" --cert renewed.crt --key generated.key)" = 403 ] ||
  fail "a revoked certificate was renewed"

say "Remove the service"
[ "$(status -X DELETE "$metadata_url/$id" --cert renewed.crt --key generated.key)" = 204 ] || fail "it was not removed"

say "Done"
