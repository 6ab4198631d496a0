import type { FastifyInstance } from 'fastify';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import type { Release } from '../core/release.ts';
import { createHttpClient } from '../http/client/client.ts';
import { loseConnection } from '../http/lost-connection.ts';
import type { Site } from '../http/site.ts';
import { createServiceMetrics } from '../kyma/metrics.ts';
import { createKymaService } from '../kyma/service.ts';
import type { ResourceStore } from '../store/store.ts';
import { createApplications, type RegisteredService } from './applications.ts';
import { definitionReader } from './definition.ts';
import { type Generation, generationFor } from './generations.ts';
import { Objects } from './objects.ts';
import { registryOpenApi } from './openapi.ts';
import { type Problems, problemsOf } from './problems.ts';
import { Registry } from './registry.ts';
import { type RouteParts, registryRoutes } from './routes.ts';
import { Secrets } from './secrets.ts';
import { createServiceIndexes } from './service-index.ts';
import { defaults, type RegistrySettings } from './settings.ts';
import { SpecSource } from './spec-source.ts';
import { SpecificationStore } from './specifications.ts';

export interface RegistryOptions {
  readonly release: Release;
  /** Reproduce upstream's defects that the contract marks as quirks. */
  readonly quirks: boolean;
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly settings?: RegistrySettings | undefined;
}

export interface RegistryService {
  /** `/{application}/v1/metadata/…` and `/v1/health`; without any client authentication of its own. */
  readonly site: Site;
  /** `GET /metrics`. */
  readonly metrics: Site;
  /** False from 2.3 on, where services are registered by editing the Application; then every path is unknown. */
  readonly served: boolean;
  /** Forgets the tokens that it has of other services. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * Bodies have no limit in the contract. This one leaves room for large specifications, which are kept apart, and keeps a
 * hostile client from filling the memory with the rest, which becomes part of the Application.
 */
const BODY_LIMIT = 32 * 1024 * 1024;

/** Starts the Metadata Service or Application Registry of a release. */
export async function createRegistrySites(options: RegistryOptions): Promise<RegistryService> {
  const generation = generationFor(options.release);
  if (!generation) return absentRegistry(options);

  const { clock, log, settings = {} } = options;
  const { trustedCertificates = [], outgoing } = settings;
  const client = createHttpClient({ clock, trustedCertificates, outgoing, log });
  const source = new SpecSource({ client, generation, problems: problemsFor(generation, options), clock, settings });
  const parts = assemble(generation, options, source);
  const metrics = createServiceMetrics(generation.kind === 'Application' ? 'application_registry' : 'metadata_service');
  const site = await createKymaService({
    part: 'registry',
    bodyLimit: BODY_LIMIT,
    log,
    async register(app) {
      metrics.observe(app);
      limitTime(app, clock, settings.requestTimeout ?? defaults.requestTimeout);
      await app.register(async (scope) => registryRoutes(scope, parts));
    },
  });
  const metricsSite = await metrics.site('registry', log);
  return {
    site,
    metrics: metricsSite,
    served: true,
    reset: () => source.clear(),
    async close() {
      await Promise.all([site.close(), metricsSite.close(), client.close()]);
    },
  };
}

function problemsFor(generation: Generation, { quirks, settings = {} }: RegistryOptions): Problems {
  return problemsOf({ generation, quirks, detailedErrorResponse: settings.detailedErrorResponse ?? false });
}

function assemble(generation: Generation, options: RegistryOptions, source: SpecSource): RouteParts {
  const { store, clock, random, log, settings = {} } = options;
  const problems = problemsFor(generation, options);
  const indexOf = createServiceIndexes<RegisteredService>();
  const registry = new Registry({
    generation,
    problems,
    random,
    clock,
    store,
    partsOn(access, certificateFor) {
      const objects = new Objects(access, generation, problems);
      return {
        objects,
        applications: createApplications(access, generation, problems, indexOf),
        secrets: new Secrets(objects, generation, problems, certificateFor),
        specifications: new SpecificationStore({ store: access, clock, delay: settings.assetDelay ?? 0 }),
      };
    },
    source,
  });
  return {
    registry,
    problems,
    log,
    readDefinition: definitionReader(generation, problems),
    openApi: registryOpenApi(generation),
  };
}

/** A request that takes too long loses its connection; the work goes on. (metadata-service §3) */
function limitTime(app: FastifyInstance, clock: Clock, milliseconds: number): void {
  app.addHook('onRequest', async ({ raw: request }, { raw: response }) => {
    const cancel = clock.after(milliseconds, () => {
      if (!response.writableEnded) loseConnection(request, response);
    });
    response.once('close', cancel);
  });
}

async function absentRegistry({ log }: RegistryOptions): Promise<RegistryService> {
  const nothing = await createKymaService({ part: 'registry', bodyLimit: 1, log, register: () => {} });
  return { site: nothing, metrics: nothing, served: false, reset: () => {}, close: () => nothing.close() };
}
