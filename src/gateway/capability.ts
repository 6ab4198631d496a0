import type { ClusterHost } from '../cluster/names.ts';
import type { ClusterService } from '../cluster/service.ts';
import { isSince } from '../core/release.ts';
import { parseSize } from '../core/size.ts';
import type { Capability } from '../foundation/capability.ts';
import type { EdgePlan } from '../foundation/edge.ts';
import { type Foundation, trustedBy } from '../foundation/foundation.ts';
import type { Site } from '../http/site.ts';
import type { Application, RemoteEnvironment } from '../resources/application.ts';
import type { Secret } from '../resources/core-kinds.ts';
import { applicationKind, remoteEnvironmentKind, secretKind } from '../resources/kinds.ts';
import type { ResourceStore } from '../store/store.ts';
import { createView } from '../store/view.ts';
import { createGatewayHealthSite } from './health.ts';
import { createApplicationHostSite } from './host-site.ts';
import { readSecret, type SecretContent } from './login/secrets.ts';
import { createNamespacedGatewaySite, isNamespacedGateway } from './namespaced-site.ts';
import { gatewayDefaults, type ProxySite } from './proxy-site.ts';
import { centralGatewayOf } from './releases/central.ts';
import { cachedReads } from './releases/delays.ts';
import { hostGatewaysOf } from './releases/per-application.ts';
import { hostKey } from './routing/hosts.ts';
import { type ApiIndex, indexApis } from './routing/lookup.ts';
import { createGatewaySite } from './site.ts';

/** What the gateway reads of the instance's settings. Times in milliseconds, ports 0 for any free one. */
export interface GatewaySettings {
  readonly proxyTimeout: number;
  readonly requestTimeout: number;
  /** A size in bytes such as `1MiB`. */
  readonly gatewayRetryBodyLimit: string;
  /** Reproduce upstream's defects. */
  readonly quirks: boolean;
  /** Keep what was read of the cluster for as long as upstream does. (application-gateway §12) */
  readonly cacheDelays: boolean;
  /** Where targets and token endpoints may be. */
  readonly outgoing: readonly string[];
  readonly applicationGatewayPort: number;
  readonly applicationGatewayCompassPort: number;
  readonly applicationGatewayHealthPort: number;
}

/** The Application Gateway of a release, central and by host name, with ports of its own for workloads outside. */
export async function createGateway(foundation: Foundation<GatewaySettings>): Promise<Capability> {
  await using opened = new AsyncDisposableStack();
  const sites = await createSites(foundation, opened);
  const owned = opened.move();
  return {
    name: 'application-gateway',
    services: centralServices(sites),
    names: (host) => perApplication(host, sites),
    edges: edgesOf(sites, foundation.settings),
    reset: () => sites.reset(),
    close: () => owned.disposeAsync(),
  };
}

interface GatewaySites {
  readonly standalone: ProxySite;
  readonly compass: ProxySite;
  readonly health: Site;
  readonly byHostName: ProxySite;
  readonly byNamespace: ProxySite;
  /** Of the gateways per Application. */
  readonly olderHealth: Site;
  reset(): void;
}

async function createSites(foundation: Foundation<GatewaySettings>, opened: AsyncDisposableStack) {
  const { settings, release, store, clock, log, authority } = foundation;
  const { applications, remoteEnvironments, secrets } = await followCluster(store, opened);
  const { proxyTimeout, requestTimeout, quirks, cacheDelays, outgoing } = settings;
  const retryBodyLimit = parseSize(settings.gatewayRetryBodyLimit) ?? gatewayDefaults.retryBodyLimit;
  const trustedCertificates = trustedBy(authority);
  const common = {
    settings: { proxyTimeout, requestTimeout, retryBodyLimit, quirks, trustedCertificates, outgoing },
    clock,
    cacheDelays,
    log,
  };
  const behaviour = centralGatewayOf(release);
  // The ports of the central gateway share what they have read of the cluster, with or without delay. (§1)
  const delayed = cacheDelays && behaviour.keepsReads ? cachedReads({ applications, secrets }, clock) : undefined;
  const central = { ...common, ...(delayed ?? { applications, secrets }), behaviour };
  const older = { ...common, secrets, behaviours: hostGatewaysOf(release) };
  const own = <T extends Site>(site: T): T => opened.adopt(site, (opened) => opened.close());
  const sites = {
    standalone: own(createGatewaySite({ ...central, form: 'standalone' })),
    compass: own(createGatewaySite({ ...central, form: 'compass' })),
    health: own(createGatewayHealthSite({ hasLogLevel: isSince(release, [2, 19, 0]) })),
    byHostName: own(createApplicationHostSite({ ...older, applications, remoteEnvironments })),
    byNamespace: own(createNamespacedGatewaySite(older)),
    olderHealth: own(createGatewayHealthSite({ hasLogLevel: false })),
  };
  const reset = () => {
    delayed?.clear();
    for (const site of Object.values(sites)) site.reset();
  };
  return { ...sites, reset };
}

async function followCluster(store: ResourceStore, opened: AsyncDisposableStack) {
  const own = <T extends { close(): void }>(view: T): T => opened.adopt(view, (opened) => opened.close());
  const index = { derive: indexApis, key: hostKey } as const;
  return {
    applications: own(await createView<Application, ApiIndex>(store, applicationKind, index)),
    remoteEnvironments: own(await createView<RemoteEnvironment, ApiIndex>(store, remoteEnvironmentKind, index)),
    secrets: own(await createView<Secret, SecretContent>(store, secretKind, { derive: readSecret })),
  };
}

/** The ports are Kyma's own. (application-gateway §1) */
function centralServices({ standalone, compass, health }: GatewaySites): ClusterService[] {
  const row = (port: number, portName: string, site: Site): ClusterService => ({
    service: 'central-application-gateway',
    // Today's namespace of the module, and that of Kyma 1 and 2.
    namespaces: ['kyma-system', 'kyma-integration'],
    port,
    portName,
    app: 'central-application-gateway',
    logPart: 'application-gateway',
    site,
  });
  return [
    row(8080, 'http-proxy', standalone),
    row(8082, 'http-proxy-mps', compass),
    row(8081, 'http-api-port', health),
  ];
}

/** The gateways per Application, RemoteEnvironment or namespace. (application-gateway §16.1, §17) */
function perApplication({ service, namespace, port }: ClusterHost, sites: GatewaySites): Site | undefined {
  if (namespace === 'kyma-integration' && port === 80) return sites.byHostName;
  if (namespace === 'kyma-integration' && port === 8081 && isGatewayApi(service)) return sites.olderHealth;
  return port === 8080 && isNamespacedGateway(service, namespace) ? sites.byNamespace : undefined;
}

const isGatewayApi = (service: string) => /.-(application-gateway|gateway-external-api)$/.test(service);

function edgesOf({ standalone, compass, health }: GatewaySites, settings: GatewaySettings): EdgePlan[] {
  const readTimeout = settings.requestTimeout;
  const proxy = (site: ProxySite) => ({
    streams: true,
    go: { readTimeout, brokenBody: () => site.brokenBody, connects: true },
    site,
  });
  const givesAway = 'calls of every registered API with its credentials';
  return [
    {
      name: 'application-gateway',
      callers: 'inside',
      flag: '--application-gateway-port',
      port: settings.applicationGatewayPort,
      serves: 'calls of workloads: /APP/SERVICE/…',
      givesAway,
      ...proxy(standalone),
    },
    {
      name: 'application-gateway-compass',
      callers: 'inside',
      flag: '--application-gateway-compass-port',
      port: settings.applicationGatewayCompassPort,
      serves: 'calls of workloads: /APP/SERVICE/ENTRY/…',
      givesAway,
      ...proxy(compass),
    },
    {
      name: 'application-gateway-health',
      callers: 'inside',
      flag: '--application-gateway-health-port',
      port: settings.applicationGatewayHealthPort,
      serves: 'health of the gateway for workloads',
      go: { readTimeout },
      site: health,
    },
  ];
}
