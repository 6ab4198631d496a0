# The control plane in one image. Works with the classic builder and with BuildKit.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

# What pairs, registers and calls in docker-compose.yml: openssl, curl and a shell.
FROM debian:bookworm-slim AS walk-through
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl openssl && rm -rf /var/lib/apt/lists/*
COPY docker/walk-through.sh /walk-through.sh
WORKDIR /tmp
USER 1001:1001
CMD ["sh", "/walk-through.sh"]

FROM node:24-bookworm-slim AS kymulator
# Both mean the container's own network: who else gets in is for --publish to say. What is inside (8080, 8090, 8092) gives
# tokens without a login, so publish it on 127.0.0.1 or not at all. (docs/security.md)
ENV NODE_ENV=production \
    KYMULATOR_HOST=0.0.0.0 \
    KYMULATOR_INSIDE_HOST=0.0.0.0 \
    KYMULATOR_DATA_DIR=/data/state \
    KYMULATOR_CERTS_DIR=/data/certs
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY fixtures/demo fixtures/demo
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080 8443 9443 8090 8092 8088
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s \
  CMD ["node", "dist/cli.js", "wait", "--timeout", "2s"]
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["up", "--seed", "fixtures/demo"]
