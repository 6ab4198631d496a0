import { codeOf } from '../core/errors.ts';
import type { Resource, ResourceReference, Stored } from '../resources/resource.ts';
import { notFound } from './errors.ts';
import type { ResourceAccess } from './store.ts';

const ATTEMPTS = 20;

/**
 * Reads a resource, changes it and writes it back, so that no other accepted write is lost: when somebody else wrote in
 * between, `change` is called again with the new state. Those of one store wait for each other, since writers that start
 * together would otherwise read the same version, and all but one of them would fail in every round. `change` must not
 * call `modify` for the same resource.
 * @throws StoreError `NOT_FOUND`; `CONFLICT` when others were faster 20 times; what `change` throws
 */
export function modify<R extends Resource>(
  store: ResourceAccess,
  reference: ResourceReference,
  change: (current: Stored<R>) => R | Promise<R>,
): Promise<Stored<R>> {
  return store.exclusively(reference, () => attempt(store, reference, change, ATTEMPTS));
}

async function attempt<R extends Resource>(
  store: ResourceAccess,
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
