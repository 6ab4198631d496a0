import type { Settings } from '../config/options.ts';
import { type ConnectorCapability, createConnector } from '../connector/capability.ts';
import { createControl } from '../control/capability.ts';
import type { InstanceDescription } from '../control/site.ts';
import type { LogTap } from '../core/log-tap.ts';
import { createExternalSystem, type ExternalSystemCapability } from '../external-system/capability.ts';
import type { Capability } from '../foundation/capability.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { createGateway } from '../gateway/capability.ts';
import { createKubernetes, type KubernetesCapability } from '../kubernetes/capability.ts';
import { createRegistry } from '../registry/capability.ts';
import { createValidator } from '../validator/capability.ts';

/** Makes a capability of an instance. */
export type CreateCapability = (foundation: Foundation<Settings>) => Promise<Capability>;

export interface Surroundings {
  readonly logTap: LogTap;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isReady: () => boolean;
  readonly describe: () => InstanceDescription;
  /** Capabilities besides the instance's own. */
  readonly further: readonly CreateCapability[];
}

/** The parts of an instance: all of them in their order, and those that the composition root asks for something. */
export interface Capabilities {
  readonly all: readonly Capability[];
  readonly connector: ConnectorCapability;
  readonly kubernetes: KubernetesCapability;
  readonly externalSystem: ExternalSystemCapability | undefined;
}

/** The log lines of a part say its name. */
const logParts = {
  connector: 'connector',
  registry: 'registry',
  validator: 'validator',
  gateway: 'application-gateway',
  externalSystem: 'external-system',
  kubernetes: 'kubernetes',
  control: 'control',
} as const;

/** Makes the capabilities of an instance. What one finds by a name of the cluster comes before it. */
export async function createCapabilities(
  foundation: Foundation<Settings>,
  opened: AsyncDisposableStack,
  { logTap, env, isReady, describe, further }: Surroundings,
): Promise<Capabilities> {
  const all: Capability[] = [];
  const of = (part: keyof typeof logParts) => ({
    ...foundation,
    log: foundation.log.child({ part: logParts[part] }),
  });
  const add = <C extends Capability>(capability: C): C => {
    opened.defer(() => capability.close());
    foundation.cluster.add(capability.services ?? []);
    if (capability.names) foundation.cluster.addNames(capability.names);
    all.push(capability);
    return capability;
  };

  const connector = add(await createConnector(of('connector')));
  add(await createRegistry(of('registry')));
  add(await createValidator(of('validator')));
  add(await createGateway(of('gateway')));
  for (const create of further) add(await create(foundation));
  const kubernetes = add(await createKubernetes(of('kubernetes'), { logTap, env }));
  const tokenRequest = (application: string) => tokenCall(connector, describe().urls.internal, application);
  add(await createControl(of('control'), { isReady, describe, tokenRequest }));
  const externalSystem = foundation.settings.externalSystem
    ? add(await createExternalSystem(of('externalSystem')))
    : undefined;
  return { all, connector, kubernetes, externalSystem };
}

/** The POST that yields a token of an application. */
export function tokenCall(connector: ConnectorCapability, internal: string, application: string) {
  const { path, headers } = connector.tokenRequest(application);
  return { url: internal + path, headers };
}
