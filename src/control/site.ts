import Fastify, { type FastifyError, type FastifyReply } from 'fastify';
import { DomainError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Site } from '../http/site.ts';
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
  readonly tokenRequest: (application: string) => {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

const instanceQuery = { type: 'object', properties: { application: { type: 'string', minLength: 1 } } } as const;

/** The control API: readiness, and what the command line asks a running instance. On loopback only. */
export async function createControlSite(options: ControlOptions): Promise<Site> {
  const { store, isReady, describe } = options;
  const app = Fastify({ bodyLimit: 64 * 1024, routerOptions: { maxParamLength: 64 * 1024 } });
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply, options.log));
  app.setNotFoundHandler((request, reply) =>
    sendError(reply, 404, 'NOT_FOUND', `the control API has no ${request.method} ${request.url.split('?')[0]}`),
  );
  // A page in a browser may not reach the API under a name of its own that leads to loopback.
  app.addHook('onRequest', async (request, reply) => {
    if (isLoopback(request.hostname)) return;
    return sendError(reply, 421, 'NOT_LOOPBACK', 'the control API is reached as localhost or 127.0.0.1 only');
  });

  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) =>
    isReady() ? { status: 'ready' } : sendError(reply, 503, 'NOT_READY', 'not ready yet'),
  );
  app.get<{ Querystring: { application?: string } }>(
    '/v1/instance',
    { schema: { querystring: instanceQuery } },
    async (request, reply) => {
      if (!isReady()) return sendError(reply, 503, 'NOT_READY', 'not ready yet');
      const { application } = request.query;
      return application ? { ...describe(), tokenRequest: options.tokenRequest(application) } : describe();
    },
  );
  app.get('/ca.crt', async (_request, reply) =>
    isReady()
      ? reply.type('application/x-pem-file').send(describe().ca)
      : sendError(reply, 503, 'NOT_READY', 'not ready yet'),
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

const isLoopback = (host: string) => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);

const sendError = (reply: FastifyReply, status: number, code: string, message: string) =>
  reply.code(status).send({ error: { code, message } });

function answerError(error: FastifyError, reply: FastifyReply, log: Logger): FastifyReply {
  if (error instanceof DomainError) return sendError(reply, 400, error.code, error.message);
  const status = error.statusCode ?? 500;
  if (status < 500) return sendError(reply, status, error.code, error.message);
  log.error({ err: error }, 'unexpected error in the control API');
  return sendError(reply, 500, 'UNEXPECTED', 'unexpected error; the log has the details');
}
