import { setImmediate as turn } from 'node:timers/promises';
import { codeOf } from '../core/errors.ts';
import { suggestion } from '../core/nearest.ts';
import { namespaceKind } from '../resources/kinds.ts';
import { ownersOf } from '../resources/owner-rules.ts';
import { type Resource, type ResourceReference, referenceOf } from '../resources/resource.ts';
import { ensureAdmitted } from '../store/admitted.ts';
import { modify } from '../store/modify.ts';
import type { ResourceStore } from '../store/store.ts';
import { NOWHERE, type Place, seedInvalid, shown } from './errors.ts';
import { fitOf, isNamespace } from './fit.ts';
import { merged, withoutServerMetadata } from './merge.ts';
import { placesOf, withOwnersHere } from './owners.ts';

export interface Applied {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

type Outcome = keyof Applied;

export interface ApplyOptions {
  /** Where a resource was found, for messages. */
  readonly placeOf?: ((resource: Resource) => Place) | undefined;
  /** Told what the user should know although the seed is applied. */
  readonly warn?: ((text: string) => void) | undefined;
}

/**
 * Brings the store to what the resources say; they must have passed `admit`. Namespaces come first and owners before what
 * belongs to them, everything else in its order. Namespaces that are nowhere are made. Applying the same again changes
 * nothing, and what Kymulator and its clients added meanwhile stays (see `merged`). Between two resources others have their
 * turn: the listeners are open already.
 * @throws UserError `SEED_INVALID` when something cannot be as the seed says; then nothing is applied
 */
export async function applyResources(
  store: ResourceStore,
  resources: readonly Resource[],
  { placeOf = () => NOWHERE, warn = () => {} }: ApplyOptions = {},
): Promise<Applied> {
  const { problems, missing } = await fitOf(store, resources, placeOf);
  if (problems.length > 0) throw seedInvalid(problems);
  const tell = (resource: Resource, text: string) => warn(shown([{ ...placeOf(resource), text }]).join());
  await makeNamespaces(store, missing, tell);
  const count: Record<Outcome, number> = { created: 0, changed: 0, unchanged: 0 };
  for (const resource of inOrder(resources)) {
    count[await applyOne(store, resource, tell)]++;
    await turn();
  }
  return count;
}

type Tell = (resource: Resource, text: string) => void;

async function makeNamespaces(store: ResourceStore, missing: ReadonlyMap<string, Resource>, tell: Tell): Promise<void> {
  if (missing.size === 0) return;
  const { apiVersion, kind } = namespaceKind;
  const { items } = await store.list({ apiVersion, kind });
  const known = items.map(({ metadata }) => metadata.name);
  for (const [name, resource] of missing) {
    const text = `the namespace "${name}" is neither there nor in the seed, so it is made`;
    tell(resource, text + suggestion(name, known));
    await ensureAdmitted(store, { apiVersion, kind, metadata: { name } });
  }
}

/** Namespaces before what is in them, owners before what belongs to them. */
function inOrder(resources: readonly Resource[]): Iterable<Resource> {
  const ordered = new Set<Resource>();
  const byKey = new Map(resources.map((resource) => [keyOf(referenceOf(resource)), resource]));
  const visited = new Set<Resource>();
  const add = (resource: Resource) => {
    if (visited.has(resource)) return;
    visited.add(resource);
    for (const owner of ownersOf(resource)) {
      const inSeed = placesOf(owner, resource).flatMap((place) => byKey.get(keyOf(place)) ?? []);
      for (const other of inSeed) add(other);
    }
    ordered.add(resource);
  };
  for (const resource of resources) if (isNamespace(resource)) add(resource);
  for (const resource of resources) add(resource);
  return ordered;
}

const keyOf = ({ apiVersion, kind, namespace = '', name }: ResourceReference) =>
  [apiVersion, kind, namespace, name].join('\u0000');

async function applyOne(store: ResourceStore, given: Resource, tell: Tell): Promise<Outcome> {
  const seed = await withOwnersHere(store, given, ({ kind, name }) =>
    tell(given, `the owner ${kind} "${name}" is not there, so the reference to it is left out`),
  );
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
    return merged(seed, current);
  });
  return metadata.resourceVersion === before ? 'unchanged' : 'changed';
}
