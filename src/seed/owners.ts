import { findKind } from '../resources/kinds.ts';
import { ownersOf } from '../resources/owner-rules.ts';
import type { Metadata, OwnerReference, Resource, ResourceReference } from '../resources/resource.ts';
import type { ResourceStore } from '../store/store.ts';

/** Where an owner may be: beside what belongs to it, or in no namespace. */
export function placesOf({ apiVersion, kind, name }: OwnerReference, { metadata }: Resource): ResourceReference[] {
  const reference = { apiVersion: findKind({ apiVersion, kind })?.apiVersion ?? apiVersion, kind, name };
  return metadata.namespace ? [{ ...reference, namespace: metadata.namespace }, reference] : [reference];
}

/**
 * A resource of a seed with owners as they are in this store. The uid of a seed comes from somewhere else, so the name
 * decides; an owner that is not there would take the resource with it.
 * @param missing told which owners are left out
 */
export async function withOwnersHere(
  store: ResourceStore,
  resource: Resource,
  missing: (owner: OwnerReference) => void,
): Promise<Resource> {
  if (ownersOf(resource).length === 0) return resource;
  const owners: OwnerReference[] = [];
  for (const owner of ownersOf(resource)) {
    const uid = await uidOf(store, placesOf(owner, resource));
    if (uid) owners.push({ ...owner, uid });
    else missing(owner);
  }
  const { ownerReferences: _, ...metadata } = resource.metadata;
  return { ...resource, metadata: { ...metadata, ...(owners.length > 0 && { ownerReferences: owners }) } as Metadata };
}

async function uidOf(store: ResourceStore, places: readonly ResourceReference[]): Promise<string | undefined> {
  for (const place of places) {
    const found = await store.get(place);
    if (found) return found.metadata.uid;
  }
  return undefined;
}
