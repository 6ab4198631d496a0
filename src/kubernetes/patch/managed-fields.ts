import type { Resource } from '../../resources/resource.ts';
import { isMembers, type Schema } from '../../resources/schema.ts';
import { changedFields, difference, existing, type FieldSet, fieldsOf, isSame, union } from './field-set.ts';

/** One entry of `metadata.managedFields`: who set which fields. (kubernetes-api §6.4) */
export interface ManagedEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

/** Who writes, when, and in which way. */
export interface Writer {
  readonly manager: string;
  readonly apiVersion: string;
  /** RFC 3339. */
  readonly time: string;
  readonly subresource?: string | undefined;
}

/** Metadata that belongs to nobody. */
const unowned = new Set([
  'name',
  'namespace',
  'generateName',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
]);

/** The part of a resource whose fields have owners. */
export function ownable(resource: Resource | undefined): Readonly<Record<string, unknown>> {
  if (!resource) return {};
  const { apiVersion: _a, kind: _k, metadata, ...content } = resource;
  const own = Object.entries(metadata ?? {}).filter(([name, value]) => !unowned.has(name) && value !== undefined);
  return own.length > 0 ? { metadata: Object.fromEntries(own), ...content } : content;
}

export function entriesOf(resource: Resource | undefined): readonly ManagedEntry[] {
  const entries = resource?.metadata.managedFields;
  return Array.isArray(entries) ? entries.filter(isEntry) : [];
}

const isEntry = (value: unknown): value is ManagedEntry =>
  isMembers(value) && typeof value.manager === 'string' && isMembers(value.fieldsV1);

export const sameManager = (entry: ManagedEntry, operation: ManagedEntry['operation'], writer: Writer) =>
  entry.manager === writer.manager &&
  entry.operation === operation &&
  (entry.subresource ?? '') === (writer.subresource ?? '');

export const newEntry = (operation: ManagedEntry['operation'], writer: Writer, fieldsV1: FieldSet): ManagedEntry => ({
  manager: writer.manager,
  operation,
  apiVersion: writer.apiVersion,
  time: writer.time,
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...(writer.subresource ? { subresource: writer.subresource } : {}),
});

/** Entries without the fields that a resource does not have any more. */
export const withExisting = (
  entries: readonly ManagedEntry[],
  content: Readonly<Record<string, unknown>>,
  schema: Schema,
): ManagedEntry[] =>
  entries.flatMap((entry) => {
    const fieldsV1 = existing(entry.fieldsV1, content, schema);
    return fieldsV1 ? [isSame(fieldsV1, entry.fieldsV1) ? entry : { ...entry, fieldsV1 }] : [];
  });

/** Entries without some fields, which have gone to somebody else. */
export const withoutFields = (entries: readonly ManagedEntry[], fields: FieldSet): ManagedEntry[] =>
  entries.flatMap((entry) => {
    const fieldsV1 = difference(entry.fieldsV1, fields);
    return fieldsV1 ? [isSame(fieldsV1, entry.fieldsV1) ? entry : { ...entry, fieldsV1 }] : [];
  });

/**
 * Who owns what after an ordinary write: its writer owns what it changed, and nobody owns what is gone.
 * @param entries as they were, or as the writer wants them to be
 */
export function afterUpdate(
  entries: readonly ManagedEntry[],
  previous: Resource | undefined,
  next: Resource,
  writer: Writer,
  schema: Schema,
): readonly ManagedEntry[] {
  const [before, after] = [ownable(previous), ownable(next)];
  const changed = previous ? changedFields(before, after, schema) : fieldsOf(after, schema);
  const kept = withExisting(entries, after, schema);
  if (!changed || Object.keys(changed).length === 0) return kept;
  const own = kept.find((entry) => sameManager(entry, 'Update', writer));
  const others = withoutFields(
    kept.filter((entry) => entry !== own),
    changed,
  );
  return [...others, newEntry('Update', writer, own ? union(own.fieldsV1, changed) : changed)];
}
