import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from '../core/log.ts';
import { cleanPath, decodePath, encodePath, originForm, splitTarget } from '../go/path.ts';
import { annotate } from '../http/annotations.ts';
import type { Site } from '../http/site.ts';
import { KYMA_JSON, KymaError, kymaErrorBody, kymaTexts } from './errors.ts';

export interface KymaServiceOptions {
  /** The part of the instance that it is, as in log lines. */
  readonly part: string;
  /** Registers the service's plugins. */
  readonly register: (app: FastifyInstance) => Promise<void> | void;
  /** Bytes; a longer body is answered with 413. */
  readonly bodyLimit: number;
  readonly log: Logger;
}

/**
 * A site that behaves like Kyma's Go services on everything around the handlers: routing on the decoded path, 301 to
 * the cleaned path, 404 and 405 in the services' own shape, bodies taken whatever their content type says.
 * Handlers get the body as a Buffer, throw `KymaError`, and answer with strings. (connector-service §2.2, §2.3)
 */
export async function createKymaService({ part, register, bodyLimit, log }: KymaServiceOptions): Promise<Site> {
  const app = Fastify({
    bodyLimit,
    exposeHeadRoutes: false,
    // The head of a request is limited already; a name must not end in the router's own error.
    routerOptions: { maxParamLength: 64 * 1024 },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const known: RegExp[] = [];
  app.addHook('onRoute', ({ url }) => {
    known.push(new RegExp(`^${url.replace(/:[^/]+/g, '[^/]+').replaceAll('.', '\\.')}$`));
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { application } = request.params as { application?: string };
    annotate(request.raw, { part, route: request.routeOptions.url, application });
    done();
  });
  // Fastify takes an empty segment for a parameter, Go's router does not.
  app.addHook('onRequest', (request, reply, done) => {
    if (Object.values(request.params as object).includes('')) reply.callNotFound();
    else done();
  });
  app.setNotFoundHandler((request, reply) => {
    const { path } = splitTarget(request.url);
    const [status, text] = known.some((pattern) => pattern.test(path))
      ? ([405, kymaTexts.methodNotAllowed] as const)
      : ([404, kymaTexts.notFound] as const);
    return sendError(reply, status, text);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, log, bodyLimit));

  await register(app);
  await app.ready();
  return {
    handle(request, response) {
      if (prepare(request, response)) app.routing(request, response);
    },
    close: () => app.close(),
  };
}

const sendError = (reply: FastifyReply, status: number, text: string) =>
  reply.code(status).header('content-type', KYMA_JSON).send(kymaErrorBody(status, text));

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
  bodyLimit: number,
): FastifyReply {
  annotate(request.raw, { code: error.code, reason: error.message });
  if (error instanceof KymaError) {
    // What a client did wrong is no trouble of ours.
    log[error.status < 500 ? 'info' : 'error']({ status: error.status, path: request.routeOptions.url }, error.message);
    return sendError(reply, error.status, error.message);
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return sendError(reply, 413, `Error while reading request body: the body is larger than ${bodyLimit} bytes`);
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return sendError(reply, error.statusCode, `Error while reading request body: ${error.message}`);
  }
  log.error({ err: error, path: request.routeOptions.url }, 'unexpected error');
  return sendError(reply, 500, 'Internal error.');
}

/** Brings the request target into the form that is routed, or answers at once. */
function prepare(request: IncomingMessage, response: ServerResponse): boolean {
  request.url = originForm(request.url ?? '/');
  const { path, query } = splitTarget(request.url);
  if (isPlain(path)) return true;
  const decoded = decodePath(path);
  if (decoded === undefined) {
    response
      .writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
      .end('400 Bad Request');
    return false;
  }
  const suffix = query === undefined ? '' : `?${query}`;
  const clean = cleanPath(decoded);
  if (clean !== decoded) {
    response.writeHead(301, { location: encodePath(clean) + suffix, 'content-length': 0 }).end();
    return false;
  }
  request.url = encodePath(decoded) + suffix;
  return true;
}

/** Nothing to decode, clean or escape: almost every request. */
const isPlain = (path: string) => /^(?:\/[A-Za-z0-9\-_~$&+,:;=@][A-Za-z0-9\-_.~$&+,:;=@]*)+\/?$/.test(path);
