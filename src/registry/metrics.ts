import type { FastifyInstance } from 'fastify';
import { Counter, Registry, Summary } from 'prom-client';
import type { Generation } from './generations.ts';

export interface RegistryMetrics {
  /** Counts the requests of a site. */
  readonly observe: (app: FastifyInstance) => void;
  readonly contentType: string;
  /** The Prometheus text of `GET /metrics`. */
  text(): Promise<string>;
}

/** (metadata-service §3) */
export function createRegistryMetrics({ kind }: Generation): RegistryMetrics {
  const service = kind === 'Application' ? 'application_registry' : 'metadata_service';
  const registry = new Registry();
  const duration = new Summary({
    name: `${service}_endpoints_duration`,
    help: 'Duration of requests in seconds.',
    labelNames: ['endpoint', 'method'],
    percentiles: [0.995],
    registers: [registry],
  });
  const responses = new Counter({
    name: `${service}_endpoints_responses`,
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
        responses.inc({ endpoint, method, status: String(reply.raw.statusCode) });
      });
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
