import type { ServerResponse } from 'node:http';
import Fastify, { type FastifyError, type FastifyReply } from 'fastify';
import { DomainError, UserError, userError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { entryOf } from '../core/user-errors/catalogue.ts';
import { annotate } from '../http/annotations.ts';
import type { Site } from '../http/site.ts';
import type { TokenEndpoint } from '../kyma/token-endpoint.ts';
import type { ResourceStore } from '../store/store.ts';
import { ensureApplication } from './applications.ts';

/** What a running instance says about itself. */
export interface InstanceDescription {
  readonly version: string;
  /** The simulated release as it was asked for. */
  readonly kyma: string;
  readonly edges: readonly { readonly name: string; readonly url: string; readonly serves: string }[];
  readonly urls: { readonly connector: string; readonly gateway: string; readonly internal: string };
  /** PEM of the certificate authority, and its file if it has one. */
  readonly ca: string;
  readonly caFile?: string | undefined;
}

export interface ControlOptions {
  readonly store: ResourceStore;
  readonly log: Logger;
  readonly isReady: () => boolean;
  /** Called only when ready. */
  readonly describe: () => InstanceDescription;
  /** A POST that yields a token of an application. */
  readonly tokenRequest: (application: string) => TokenEndpoint;
}

const instanceQuery = { type: 'object', properties: { application: { type: 'string', minLength: 1 } } } as const;

/** The control API: readiness, and what the command line asks a running instance. On loopback only. */
export async function createControlSite(options: ControlOptions): Promise<Site> {
  const { store, isReady, describe } = options;
  const app = Fastify({
    bodyLimit: 64 * 1024,
    routerOptions: { maxParamLength: 64 * 1024 },
    // A path that cannot be decoded gets no further than the router.
    frameworkErrors: (error, _request, reply) => answerError(error, reply as FastifyReply, options.log),
  });
  // Of what pages can send to another origin without being asked, nothing is read.
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply, options.log));
  app.setNotFoundHandler((request, reply) =>
    refuse(reply, userError('NOT_FOUND', { method: request.method, path: request.url.split('?')[0] ?? '' })),
  );
  app.addHook('onRequest', (request, _reply, done) => {
    annotate(request.raw, { part: 'control', route: request.routeOptions.url });
    done();
  });

  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) =>
    isReady() ? { status: 'ready' } : refuse(reply, userError('NOT_READY', {})),
  );
  app.get<{ Querystring: { application?: string } }>(
    '/v1/instance',
    { schema: { querystring: instanceQuery } },
    async (request, reply) => {
      if (!isReady()) return refuse(reply, userError('NOT_READY', {}));
      const { application } = request.query;
      return application ? { ...describe(), tokenRequest: options.tokenRequest(application) } : describe();
    },
  );
  app.get('/ca.crt', async (_request, reply) =>
    isReady() ? reply.type('application/x-pem-file').send(describe().ca) : refuse(reply, userError('NOT_READY', {})),
  );
  app.put<{ Params: { name: string } }>('/v1/applications/:name', async (request, reply) => {
    const { name } = request.params;
    const created = await ensureApplication(store, name);
    return reply.code(created ? 201 : 200).send({ application: name, created });
  });
  await app.ready();
  return {
    handle: (request, response) => app.routing(request, response),
    close: () => app.close(),
  };
}

/** @param status of a request that Fastify refuses for a reason of its own */
function refuse(reply: FastifyReply, { code, message }: UserError, status?: number): FastifyReply {
  annotate(reply.request.raw, { code, reason: message });
  return reply.code(status ?? entryOf(code).status ?? 400).send({ error: { code, message } });
}

/** A refusal of the edge, in the API's own shape. */
export function sendRefusal(response: ServerResponse, status: number, { code, message }: UserError): void {
  const body = JSON.stringify({ error: { code, message } });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

function answerError(error: FastifyError | DomainError, reply: FastifyReply, log: Logger): FastifyReply {
  if (error instanceof UserError) return refuse(reply, error);
  const status = error instanceof DomainError ? 400 : (error.statusCode ?? 500);
  if (status < 500) return refuse(reply, userError('REQUEST_INVALID', { problem: error.message }), status);
  log.error({ err: error }, 'unexpected error in the control API');
  return refuse(reply, userError('UNEXPECTED', {}));
}
