import { applicationKind, remoteEnvironmentKind } from '../resources/kinds.ts';
import type { KindReference, Resource, Stored } from '../resources/resource.ts';

/** Members of metadata that the server keeps; a seed that was exported from somewhere may still have them. */
const SERVER_SET = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'];
/** Members of metadata that others set on a resource which exists; a seed may have its own. */
const SET_BY_OTHERS = ['deletionTimestamp', 'deletionGracePeriodSeconds', 'finalizers', 'ownerReferences'];

export const withoutServerMetadata = (seed: Resource): Resource => ({
  ...seed,
  metadata: { ...pick(seed.metadata, (member) => !SERVER_SET.includes(member)), name: seed.metadata.name },
});

/**
 * What becomes of a stored resource. The seed replaces what is stored, with three exceptions: metadata that the seed does
 * not own, a `status` that the seed does not mention, and services that were registered meanwhile.
 */
export function merged(seed: Resource, current: Stored): Resource {
  const own = withoutServerMetadata(seed);
  const kept = pick(current.metadata, (member) => SERVER_SET.includes(member) || SET_BY_OTHERS.includes(member));
  const result = { ...own, metadata: { ...kept, ...own.metadata } };
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
