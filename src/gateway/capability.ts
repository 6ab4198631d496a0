import { isSince } from '../core/release.ts';
import { parseSize } from '../core/size.ts';
import type { Capability } from '../foundation/capability.ts';
import { type Foundation, trustedBy } from '../foundation/foundation.ts';
import type { Site } from '../http/site.ts';
import type { Application, RemoteEnvironment } from '../resources/application.ts';
import type { Secret } from '../resources/core-kinds.ts';
import { applicationKind, remoteEnvironmentKind, secretKind } from '../resources/kinds.ts';
import { createView } from '../store/view.ts';
import { createGatewayHealthSite } from './health.ts';
import { createApplicationHostSite } from './host-site.ts';
import { readSecret, type SecretContent } from './login/secrets.ts';
import { createNamespacedGatewaySite, isNamespacedGateway } from './namespaced-site.ts';
import { gatewayDefaults, type ProxySite } from './proxy-site.ts';
import { centralGatewayOf } from './releases/central.ts';
import { delayedReads } from './releases/delays.ts';
import { hostGatewaysOf } from './releases/per-application.ts';
import { hostKey } from './routing/hosts.ts';
import { indexApis } from './routing/lookup.ts';
import { createGatewaySite } from './site.ts';

/** What the Application Gateway reads of the instance's settings. */
export interface GatewayCapabilitySettings {
  readonly proxyTimeout: number;
  readonly requestTimeout: number;
  readonly gatewayRetryBodyLimit: string;
  readonly quirks: boolean;
  readonly cacheDelays: boolean;
  readonly applicationGatewayPort: number;
  readonly applicationGatewayCompassPort: number;
  readonly applicationGatewayHealthPort: number;
}

/** The external API of a gateway per Application, or per RemoteEnvironment. (application-gateway §16.1) */
const isGatewayApi = (service: string) => /.-(application-gateway|gateway-external-api)$/.test(service);

export async function createGateway(foundation: Foundation<GatewayCapabilitySettings>): Promise<Capability> {
  const { settings, release, store, clock, log } = foundation;
  const opened = new AsyncDisposableStack();
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
  const trustedCertificates = trustedBy(foundation.authority);
  const common = {
    settings: { proxyTimeout, requestTimeout, retryBodyLimit, quirks, trustedCertificates },
    clock,
    cacheDelays,
    log,
  };
  const manners = centralGatewayOf(release);
  // The ports of the central gateway share what they have read of the cluster, with or without delay. (§1)
  const present = { applications, secrets };
  const read = cacheDelays && manners.keepsReads ? delayedReads(present, clock) : present;
  const central = { ...common, ...read, manners };
  const older = { ...common, secrets, manners: hostGatewaysOf(release) };
  const standalone = own(createGatewaySite({ ...central, form: 'standalone' }));
  const compass = own(createGatewaySite({ ...central, form: 'compass' }));
  const applicationGateways = own(createApplicationHostSite({ ...older, applications, remoteEnvironments }));
  const namespacedGateways = own(createNamespacedGatewaySite(older));
  const health = own(createGatewayHealthSite({ hasLogLevel: isSince(release, [2, 19, 0]) }));
  const olderHealth = own(createGatewayHealthSite({ hasLogLevel: false }));
  const row = {
    service: 'central-application-gateway',
    namespaces: ['kyma-system', 'kyma-integration'],
    app: 'central-application-gateway',
    logPart: 'application-gateway',
  };
  const proxy = (site: ProxySite) => ({
    streams: true,
    go: { readTimeout: requestTimeout, brokenBody: () => site.brokenBody, connects: true },
    site,
  });
  return {
    name: 'application-gateway',
    services: [
      { ...row, port: 8080, portName: 'http-proxy', site: standalone },
      { ...row, port: 8082, portName: 'http-proxy-mps', site: compass },
      { ...row, port: 8081, portName: 'http-api-port', site: health },
    ],
    names({ service, namespace, port }) {
      if (namespace === 'kyma-integration' && port === 80) return applicationGateways;
      if (namespace === 'kyma-integration' && port === 8081 && isGatewayApi(service)) return olderHealth;
      return port === 8080 && isNamespacedGateway(service, namespace) ? namespacedGateways : undefined;
    },
    edges: [
      {
        name: 'application-gateway',
        flag: '--application-gateway-port',
        port: settings.applicationGatewayPort,
        serves: 'calls of workloads: /APP/SERVICE/…',
        ...proxy(standalone),
      },
      {
        name: 'application-gateway-compass',
        flag: '--application-gateway-compass-port',
        port: settings.applicationGatewayCompassPort,
        serves: 'calls of workloads: /APP/SERVICE/ENTRY/…',
        ...proxy(compass),
      },
      {
        name: 'application-gateway-health',
        flag: '--application-gateway-health-port',
        port: settings.applicationGatewayHealthPort,
        serves: 'health of the gateway for workloads',
        go: { readTimeout: requestTimeout },
        site: health,
      },
    ],
    close: () => opened.disposeAsync(),
  };
}
