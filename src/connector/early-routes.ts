import type { FastifyInstance, FastifyRequest } from 'fastify';
import { splitTarget } from '../go/path.ts';
import { queryValue } from '../go/query.ts';
import { annotate } from '../http/annotations.ts';
import { earlyInfo, earlyToken } from './answers.ts';
import { connectorError } from './errors.ts';
import type { EarlyGeneration } from './generations.ts';
import { sendJson } from './reply.ts';
import type { Service } from './service.ts';
import { earlyCertificates } from './signing.ts';
import type { TellOutcome } from './token-outcomes.ts';
import type { Ticket } from './tokens.ts';

type Named = { Params: { name: string } };

/** 2018's token call. (connector-service §3.1) */
export function earlyInternalRoutes(app: FastifyInstance, generation: EarlyGeneration, service: Service): void {
  app.post<Named>(`/v1/${generation.collection}/:name/tokens`, async (request, reply) => {
    const { name } = request.params;
    const ttl = service.settings.appTokenTtl ?? generation.tokenTtl;
    const token = await service.namedTokens.issue({ application: name, tenant: '', group: '' }, ttl);
    return sendJson(reply, 201, earlyToken(service.urls(), generation, name, token));
  });
}

/** 2018's info and signing calls. (connector-service §3.2, §3.3) */
export function earlyExternalRoutes(app: FastifyInstance, generation: EarlyGeneration, service: Service): void {
  const base = `/v1/${generation.collection}/:name`;

  app.get<Named>(`${base}/info`, async (request, reply) => {
    const { name } = request.params;
    const token = await (await ticketOf(request, service)).rotate();
    if (token === undefined) throw connectorError('TOKEN_INVALID');
    const subject = { ...service.settings.subject, CN: name };
    return sendJson(reply, 200, earlyInfo(service.urls(), generation, name, token, subject));
  });

  app.post<Named>(`${base}/client-certs`, async (request, reply) => {
    const { name } = request.params;
    const ticket = await ticketOf(request, service);
    const checked = await service.signer.check(bodyOf(request), { ...service.settings.subject, CN: name }, 'CName');
    const validity = service.settings.certificateValidity ?? generation.certificateValidity;
    const issued = await service.signOnce(ticket, checked, validity);
    return sendJson(reply, 201, earlyCertificates(issued, generation.chain));
  });
}

async function ticketOf(request: FastifyRequest<Named>, { namedTokens }: Service): Promise<Ticket> {
  const token = tokenOf(request);
  const ticket = await namedTokens.find(token, request.params.name, toldTo(request));
  if (!ticket) throw connectorError('TOKEN_INVALID');
  return ticket;
}

/** Annotates a request with what became of its token. */
export const toldTo =
  ({ raw }: Pick<FastifyRequest, 'raw'>): TellOutcome =>
  (tokenOutcome, application) =>
    annotate(raw, application === undefined ? { tokenOutcome } : { tokenOutcome, application });

/** @throws KymaError when there is none */
export function tokenOf(request: FastifyRequest): string {
  const token = queryValue(splitTarget(request.url).query ?? '', 'token');
  if (!token) throw connectorError('TOKEN_MISSING');
  return token;
}

/** A request without a body has none to hand over. */
export const bodyOf = (request: { readonly body: unknown }) =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
