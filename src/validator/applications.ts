import { applicationKind, remoteEnvironmentKind } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import type { ResourceStore } from '../store/store.ts';
import { createView } from '../store/view.ts';
import type { ValidatorGeneration } from './generations.ts';
import type { Expectation } from './subjects.ts';

interface ConnectedSystem extends Resource {
  readonly spec?: {
    readonly tenant?: string;
    readonly group?: string;
    readonly skipInstallation?: boolean;
    readonly compassMetadata?: { readonly authentication?: { readonly clientIds?: readonly string[] } };
  };
}

/** Who may speak for which application, of the moment. */
export interface KnownApplications {
  /** Undefined for an application that is unknown, or whose part of the gateway was never installed. */
  find(application: string): Expectation | undefined;
  close(): void;
}

export async function watchApplications(
  store: ResourceStore,
  generation: ValidatorGeneration,
): Promise<KnownApplications> {
  const kind = generation.kind === 'Application' ? applicationKind : remoteEnvironmentKind;
  const view = await createView<ConnectedSystem, Expectation | undefined>(store, kind, {
    derive: (resource) => expectationOf(resource, generation),
  });
  return { find: (application) => view.get(application), close: () => view.close() };
}

function expectationOf({ metadata, spec = {} }: ConnectedSystem, generation: ValidatorGeneration) {
  const isLeaving = metadata.deletionTimestamp !== undefined;
  const isLeftOut = generation.scope === 'application' && spec?.skipInstallation === true;
  if (isLeaving || isLeftOut) return undefined;
  const clientIds = (generation.clientIds && spec?.compassMetadata?.authentication?.clientIds) || [];
  return { application: metadata.name, clientIds, tenant: spec?.tenant ?? '', group: spec?.group ?? '' };
}
