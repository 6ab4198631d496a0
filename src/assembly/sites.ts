import { type ConnectorService, createConnector } from '../connector/plugin.ts';
import type { Capability } from '../foundation/capability.ts';
import { type InstanceAuthority, trustedBy } from '../foundation/foundation.ts';
import type { PublicUrls } from '../foundation/public-urls.ts';
import { createGateway } from '../gateway/plugin.ts';
import type { Site } from '../http/site.ts';
import type { StreamHandler } from '../kubernetes/streams/handler.ts';
import { createRegistry } from '../registry/plugin.ts';
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
  readonly gateway: Capability;
  readonly externalSystem: DemoSystem | undefined;
}

export async function createSites(
  foundation: Foundation,
  authority: InstanceAuthority,
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
    gateway: own(
      await createGateway({
        settings,
        release,
        store,
        clock,
        random,
        authority,
        urls,
        log: log('application-gateway'),
      }),
    ),
    externalSystem: settings.externalSystem ? await createDemoSystem(foundation, authority) : undefined,
  };
}
