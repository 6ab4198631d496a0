#!/usr/bin/env bash
# How a token was got in 2018: forward the port of the Connector Service's internal API, then ask it.
# Needs a running instance and KUBECONFIG.
set -euo pipefail
PORT=${PORT:-8080}
: > forwarding
kubectl -n=kyma-integration port-forward svc/connector-service-internal-api "$PORT:8080" > forwarding 2>&1 &
trap 'kill %1' EXIT
until grep -q 'Forwarding from' forwarding; do sleep 0.1; done
curl --silent --show-error -X POST "http://localhost:$PORT/v1/remoteenvironments/ec-default/tokens"
