import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../core/log.ts';
import { withoutPasswords } from '../core/url-passwords.ts';
import { encodeGoJson } from '../go/json.ts';
import { annotateCall, type NoteCall } from '../http/annotations.ts';
import { KYMA_JSON, KymaError } from '../kyma/errors.ts';
import type { ServiceDefinition } from './model.ts';
import type { Problems } from './problems.ts';
import type { Registry } from './registry.ts';

export interface RouteParts {
  readonly registry: Registry;
  readonly readDefinition: (body: Buffer) => Promise<ServiceDefinition>;
  readonly problems: Problems;
  readonly openApi: string;
  readonly log: Logger;
}

type OfApplication = { Params: { application: string } };
type OfService = { Params: { application: string; id: string } };

const base = '/:application/v1/metadata';

/** (metadata-service §2) */
export function registryRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { registry, readDefinition, problems, log } = parts;

  // Logged as it is, told as the generation tells it, by the error handler of the whole site.
  app.setErrorHandler((error, { routeOptions }) => {
    if (!(error instanceof KymaError)) throw error;
    const told = problems.told(error);
    if (error.status === 500) log.error({ path: routeOptions.url }, withoutPasswords(error.message));
    throw told;
  });

  app.get('/v1/health', async (_request, reply) => reply.send());
  app.get(`${base}/api.yaml`, async (_request, reply) =>
    reply.header('content-type', 'text/plain; charset=utf-8').send(parts.openApi),
  );
  app.all<OfApplication>(base, async (request, reply) => redirect(request, reply));

  app.post<OfApplication>(`${base}/services`, async (request, reply) => {
    const definition = await readDefinition(bodyOf(request));
    return sendJson(reply, { id: await registry.create(request.params.application, definition, callsOf(request)) });
  });
  app.get<OfApplication>(`${base}/services`, async (request, reply) =>
    sendJson(reply, await registry.list(request.params.application)),
  );
  app.get<OfService>(`${base}/services/:id`, async (request, reply) => {
    const { application, id } = request.params;
    return sendJson(reply, await registry.read(application, id));
  });
  app.put<OfService>(`${base}/services/:id`, async (request, reply) => {
    const { application, id } = request.params;
    const definition = await readDefinition(bodyOf(request));
    return sendJson(reply, await registry.replace(application, id, definition, callsOf(request)));
  });
  app.delete<OfService>(`${base}/services/:id`, async (request, reply) => {
    const { application, id } = request.params;
    await registry.remove(application, id);
    return sendNothing(reply);
  });
}

/** (metadata-service §2, §17.1) */
function redirect(request: FastifyRequest<OfApplication>, reply: FastifyReply): FastifyReply {
  const location = encodeURI(`/${request.params.application}/v1/metadata/api.yaml`);
  reply.code(301).header('location', location);
  if (request.method === 'GET') {
    return reply
      .header('content-type', 'text/html; charset=utf-8')
      .send(`<a href="${location}">Moved Permanently</a>.\n\n`);
  }
  return request.method === 'HEAD' ? reply.header('content-type', 'text/html').send() : reply.send();
}

const sendJson = (reply: FastifyReply, body: unknown) =>
  reply.code(200).header('content-type', KYMA_JSON).send(encodeGoJson(body));

/** A 204 that claims to be JSON: Fastify would take the claim away. (metadata-service §3) */
function sendNothing(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.writeHead(204, { 'content-type': KYMA_JSON }).end();
  return reply;
}

/** Where the calls are noted that are made for a request. */
const callsOf =
  ({ raw }: Pick<FastifyRequest, 'raw'>): NoteCall =>
  (call) =>
    annotateCall(raw, call);

/** A request without a body has none to hand over. */
const bodyOf = (request: { readonly body: unknown }) =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
