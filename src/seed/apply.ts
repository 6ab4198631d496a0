import { setImmediate as turn } from 'node:timers/promises';
import { codeOf } from '../core/errors.ts';
import { applicationKind, remoteEnvironmentKind } from '../resources/kinds.ts';
import { type KindReference, type Resource, referenceOf, type Stored } from '../resources/resource.ts';
import { modify } from '../store/modify.ts';
import type { ResourceStore } from '../store/store.ts';

export interface Applied {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

type Outcome = keyof Applied;

/**
 * Brings the store to what the resources say, in their order; they must have passed `admit`. Applying the same again
 * changes nothing, and what Kymulator and its clients added meanwhile stays (see `merged`). Between two resources others
 * have their turn: the listeners are open already.
 */
export async function applyResources(store: ResourceStore, resources: readonly Resource[]): Promise<Applied> {
  const count: Record<Outcome, number> = { created: 0, changed: 0, unchanged: 0 };
  for (const resource of resources) {
    count[await applyOne(store, resource)]++;
    await turn();
  }
  return count;
}

async function applyOne(store: ResourceStore, seed: Resource): Promise<Outcome> {
  if (!(await store.get(referenceOf(seed)))) {
    try {
      await store.create(withoutServerMetadata(seed));
      return 'created';
    } catch (error) {
      if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
    }
  }
  let before: string | undefined;
  const { metadata } = await modify(store, referenceOf(seed), (current) => {
    before = current.metadata.resourceVersion;
    return merged(withoutServerMetadata(seed), current);
  });
  return metadata.resourceVersion === before ? 'unchanged' : 'changed';
}

/** Members of metadata that the server keeps; a seed that was exported from somewhere may still have them. */
const SERVER_SET = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'];
/** Members of metadata that others set on a resource which exists; a seed may have its own. */
const SET_BY_OTHERS = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'finalizers', 'ownerReferences'];

const withoutServerMetadata = (seed: Resource): Resource => ({
  ...seed,
  metadata: { ...pick(seed.metadata, (member) => !SERVER_SET.includes(member)), name: seed.metadata.name },
});

/**
 * The seed replaces what is stored, with three exceptions: metadata that the seed does not own, a `status` that the
 * seed does not mention, and services that were registered meanwhile.
 */
function merged(seed: Resource, current: Stored): Resource {
  const kept = pick(current.metadata, (member) => SERVER_SET.includes(member) || SET_BY_OTHERS.includes(member));
  const result = { ...seed, metadata: { ...kept, ...seed.metadata } };
  const withStatus = 'status' in seed || current.status === undefined ? result : { ...result, status: current.status };
  return hasServices(seed) ? keepServices(withStatus, current) : withStatus;
}

const hasServices = ({ apiVersion, kind }: KindReference) =>
  [applicationKind, remoteEnvironmentKind].some((known) => known.kind === kind && known.apiVersion === apiVersion);

interface WithServices {
  readonly spec?: { readonly services?: readonly { readonly id: string }[] };
}

function keepServices(seed: Resource, current: Stored): Resource {
  const { spec } = seed as WithServices;
  const seeded = spec?.services ?? [];
  const ids = new Set(seeded.map(({ id }) => id));
  const others = ((current as WithServices).spec?.services ?? []).filter(({ id }) => !ids.has(id));
  return others.length === 0 ? seed : { ...seed, spec: { ...spec, services: [...seeded, ...others] } };
}

const pick = (metadata: Resource['metadata'], wanted: (member: string) => boolean) =>
  Object.fromEntries(Object.entries(metadata).filter(([member]) => wanted(member)));
