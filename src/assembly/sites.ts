import { type ConnectorService, createConnector } from '../connector/plugin.ts';
import type { PublicUrls } from '../edges/public-urls.ts';
import { createHttpBin } from '../external-system/httpbin.ts';
import { createGatewayHealthSite } from '../gateway/health.ts';
import { createApplicationHostSite } from '../gateway/host-site.ts';
import { hostKey } from '../gateway/hosts.ts';
import { indexApis } from '../gateway/lookup.ts';
import { createGatewaySite } from '../gateway/site.ts';
import { createRegistry } from '../registry/plugin.ts';
import type { Application, RemoteEnvironment } from '../resources/application.ts';
import { applicationKind, remoteEnvironmentKind } from '../resources/kinds.ts';
import { createView } from '../store/view.ts';
import { createValidator } from '../validator/plugin.ts';
import type { Site } from '../wire/site.ts';
import type { Foundation } from './foundation.ts';

/** Every service of the instance; which edge shows which is the table in `edges.ts`. */
export interface Sites {
  readonly connector: ConnectorService;
  readonly registry: Site;
  readonly registryMetrics: Site;
  readonly validator: Awaited<ReturnType<typeof createValidator>>;
  readonly standaloneGateway: Site;
  readonly compassGateway: Site;
  readonly gatewayHealth: Site;
  readonly applicationGateways: Site;
  readonly externalSystem: Site | undefined;
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
    ...(await createGateways(foundation)),
    externalSystem: settings.externalSystem ? own(await createHttpBin({ clock, random })) : undefined,
  };
}

async function createGateways({ settings, store, clock, opened, log }: Foundation) {
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
  const { proxyTimeout, requestTimeout, quirks } = settings;
  const common = {
    settings: { proxyTimeout, requestTimeout, quirks, trustedCertificates: [] },
    clock,
    log: log.child({ part: 'application-gateway' }),
    applications,
  };
  return {
    standaloneGateway: own(createGatewaySite({ ...common, form: 'standalone' })),
    compassGateway: own(createGatewaySite({ ...common, form: 'compass' })),
    applicationGateways: own(createApplicationHostSite({ ...common, remoteEnvironments })),
    gatewayHealth: own(createGatewayHealthSite()),
  };
}
