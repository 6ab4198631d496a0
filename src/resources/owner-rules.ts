import type { Metadata, OwnerReference, Resource } from './resource.ts';

/** What an owner means for what belongs to it, as in Kubernetes. (kubernetes-api §6.5) */

/** Holds a deleted owner until what belongs to it belongs to it no more, and stays. */
export const ORPHAN = 'orphan';
/** Holds a deleted owner until everything is gone that says with `blockOwnerDeletion` that it comes first. */
export const FOREGROUND = 'foregroundDeletion';

const noOwners: readonly OwnerReference[] = [];

export const ownersOf = ({ metadata }: Resource): readonly OwnerReference[] => metadata.ownerReferences ?? noOwners;

/** Whether an owner is being deleted in this way. */
export const isLeaving = ({ metadata }: Resource, way: typeof ORPHAN | typeof FOREGROUND): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(way) === true;

export type OwnerState =
  | 'there'
  | 'gone'
  /** It is being deleted and waits for this very dependent. */
  | 'waiting'
  /** Of a kind that nobody knows, or out of reach: a resource of no namespace cannot belong to one of a namespace. */
  | 'unknown';

/**
 * What becomes of a resource with owners in these states: one goes when all of them are gone. While there is one, it stays
 * and forgets the others; what nobody can tell changes nothing.
 */
export function fateOf(owners: readonly OwnerState[]): 'stay' | 'forget' | 'go' {
  if (owners.length === 0 || owners.includes('unknown')) return 'stay';
  if (!owners.includes('there')) return 'go';
  return owners.every((state) => state === 'there') ? 'stay' : 'forget';
}

/** A resource that belongs to none of these owners any more. */
export function withoutOwners<R extends Resource>(resource: R, uids: ReadonlySet<string>): R {
  const owners = ownersOf(resource);
  const left = owners.filter(({ uid }) => !uids.has(uid));
  if (left.length === owners.length) return resource;
  const { ownerReferences: _, ...metadata } = resource.metadata;
  return { ...resource, metadata: { ...metadata, ...(left.length > 0 && { ownerReferences: left }) } as Metadata };
}
