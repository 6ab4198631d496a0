import type { Clock } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import type { Metadata, Resource, ResourceReference, Stored } from '../resources/resource.ts';
import { conflict, invalid } from './errors.ts';
import { frozenCopy, isObject } from './frozen.ts';
import type { Precondition } from './store.ts';

/** RFC 3339 in UTC with whole seconds, as Kubernetes writes times. */
export const timestamp = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

/** @throws StoreError `INVALID` when something is missing that every resource has */
export function checkIdentity(resource: Resource): void {
  const { apiVersion, kind, metadata } = resource;
  if (typeof apiVersion !== 'string' || apiVersion === '') throw invalid('apiVersion: Required value');
  if (typeof kind !== 'string' || kind === '') throw invalid('kind: Required value');
  if (!isObject(metadata)) throw invalid('metadata: Required value');
  if (typeof metadata.name !== 'string' || metadata.name === '') throw invalid('metadata.name: Required value');
  if (metadata.namespace !== undefined && typeof metadata.namespace !== 'string') {
    throw invalid('metadata.namespace: must be a string');
  }
}

/** @throws StoreError `CONFLICT` when a member of the precondition is set and is not the stored one */
export function checkPrecondition(reference: ResourceReference, { metadata }: Stored, wanted: Precondition): void {
  for (const field of ['uid', 'resourceVersion'] as const) {
    const value = wanted[field];
    if (value && value !== metadata[field]) throw conflict(reference, field, value, metadata[field]);
  }
}

/** The first version of a resource, with everything that the store sets. */
export function stampCreated(resource: Resource, revision: number, clock: Clock, random: Random): Stored {
  const metadata = {
    ...identity(resource.metadata),
    uid: random.uuid(),
    resourceVersion: String(revision),
    generation: countsGenerations(resource) ? 1 : undefined,
    creationTimestamp: timestamp(clock.now()),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
  };
  return frozenCopy({ ...resource, metadata }) as Stored;
}

/** Kubernetes counts the generations of most kinds, but not of Secrets, Namespaces and the like. (kubernetes-api §5.1) */
const countsGenerations = ({ apiVersion }: Resource) => apiVersion.includes('/');

/** What only a deletion sets. */
export type DeletionMark = Pick<Metadata, 'deletionTimestamp' | 'deletionGracePeriodSeconds'>;

/** The mark of a resource whose deletion waits; one that has it already keeps it. */
export const deletionMark = ({ metadata }: Stored, clock: Clock): DeletionMark =>
  metadata.deletionTimestamp
    ? markOf(metadata)
    : { deletionTimestamp: timestamp(clock.now()), deletionGracePeriodSeconds: 0 };

const markOf = ({ deletionTimestamp, deletionGracePeriodSeconds }: Metadata): DeletionMark => ({
  deletionTimestamp,
  deletionGracePeriodSeconds,
});

/** Whether somebody has to do something before the resource may vanish. (kubernetes-api §6.5) */
export function isHeld({ apiVersion, kind, metadata, spec }: Resource): boolean {
  if ((metadata.finalizers ?? []).length > 0) return true;
  // A Namespace is held by what is in it, which it says in its content.
  if (kind !== 'Namespace' || apiVersion !== 'v1' || !isObject(spec)) return false;
  return Array.isArray(spec.finalizers) && spec.finalizers.length > 0;
}

/**
 * The next version of a stored resource, or `previous` itself when nothing would change. `generation` grows when
 * anything but metadata and status changed, and when the resource is marked for deletion.
 */
export function stampUpdated(
  resource: Resource,
  previous: Stored,
  revision: number,
  mark: DeletionMark = markOf(previous.metadata),
): Stored {
  const { uid, resourceVersion, generation, creationTimestamp } = previous.metadata;
  const owned = { uid, resourceVersion, generation, creationTimestamp, ...markOf({ name: '', ...mark }) };
  const metadata = { ...identity(resource.metadata), ...owned };
  const next = frozenCopy({ ...resource, metadata }, previous) as Stored;
  if (next === previous) return previous;
  const isNew = hasNewContent(next, previous) || mark.deletionTimestamp !== previous.metadata.deletionTimestamp;
  return Object.freeze({
    ...next,
    metadata: Object.freeze({
      ...next.metadata,
      resourceVersion: String(revision),
      ...(countsGenerations(resource) ? { generation: (generation ?? 1) + (isNew ? 1 : 0) } : {}),
    }),
  });
}

/** The same state under another revision, as a watch tells deletions. */
export function restamp(resource: Stored, revision: number): Stored {
  return Object.freeze({
    ...resource,
    metadata: Object.freeze({ ...resource.metadata, resourceVersion: String(revision) }),
  });
}

/** An empty namespace and an absent one mean the same; only the absent one is stored. */
const identity = ({ name, namespace, ...rest }: Metadata): Metadata =>
  namespace ? { name, namespace, ...rest } : { name, ...rest };

function hasNewContent(next: Stored, previous: Stored): boolean {
  const members = new Set([...Object.keys(next), ...Object.keys(previous)]);
  members.delete('metadata');
  members.delete('status');
  // Equal subtrees are identical objects here, because the copy took them from the previous version.
  return [...members].some((member) => next[member] !== previous[member]);
}
