# A single-use token, as the administrator inside the cluster gets it
url=$(curl -s -X POST http://localhost:8080/v1/applications/tokens -H "Application: shop" | sed 's/.*"url":"\([^"]*\)".*/\1/')

# What the signing request must say, and where it goes
info=$(curl -s --cacert certs/ca.crt "$url")
csr_url=$(echo "$info" | sed 's/.*"csrUrl":"\([^"]*\)".*/\1/')

# Key and signing request, with the subject of the answer
openssl req -new -sha256 -newkey rsa:2048 -nodes -keyout shop.key -out shop.csr \
  -subj "/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/C=DE/CN=shop"

# The certificate: base64 of a PEM chain
curl -s --cacert certs/ca.crt "$csr_url" -d "{\"csr\":\"$(openssl base64 -A -in shop.csr)\"}" |
  sed 's/.*"crt":"\([^"]*\)".*/\1/' | openssl base64 -d -A > shop.crt

# Who am I? Over mutual TLS
curl --cert shop.crt --key shop.key --cacert certs/ca.crt https://localhost:9443/v1/applications/management/info
