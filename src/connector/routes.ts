import type { FastifyInstance, FastifyRequest } from 'fastify';
import { annotate } from '../http/annotations.ts';
import { clientIdentityOf } from '../http/client-identity.ts';
import { type ClientFamily, type InfoContext, managementInfo, signingInfo, tokenAnswer } from './answers.ts';
import { clientSubject, contextFromHeaders, headerReader, requestedHosts } from './context.ts';
import { bodyOf, tokenOf, toldTo } from './early-routes.ts';
import { connectorError } from './errors.ts';
import type { Generation } from './generations.ts';
import { type CertifiedClient, identify } from './identity.ts';
import { sendJson, sendNothing } from './reply.ts';
import { readRevocation } from './revocations.ts';
import type { Service } from './service.ts';
import { certificatesAnswer } from './signing.ts';
import type { ClientContext, Ticket } from './tokens.ts';

/** Which families of clients a generation serves. */
export const familiesOf = (generation: Generation, central: boolean): ClientFamily[] =>
  generation.runtimes === 'always' || (generation.runtimes === 'central' && central)
    ? ['applications', 'runtimes']
    : ['applications'];

/** Tokens and revocations, for callers inside the cluster. (connector-service §4.2, §4.9) */
export function internalRoutes(
  app: FastifyInstance,
  generation: Generation,
  family: ClientFamily,
  service: Service,
): void {
  const { settings, log } = service;
  const lifetimes = { applications: generation.appTokenTtl, runtimes: generation.runtimeTokenTtl };
  const chosen = { applications: settings.appTokenTtl, runtimes: settings.runtimeTokenTtl };

  app.post(`/v1/${family}/tokens`, async (request, reply) => {
    const context = contextFromHeaders(headerReader(request.raw.rawHeaders), generation, family, settings.central);
    const { application, group, tenant } = context;
    annotate(request.raw, { application });
    log.info({ Application: short(application), Group: short(group), Tenant: short(tenant) }, 'Generating token');
    const token = await service.freeTokens.issue(context, chosen[family] ?? lifetimes[family]);
    return sendJson(reply, 201, tokenAnswer(service.urls(), family, token));
  });

  if (generation.managementKeys.length === 0) return;
  app.post(`/v1/${family}/certificates/revocations`, async (request, reply) => {
    const hash = await readRevocation(bodyOf(request));
    log.warn(`Adding certificate with hash: ${hash} to revocation list.`);
    await service.revocations.revoke(hash);
    return sendNothing(reply, 201);
  });
}

/** Pairing with a token. (connector-service §4.3, §4.4) */
export function pairingRoutes(
  app: FastifyInstance,
  generation: Generation,
  family: ClientFamily,
  service: Service,
): void {
  const { log, settings } = service;

  app.get(`/v1/${family}/signingRequests/info`, async (request, reply) => {
    const ticket = await ticketOf(request, service);
    const context = infoContext(generation, family, ticket.context, request, service);
    const token = await ticket.rotate();
    if (token === undefined) throw connectorError('TOKEN_INVALID');
    return sendJson(reply, 200, signingInfo(context, token));
  });

  app.post(`/v1/${family}/certificates`, async (request, reply) => {
    const ticket = await ticketOf(request, service);
    log.info('Starting certificate generation.');
    const subject = clientSubject(generation, family, ticket.context, settings);
    const checked = await service.signer.check(bodyOf(request), subject, 'common name');
    const issued = await service.signOnce(ticket, checked, validityOf(generation, service));
    log.info('Certificate generated successfully.');
    return sendJson(reply, 201, certificatesAnswer(issued, settings.rootCertificate));
  });
}

/** What a client with a certificate may do. (connector-service §4.6–4.8) */
export function managementRoutes(
  app: FastifyInstance,
  generation: Generation,
  family: ClientFamily,
  service: Service,
): void {
  if (generation.managementKeys.length === 0) return;
  const { log, settings } = service;
  const clientOf = (request: FastifyRequest) => certifiedClient(request, generation, family, service);

  app.get(`/v1/${family}/management/info`, async (request, reply) => {
    const { context } = clientOf(request);
    return sendJson(reply, 200, managementInfo(infoContext(generation, family, context, request, service)));
  });

  app.post(`/v1/${family}/certificates/renewals`, async (request, reply) => {
    const { context, hash } = clientOf(request);
    log.info('Starting certificate renewal.');
    if (service.revocations.isRevoked(hash())) throw connectorError('CERTIFICATE_REVOKED');
    const subject = clientSubject(generation, family, context, settings);
    const checked = await service.signer.check(bodyOf(request), subject, 'common name');
    const issued = await service.signer.sign(checked, validityOf(generation, service));
    log.info('Certificate renewed successfully.');
    return sendJson(reply, 201, certificatesAnswer(issued, settings.rootCertificate));
  });

  app.post(`/v1/${family}/certificates/revocations`, async (request, reply) => {
    const { hash } = clientOf(request);
    log.info('Starting certificate revocation.');
    await service.revocations.revoke(hash());
    log.info('Certificate revoked successfully.');
    return sendNothing(reply, 201);
  });
}

async function ticketOf(request: FastifyRequest, { freeTokens }: Service): Promise<Ticket> {
  const ticket = await freeTokens.find(tokenOf(request), undefined, toldTo(request));
  if (!ticket) throw connectorError('TOKEN_INVALID');
  return ticket;
}

/** A name in the log: no longer than Kubernetes has any. */
const short = (name: string) => name.slice(0, 253);

const validityOf = (generation: Generation, { settings }: Service) =>
  settings.certificateValidity ?? generation.certificateValidity;

function infoContext(
  generation: Generation,
  family: ClientFamily,
  client: ClientContext,
  request: FastifyRequest,
  { settings, urls }: Service,
): InfoContext {
  return {
    generation,
    urls: urls(),
    family,
    client,
    hosts: requestedHosts(headerReader(request.raw.rawHeaders), generation, settings.central),
    subject: clientSubject(generation, family, client, settings),
  };
}

function certifiedClient(
  request: FastifyRequest,
  generation: Generation,
  family: ClientFamily,
  { settings }: Service,
): CertifiedClient {
  const { outside, certificate } = clientIdentityOf(request.raw);
  const client = identify(
    generation,
    settings,
    outside ? { certificate } : { header: headerReader(request.raw.rawHeaders) },
  );
  annotate(request.raw, { application: client.context.application });
  if (settings.central && (client.context.application === '') !== (family === 'runtimes')) {
    const wanted = family === 'runtimes' ? 'ClusterContext' : 'ApplicationContext';
    const suffix = generation.contextFailure === 'Failed to extract' ? ' from request' : '';
    throw connectorError('CONTEXT_MISMATCH', `${generation.contextFailure} ${wanted}${suffix}`);
  }
  return client;
}
