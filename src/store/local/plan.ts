import type { Clock } from '../../core/clock.ts';
import type { Random } from '../../core/random.ts';
import { type Resource, type ResourceReference, referenceOf, type Stored } from '../../resources/resource.ts';
import { alreadyExists, invalid, notFound } from '../errors.ts';
import { isObject } from '../frozen.ts';
import { mergePatch } from '../merge-patch.ts';
import {
  checkIdentity,
  checkPrecondition,
  deletionMark,
  isHeld,
  restamp,
  stampCreated,
  stampUpdated,
} from '../stamp.ts';
import type { Operation, Precondition } from '../store.ts';
import type { LoggedChange } from './change-log.ts';

/** What an operation is to do, worked out against the present state of its resource. */
export interface Planned {
  /** What the operation returns. */
  readonly result: Stored;
  /** Undefined where it changes nothing. */
  readonly change: LoggedChange | undefined;
}

export interface Planner {
  readonly clock: Clock;
  readonly random: Random;
}

/** Which resource an operation is on; of one that lacks what each has, whatever there is of it. */
export function targetOf(operation: Operation): ResourceReference {
  if ('reference' in operation) return operation.reference;
  const { apiVersion, kind, metadata } = operation.resource;
  return { apiVersion, kind, name: metadata?.name, namespace: metadata?.namespace };
}

/**
 * Works an operation out.
 * @param present the resource that it is on, if there is one
 * @param revision what the change has, if there is one
 * @throws StoreError
 */
export function plan(operation: Operation, present: Stored | undefined, revision: number, planner: Planner): Planned {
  if ('resource' in operation) checkIdentity(operation.resource);
  if (operation.verb === 'create') {
    if (present) throw alreadyExists(referenceOf(operation.resource));
    const object = stampCreated(operation.resource, revision, planner.clock, planner.random);
    return { result: object, change: { type: 'ADDED', object, revision } };
  }
  if (!present) throw notFound(targetOf(operation));
  switch (operation.verb) {
    case 'update':
      return replaced(present, operation.resource, revision);
    case 'patch':
      return replaced(present, patched(present, operation.reference, operation.patch), revision);
    case 'delete':
      return deleted(present, operation.precondition ?? {}, revision, planner.clock);
  }
}

function patched(present: Stored, reference: ResourceReference, patch: object): Resource {
  if (!isObject(patch)) throw invalid('a merge patch must be an object');
  const next = mergePatch(present, patch) as Resource;
  checkIdentity(next);
  const target = referenceOf(next);
  for (const member of ['apiVersion', 'kind', 'name', 'namespace'] as const) {
    if ((target[member] ?? '') !== (reference[member] ?? '')) throw invalid(`a patch cannot change the ${member}`);
  }
  return next;
}

function replaced(previous: Stored, resource: Resource, revision: number): Planned {
  const { uid, resourceVersion } = resource.metadata;
  checkPrecondition(referenceOf(previous), previous, { uid, resourceVersion });
  const object = stampUpdated(resource, previous, revision);
  // Whoever lifts the last finalizer of a resource that is being deleted removes it.
  return previous.metadata.deletionTimestamp && !isHeld(object)
    ? removed(previous, object, revision)
    : modified(previous, object, revision);
}

function deleted(previous: Stored, precondition: Precondition, revision: number, clock: Clock): Planned {
  checkPrecondition(referenceOf(previous), previous, precondition);
  if (!isHeld(previous)) return removed(previous, previous, revision);
  const { resourceVersion: _, ...metadata } = previous.metadata;
  const marked = { ...previous, metadata: { ...metadata, ...deletionMark(previous, clock) } };
  return modified(previous, stampUpdated(marked, previous, revision, marked.metadata), revision);
}

const modified = (previous: Stored, object: Stored, revision: number): Planned => ({
  result: object,
  change: object === previous ? undefined : { type: 'MODIFIED', object, previous, revision },
});

/** @param last the state that is told as the last one */
const removed = (previous: Stored, last: Stored, revision: number): Planned => ({
  result: last,
  change: { type: 'DELETED', object: restamp(last, revision), previous, revision },
});
