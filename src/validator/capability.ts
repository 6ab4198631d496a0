import type { Capability } from '../foundation/capability.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { createValidatorHealthSite } from './health.ts';
import { createValidatorSite } from './sites.ts';

/** What the validator reads of the instance's settings. */
export interface ValidatorCapabilitySettings {
  readonly quirks: boolean;
}

const SERVICE = 'central-application-connectivity-validator';

/** Where the validator leads a client that it lets in, by the cluster's own names. */
const metadata = { service: 'application-registry-external-api', namespace: 'kyma-integration', port: 8081 };

/** The check of clients in front of the registry and the events. It comes after those in the list of capabilities. */
export async function createValidator(foundation: Foundation<ValidatorCapabilitySettings>): Promise<Capability> {
  const { settings, cluster } = foundation;
  const { site, routes, close } = await createValidatorSite({
    ...foundation,
    quirks: settings.quirks,
    backends: { metadata: cluster.find(metadata), events: undefined },
  });
  // Today's namespace of the module, and that of Kyma 1 and 2.
  const row = {
    service: SERVICE,
    namespaces: ['kyma-system', 'kyma-integration'],
    app: SERVICE,
    logPart: 'validator',
  };
  return {
    name: 'validator',
    services: [
      { ...row, port: 8080, portName: 'http', site },
      { ...row, port: 8081, portName: 'http-health', site: createValidatorHealthSite() },
    ],
    routes: [{ host: 'gateway', matches: routes, site }],
    close,
  };
}
