import { type ConnectorService, createConnector } from '../connector/plugin.ts';
import { isSince } from '../core/release.ts';
import { parseSize } from '../core/size.ts';
import type { PublicUrls } from '../foundation/public-urls.ts';
import { createGatewayHealthSite } from '../gateway/health.ts';
import { createApplicationHostSite } from '../gateway/host-site.ts';
import { readSecret, type SecretContent } from '../gateway/login/secrets.ts';
import { createNamespacedGatewaySite } from '../gateway/namespaced-site.ts';
import { gatewayDefaults, type ProxySite } from '../gateway/proxy-site.ts';
import { centralGatewayOf } from '../gateway/releases/central.ts';
import { cachedReads } from '../gateway/releases/delays.ts';
import { hostGatewaysOf } from '../gateway/releases/per-application.ts';
import { hostKey } from '../gateway/routing/hosts.ts';
import { indexApis } from '../gateway/routing/lookup.ts';
import { createGatewaySite } from '../gateway/site.ts';
import type { Site } from '../http/site.ts';
import type { StreamHandler } from '../kubernetes/streams/handler.ts';
import { createRegistry } from '../registry/plugin.ts';
import type { Application, RemoteEnvironment } from '../resources/application.ts';
import type { Secret } from '../resources/core-kinds.ts';
import { applicationKind, remoteEnvironmentKind, secretKind } from '../resources/kinds.ts';
import { createView } from '../store/view.ts';
import { createValidatorHealthSite } from '../validator/health.ts';
import { createValidator } from '../validator/plugin.ts';
import { createDemoSystem, type DemoSystem } from './external-system.ts';
import type { Foundation } from './foundation.ts';
import { createKubernetes, type KubernetesSite } from './kubernetes.ts';

/** Every service of the instance; which edge shows which is the table in `edges.ts`. */
export interface Sites {
  readonly connector: ConnectorService;
  readonly registry: Site;
  readonly registryMetrics: Site;
  readonly validator: Awaited<ReturnType<typeof createValidator>>;
  readonly validatorHealth: Site;
  readonly kubernetes: KubernetesSite;
  readonly standaloneGateway: ProxySite;
  readonly compassGateway: ProxySite;
  readonly gatewayHealth: Site;
  readonly applicationGateways: ProxySite;
  readonly namespacedGateways: ProxySite;
  /** That of the gateways per Application. */
  readonly olderGatewayHealth: Site;
  readonly externalSystem: DemoSystem | undefined;
}

export interface Authority {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** A root above the issuing authority. */
  readonly rootPem: string | undefined;
}

export async function createSites(
  foundation: Foundation,
  authority: Authority,
  urls: () => PublicUrls,
  streams: StreamHandler,
): Promise<Sites> {
  const { settings, release, store, clock, random, opened } = foundation;
  const log = (part: string) => foundation.log.child({ part });
  const own = <T extends { close(): Promise<void> }>(part: T): T => opened.adopt(part, (opened) => opened.close());

  const connector = own(
    await createConnector({
      release,
      store,
      clock,
      random,
      authority,
      urls,
      log: log('connector'),
      settings: {
        central: settings.central,
        quirks: settings.quirks,
        subject: {
          C: settings.country,
          O: settings.organization,
          OU: settings.organizationalUnit,
          L: settings.locality,
          ST: settings.province,
        },
        appTokenTtl: settings.appTokenTtl,
        runtimeTokenTtl: settings.runtimeTokenTtl,
        certificateValidity: settings.certificateValidity,
        rootCertificate: authority.rootPem,
      },
    }),
  );
  const registry = own(
    await createRegistry({
      release,
      quirks: settings.quirks,
      store,
      clock,
      random,
      log: log('registry'),
      settings: {
        detailedErrorResponse: settings.detailedErrors,
        insecureSpecDownload: settings.insecureSpecifications,
        specRequestTimeout: settings.specificationTimeout,
        assetDelay: settings.assetDelay,
        trustedCertificates: trustedBy(authority),
      },
    }),
  );
  const validator = own(
    await createValidator({
      release,
      store,
      quirks: settings.quirks,
      log: log('validator'),
      backends: { metadata: registry.served ? registry.site : undefined, events: undefined },
    }),
  );
  return {
    connector,
    registry: registry.site,
    registryMetrics: registry.metrics,
    validator,
    validatorHealth: createValidatorHealthSite(),
    kubernetes: await createKubernetes(foundation, streams),
    ...(await createGateways(foundation, trustedBy(authority))),
    externalSystem: settings.externalSystem ? await createDemoSystem(foundation, authority) : undefined,
  };
}

/** Targets may have certificates of our own authority, besides those of the public ones. */
const trustedBy = ({ certificatePem, rootPem }: Authority) => [certificatePem, ...(rootPem ? [rootPem] : [])];

async function createGateways(
  { settings, release, store, clock, opened, log }: Foundation,
  trustedCertificates: readonly string[],
) {
  const own = <T extends Site>(site: T): T => opened.adopt(site, (opened) => opened.close());
  const index = { derive: indexApis, key: hostKey } as const;
  const applications = await createView<Application, ReturnType<typeof indexApis>>(store, applicationKind, index);
  opened.defer(() => applications.close());
  const remoteEnvironments = await createView<RemoteEnvironment, ReturnType<typeof indexApis>>(
    store,
    remoteEnvironmentKind,
    index,
  );
  opened.defer(() => remoteEnvironments.close());
  const secrets = await createView<Secret, SecretContent>(store, secretKind, { derive: readSecret });
  opened.defer(() => secrets.close());
  const { proxyTimeout, requestTimeout, quirks, cacheDelays } = settings;
  const retryBodyLimit = parseSize(settings.gatewayRetryBodyLimit) ?? gatewayDefaults.retryBodyLimit;
  const common = {
    settings: { proxyTimeout, requestTimeout, retryBodyLimit, quirks, trustedCertificates },
    clock,
    cacheDelays,
    log: log.child({ part: 'application-gateway' }),
  };
  const behaviour = centralGatewayOf(release);
  // The ports of the central gateway share what they have read of the cluster, with or without delay. (§1)
  const present = { applications, secrets };
  const read = cacheDelays && behaviour.keepsReads ? cachedReads(present, clock) : present;
  const central = { ...common, ...read, behaviour };
  const older = { ...common, secrets, behaviours: hostGatewaysOf(release) };
  return {
    standaloneGateway: own(createGatewaySite({ ...central, form: 'standalone' })),
    compassGateway: own(createGatewaySite({ ...central, form: 'compass' })),
    applicationGateways: own(createApplicationHostSite({ ...older, applications, remoteEnvironments })),
    namespacedGateways: own(createNamespacedGatewaySite(older)),
    gatewayHealth: own(createGatewayHealthSite({ hasLogLevel: isSince(release, [2, 19, 0]) })),
    olderGatewayHealth: own(createGatewayHealthSite({ hasLogLevel: false })),
  };
}
