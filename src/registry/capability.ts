import type { ClusterService } from '../cluster/service.ts';
import type { Capability } from '../foundation/capability.ts';
import { type Foundation, trustedBy } from '../foundation/foundation.ts';
import type { Site } from '../http/site.ts';
import { REGISTRY_NAMESPACE } from './settings.ts';
import { createRegistrySites } from './sites.ts';

/** What the registry reads of the instance's settings. */
export interface RegistryCapabilitySettings {
  readonly quirks: boolean;
  readonly detailedErrors: boolean;
  readonly insecureSpecifications: boolean;
  /** Milliseconds; absent: what the release has. */
  readonly specificationTimeout?: number | undefined;
  /** Where specifications may be fetched. */
  readonly outgoing: readonly string[];
  /** Milliseconds. */
  readonly assetDelay: number;
}

/** The Metadata Service or the Application Registry of a release: one service under the names that it had. */
export async function createRegistry(foundation: Foundation<RegistryCapabilitySettings>): Promise<Capability> {
  const { settings, authority } = foundation;
  const { site, metrics, served, reset, close } = await createRegistrySites({
    ...foundation,
    quirks: settings.quirks,
    settings: {
      detailedErrorResponse: settings.detailedErrors,
      insecureSpecDownload: settings.insecureSpecifications,
      specRequestTimeout: settings.specificationTimeout,
      assetDelay: settings.assetDelay,
      trustedCertificates: trustedBy(authority),
      outgoing: settings.outgoing,
    },
  });
  return {
    name: 'registry',
    // Where services are registered by editing the Application there is no such service in the cluster.
    services: served ? ['metadata-service', 'application-registry'].flatMap(rowsOf) : [],
    reset,
    close,
  };

  function rowsOf(app: string): ClusterService[] {
    const row = (part: string, port: number, portName: string, site: Site): ClusterService => ({
      service: `${app}-${part}`,
      namespaces: [REGISTRY_NAMESPACE],
      port,
      portName,
      app,
      logPart: 'registry',
      site,
    });
    return [row('external-api', 8081, 'http-api-port', site), row('metrics', 9090, 'http-metrics', metrics)];
  }
}
