import { unhurried } from '../core/unhurried.ts';
import { checkChange, type NamespaceState } from '../resources/admit.ts';
import { findKind, namespaceKind } from '../resources/kinds.ts';
import { problemText } from '../resources/problem.ts';
import { type KindReference, type Resource, referenceOf } from '../resources/resource.ts';
import { namespaceState } from '../store/admitted.ts';
import type { ResourceStore } from '../store/store.ts';
import type { Place, SeedProblem } from './errors.ts';
import { merged } from './merge.ts';

/** How a seed fits what is there. */
export interface Fit {
  readonly problems: readonly SeedProblem[];
  /** Namespaces that are nowhere, each with the first resource that is in it. */
  readonly missing: ReadonlyMap<string, Resource>;
}

export const isNamespace = ({ apiVersion, kind }: KindReference) =>
  apiVersion === namespaceKind.apiVersion && kind === namespaceKind.kind;

/** Looks at a seed together with the store, before anything of it is applied. */
export async function fitOf(
  store: ResourceStore,
  resources: readonly Resource[],
  placeOf: (resource: Resource) => Place,
): Promise<Fit> {
  const problems: SeedProblem[] = [];
  const missing = new Map<string, Resource>();
  const states = new Map<string, NamespaceState>();
  const seeded = new Set(resources.filter(isNamespace).map(({ metadata }) => metadata.name));
  for await (const resource of unhurried(resources)) {
    const refuse = (text: string) => problems.push({ ...placeOf(resource), text });
    const { namespace } = resource.metadata;
    if (namespace) {
      const state = states.get(namespace) ?? (await namespaceState(store, namespace));
      states.set(namespace, state);
      if (state === 'terminating') refuse(`the namespace "${namespace}" is being deleted; ${LET_GO}`);
      if (state === 'absent' && !seeded.has(namespace) && !missing.has(namespace)) missing.set(namespace, resource);
    }
    for (const text of await unchangeable(store, resource)) refuse(text);
  }
  return { problems, missing };
}

const LET_GO = 'wait until it is gone, lift the finalizers that hold it, or name another namespace';

/** What a seed would change although it cannot be changed. */
async function unchangeable(store: ResourceStore, resource: Resource): Promise<string[]> {
  const kind = findKind(resource);
  const current = kind?.checkUpdate && (await store.get(referenceOf(resource)));
  if (!current) return [];
  const { name } = resource.metadata;
  return checkChange(kind, merged(resource, current), current).map(
    (problem) => `${problemText(problem)}; the ${kind.kind} "${name}" is there already: delete it, or leave it out`,
  );
}
