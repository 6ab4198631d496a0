import type { FastifyInstance } from 'fastify';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import type { Release } from '../core/release.ts';
import type { Site } from '../http/site.ts';
import { createServiceMetrics } from '../kyma/metrics.ts';
import { createKymaService } from '../kyma/service.ts';
import type { ResourceStore } from '../store/store.ts';
import type { ClientFamily } from './answers.ts';
import { watchAuthoritySecret } from './authority-secret.ts';
import { earlyExternalRoutes, earlyInternalRoutes } from './early-routes.ts';
import { authoritySecretOf, type ConnectorGenerations, generationsFor } from './generations.ts';
import { connectorOpenApi } from './openapi.ts';
import { openRevocations } from './revocations.ts';
import { familiesOf, internalRoutes, managementRoutes, pairingRoutes } from './routes.ts';
import { createService, type Service } from './service.ts';
import type { ConnectorSettings, ConnectorUrls } from './settings.ts';
import { Signer } from './signing.ts';
import { explained } from './token-outcomes.ts';
import { startTokenSweep } from './token-sweep.ts';
import { FreeTokens, NamedTokens } from './tokens.ts';

export interface ConnectorOptions {
  readonly release: Release;
  readonly settings: ConnectorSettings;
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly urls: () => ConnectorUrls;
}

/** A POST to the internal site. */
export interface TokenPath {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ConnectorService {
  /** Tokens and revocations, for callers inside the cluster. */
  readonly internal: Site;
  /** Everything that external systems call. */
  readonly external: Site;
  /** `GET /metrics`. */
  readonly metrics: Site;
  /** Whether the connector's public host lets a path through. (connector-service §7) */
  isPublicPath(path: string): boolean;
  /** Whether the host with mutual TLS leads a path to this service. */
  isProtectedPath(path: string): boolean;
  /** How to ask for a token of an application. */
  tokenRequest(application: string): TokenPath;
  /** Forgets what it keeps outside of the store. */
  reset(): void;
  close(): Promise<void>;
}

/** A signing request is some kilobytes. */
const BODY_LIMIT = 1024 * 1024;

/** Starts the Connector Service of a release: its state, and its sites for the edges. The authority is in its secret by then. */
export async function createConnectorSites(options: ConnectorOptions): Promise<ConnectorService> {
  const { store, clock, random, settings, log } = options;
  const generations = generationsFor(options.release);
  const families = generations.current ? familiesOf(generations.current, settings.central) : [];

  const authority = await watchAuthoritySecret(
    store,
    authoritySecretOf(options.release),
    generations.current?.secretErrorsNameNamespace ?? false,
  );
  const revocations = await openRevocations(store);
  const sweep = await startTokenSweep({ store, clock, log });
  const namedTokens = explained(new NamedTokens({ store, clock, random }));
  const freeTokens = explained(new FreeTokens({ store, clock, random }));
  const service = createService({
    settings,
    urls: options.urls,
    namedTokens,
    freeTokens,
    signer: new Signer({ clock, random, quirks: settings.quirks, authority: () => authority.current() }),
    revocations,
    log,
  });
  const sites = await createSites(generations, families, service);
  return {
    ...sites,
    ...pathRules(generations, families),
    tokenRequest: (application) => tokenRequest(generations, application),
    reset() {
      namedTokens.forget();
      freeTokens.forget();
    },
    async close() {
      await Promise.all([sites.internal.close(), sites.external.close(), sites.metrics.close(), sweep.close()]);
      authority.close();
      revocations.close();
    },
  };
}

async function createSites(generations: ConnectorGenerations, families: ClientFamily[], service: Service) {
  const { early, current } = generations;
  const metrics = createServiceMetrics('connector_service');
  const site = (register: (app: FastifyInstance) => void) =>
    createKymaService({
      part: 'connector',
      bodyLimit: BODY_LIMIT,
      log: service.log,
      register(app) {
        metrics.observe(app);
        register(app);
      },
    });

  const internal = await site((app) => {
    for (const generation of early) earlyInternalRoutes(app, generation, service);
    for (const family of families) if (current) internalRoutes(app, current, family, service);
  });
  const external = await site((app) => {
    staticRoutes(app, connectorOpenApi(generations, families));
    for (const generation of early) earlyExternalRoutes(app, generation, service);
    for (const family of families) {
      if (!current) continue;
      pairingRoutes(app, current, family, service);
      managementRoutes(app, current, family, service);
    }
  });
  return { internal, external, metrics: await metrics.site('connector', service.log) };
}

/** (connector-service §2.5) */
function staticRoutes(app: FastifyInstance, openApi: string): void {
  app.get('/v1', async (_request, reply) =>
    reply
      .code(301)
      .headers({ location: '/v1/api.yaml', 'content-type': 'text/html; charset=utf-8' })
      .send('<a href="/v1/api.yaml">Moved Permanently</a>.\n\n'),
  );
  app.get('/v1/api.yaml', async (_request, reply) =>
    reply.header('content-type', 'text/plain; charset=utf-8').send(openApi),
  );
}

function pathRules({ early, current }: ConnectorGenerations, families: readonly ClientFamily[]) {
  const everything = !current || current.publicPaths === 'all';
  const signing = families.flatMap((family) => [`/v1/${family}/signingRequests/info`, `/v1/${family}/certificates`]);
  const open = new Set(current?.publicPaths === 'signing and api.yaml' ? [...signing, '/v1/api.yaml'] : signing);
  const earlyPrefixes = early.map(({ collection }) => `/v1/${collection}/`);
  const withCertificate = new Set(
    families.flatMap((family) => [
      `/v1/${family}/management/info`,
      `/v1/${family}/certificates/renewals`,
      `/v1/${family}/certificates/revocations`,
    ]),
  );
  return {
    isPublicPath: (path: string) =>
      everything || open.has(path) || earlyPrefixes.some((prefix) => path.startsWith(prefix)),
    isProtectedPath: (path: string) =>
      current !== undefined && current.managementKeys.length > 0 && withCertificate.has(path),
  };
}

function tokenRequest({ early, current }: ConnectorGenerations, application: string): TokenPath {
  if (current) return { path: '/v1/applications/tokens', headers: { Application: application } };
  const collection = early.at(-1)?.collection ?? 'remoteenvironments';
  return { path: `/v1/${collection}/${encodeURIComponent(application)}/tokens`, headers: {} };
}
