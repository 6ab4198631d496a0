import { codeOf } from '../core/errors.ts';
import { AdmissionError } from '../resources/admission-error.ts';
import { admit, checkChange, checkNamespace, type NamespaceState } from '../resources/admit.ts';
import { findKind, namespaceKind } from '../resources/kinds.ts';
import type { Problem } from '../resources/problem.ts';
import { type Resource, referenceOf, type Stored } from '../resources/resource.ts';
import type { ResourceStore } from './store.ts';

/** Writes of the instance itself. Like everybody's they are admitted first, by `resources/admit.ts`. */

type Readable = Pick<ResourceStore, 'get'>;
type Writable = Pick<ResourceStore, 'get' | 'create' | 'update'>;

/**
 * Adds a resource of a kind that is there from the start.
 * @throws AdmissionError; StoreError `ALREADY_EXISTS`
 */
async function createAdmitted(store: Writable, resource: Resource): Promise<Stored> {
  const admitted = admittedOf(resource);
  const { namespace } = admitted.metadata;
  if (namespace) refuse(admitted, checkNamespace(namespace, await namespaceState(store, namespace)));
  return store.create(admitted);
}

/** Adds a resource unless it is there. @returns whether it was added @throws AdmissionError */
export async function ensureAdmitted(store: Writable, resource: Resource): Promise<boolean> {
  try {
    await createAdmitted(store, resource);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ALREADY_EXISTS') return false;
    throw error;
  }
}

/**
 * Replaces a resource of a kind that is there from the start, whatever it was.
 * @throws AdmissionError; StoreError `NOT_FOUND`
 */
export async function replaceAdmitted(store: Writable, resource: Resource): Promise<Stored> {
  const admitted = admittedOf(resource);
  const kind = findKind(admitted);
  const previous = await store.get(referenceOf(admitted));
  if (kind && previous) refuse(admitted, checkChange(kind, admitted, previous));
  return store.update(admitted);
}

export async function namespaceState(store: Readable, name: string): Promise<NamespaceState> {
  const { apiVersion, kind } = namespaceKind;
  const found = await store.get({ apiVersion, kind, name });
  if (!found) return 'absent';
  return found.metadata.deletionTimestamp ? 'terminating' : 'active';
}

function admittedOf(resource: Resource): Resource {
  const { resource: admitted, problems } = admit(resource);
  refuse(resource, problems);
  return admitted;
}

function refuse(resource: Resource, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new AdmissionError(resource, resource.metadata.name, problems);
}
