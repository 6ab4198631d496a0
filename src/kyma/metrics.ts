import type { FastifyInstance } from 'fastify';
import { Counter, Registry, Summary } from 'prom-client';
import type { Logger } from '../core/log.ts';
import type { Site } from '../http/site.ts';
import { createKymaService } from './service.ts';

export interface ServiceMetrics {
  /** Counts the requests of a service that knows its routes. */
  readonly observe: (app: FastifyInstance) => void;
  /** A site with `GET /metrics`, the Prometheus text. */
  site(part: string, log: Logger): Promise<Site>;
}

/**
 * The two metrics that Kyma's services have of their endpoints. (connector-service §2.1, metadata-service §3)
 * @param service the beginning of their names, e.g. `connector_service`
 */
export function createServiceMetrics(service: string): ServiceMetrics {
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
    site: (part, log) =>
      createKymaService({
        part,
        bodyLimit: 1,
        log,
        register(app) {
          app.get('/metrics', async (_request, reply) =>
            reply.type(registry.contentType).send(await registry.metrics()),
          );
        },
      }),
  };
}
