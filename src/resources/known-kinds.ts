import { kindOf } from './definition.ts';
import { type Kind, splitApiVersion, versionOf } from './kind.ts';
import { findKind, kinds } from './kinds.ts';
import type { KindReference, Resource } from './resource.ts';

/** Finds a kind by a reference to it in any of its versions. */
export type FindKind = (reference: KindReference) => Kind | undefined;

/** The kinds of one moment: those that are there from the start, then those of applied definitions. */
export interface KnownKinds {
  readonly all: readonly Kind[];
  readonly find: FindKind;
}

export const knownKinds = (definitions: Iterable<Resource>): KnownKinds => withAdded([...definitions].flatMap(added));

/** @param more the kinds that definitions add */
export const withAdded = (more: readonly Kind[]): KnownKinds => ({
  all: [...kinds, ...more],
  find: (reference) => findKind(reference) ?? more.find((kind) => isReferredTo(kind, reference)),
});

const added = (definition: Resource) => addedKind(definition) ?? [];

const isReferredTo = (kind: Kind, { apiVersion, kind: name }: KindReference) =>
  kind.kind === name && versionOf(kind, apiVersion) !== undefined;

const definitionName = ({ apiVersion, plural }: Kind) => `${plural}.${splitApiVersion(apiVersion).group}`;
const builtIn: ReadonlySet<string> = new Set(kinds.map(definitionName));

/** Whether a definition is that of a kind which is there from the start and stays as it is. */
export const isBuiltIn = (definition: string) => builtIn.has(definition);

/**
 * The kind that a definition adds to those which are there from the start. One that cannot be understood adds nothing;
 * it must not stop the others.
 */
export function addedKind(definition: Resource): Kind | undefined {
  try {
    return isBuiltIn(definition.metadata.name) ? undefined : kindOf(definition);
  } catch {
    return undefined;
  }
}
