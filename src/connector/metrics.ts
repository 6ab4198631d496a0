import type { FastifyInstance } from 'fastify';
import { Counter, Registry, Summary } from 'prom-client';

export interface ConnectorMetrics {
  /** Counts the requests of a site. */
  readonly observe: (app: FastifyInstance) => void;
  readonly contentType: string;
  /** The Prometheus text of `GET /metrics`. */
  text(): Promise<string>;
}

/** (connector-service §2.1) */
export function createConnectorMetrics(): ConnectorMetrics {
  const registry = new Registry();
  const duration = new Summary({
    name: 'connector_service_endpoints_duration',
    help: 'Duration of requests in seconds.',
    labelNames: ['endpoint', 'method'],
    percentiles: [0.995],
    registers: [registry],
  });
  const responses = new Counter({
    name: 'connector_service_endpoints_responses',
    help: 'Number of responses by status.',
    labelNames: ['endpoint', 'status', 'method'],
    registers: [registry],
  });
  return {
    observe(app) {
      app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
        // Paths that are not the service's own have no route.
        if (!routeOptions.url) return;
        const endpoint = routeOptions.url.replace(/:([^/]+)/g, '{$1}');
        duration.observe({ endpoint, method }, reply.elapsedTime / 1000);
        responses.inc({ endpoint, method, status: String(reply.statusCode) });
      });
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
