# Pair the external system "shop": token, key, signing request, certificate
npm run --silent kymulator -- connect shop

# Register an API of that system, with its certificate
curl --cert certs/shop/shop.crt --key certs/shop/shop.key --cacert certs/ca.crt \
  https://localhost:9443/shop/v1/metadata/services \
  -d '{"provider": "Acme", "name": "Orders API", "description": "Orders of the shop",
       "api": {"targetUrl": "http://localhost:8088"}}'

# Call it as a workload of the cluster does, through the Application Gateway
curl http://localhost:8090/shop/orders-api/get

# The same by the cluster's own name
http_proxy=http://localhost:8080 \
  curl http://central-application-gateway.kyma-system:8080/shop/orders-api/uuid
