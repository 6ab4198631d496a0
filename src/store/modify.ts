import { codeOf } from '../core/errors.ts';
import type { Resource, ResourceReference, Stored } from '../resources/resource.ts';
import { notFound } from './errors.ts';
import type { ResourceStore } from './store.ts';

const ATTEMPTS = 20;

/**
 * Who is modifying what, per store. Writers of one resource that start together would otherwise read the same version,
 * and all but one of them would fail in every round.
 */
const queues = new WeakMap<ResourceStore, Map<string, Promise<unknown>>>();

/**
 * Reads a resource, changes it and writes it back, so that no other accepted write is lost: when somebody else wrote in
 * between, `change` is called again with the new state. `change` must not call `modify` for the same resource.
 * @throws StoreError `NOT_FOUND`; `CONFLICT` when others were faster 20 times; what `change` throws
 */
export function modify<R extends Resource>(
  store: ResourceStore,
  reference: ResourceReference,
  change: (current: Stored<R>) => R | Promise<R>,
): Promise<Stored<R>> {
  const queue = queues.get(store) ?? new Map<string, Promise<unknown>>();
  queues.set(store, queue);
  const { apiVersion, kind, namespace = '', name } = reference;
  const key = [apiVersion, kind, namespace, name].join('\u0000');
  const before = queue.get(key) ?? Promise.resolve();
  const result = before.then(() => attempt(store, reference, change, ATTEMPTS));
  const settled = result.then(ignore, ignore).then(() => {
    if (queue.get(key) === settled) queue.delete(key);
  });
  queue.set(key, settled);
  return result;
}

async function attempt<R extends Resource>(
  store: ResourceStore,
  reference: ResourceReference,
  change: (current: Stored<R>) => R | Promise<R>,
  attempts: number,
): Promise<Stored<R>> {
  const current = await store.get<R>(reference);
  if (!current) throw notFound(reference);
  const next = await change(current);
  const { uid, resourceVersion } = current.metadata;
  try {
    return (await store.update({ ...next, metadata: { ...next.metadata, uid, resourceVersion } })) as Stored<R>;
  } catch (error) {
    if (codeOf(error) !== 'CONFLICT' || attempts <= 1) throw error;
    return attempt(store, reference, change, attempts - 1);
  }
}

const ignore = () => {};
