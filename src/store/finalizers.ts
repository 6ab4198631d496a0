import type { Metadata, Resource, ResourceReference, Stored } from '../resources/resource.ts';
import { unlessGone } from './errors.ts';
import { modify } from './modify.ts';
import type { ResourceStore } from './store.ts';

/**
 * Deletes a resource so that it stays, marked, until these finalizers are lifted.
 * @param check may throw; is told the state that is deleted
 * @throws StoreError `NOT_FOUND`, `CONFLICT`; what `check` throws
 */
export async function deleteHeld(
  store: ResourceStore,
  reference: ResourceReference,
  finalizers: readonly string[],
  check: (current: Stored) => void = () => {},
): Promise<Stored> {
  const { metadata } = await modify(store, reference, (current) => {
    check(current);
    return withFinalizers(current, [...new Set([...finalizersOf(current), ...finalizers])]);
  });
  return store.delete(reference, { uid: metadata.uid });
}

/** Lifts a finalizer of the resource with this uid. One that is gone, or another of that name, is none of our business. */
export async function liftFinalizer(
  store: ResourceStore,
  reference: ResourceReference,
  uid: string,
  finalizer: string,
): Promise<void> {
  await modify(store, reference, (current) => {
    const left = finalizersOf(current).filter((other) => other !== finalizer);
    return current.metadata.uid === uid ? withFinalizers(current, left) : current;
  }).catch(unlessGone);
}

const finalizersOf = ({ metadata }: Resource): readonly string[] => metadata.finalizers ?? [];

function withFinalizers(resource: Resource, finalizers: readonly string[]): Resource {
  const { finalizers: _, ...metadata } = resource.metadata;
  return { ...resource, metadata: { ...metadata, ...(finalizers.length > 0 && { finalizers }) } as Metadata };
}
