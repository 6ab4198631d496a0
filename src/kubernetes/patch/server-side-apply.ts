import type { Resource } from '../../resources/resource.ts';
import { isMembers, memberSchema, type Schema } from '../../resources/schema.ts';
import { contentKey } from './content-key.ts';
import {
  changedFields,
  common,
  difference,
  type FieldSet,
  fieldsOf,
  isSame,
  itemElement,
  pathText,
  without,
} from './field-set.ts';
import {
  entriesOf,
  type ManagedEntry,
  newEntry,
  ownable,
  sameManager,
  type Writer,
  withExisting,
  withoutFields,
} from './managed-fields.ts';

/** A field that somebody else owns and that would get another value. */
export interface FieldConflict {
  readonly owner: ManagedEntry;
  readonly field: string;
}

export type Applied =
  | { readonly resource: Resource; readonly managedFields: readonly ManagedEntry[] }
  | { readonly conflicts: readonly FieldConflict[] };

/**
 * Server-side apply: the fields of a configuration become their writer's, those that it applied before and does not
 * name any more go, and nobody else's are changed unless it is forced. (kubernetes-api §6.4)
 */
export function applyConfiguration(
  live: Resource | undefined,
  configuration: Resource,
  writer: Writer,
  schema: Schema,
  force: boolean,
): Applied {
  const applied = fieldsOf(ownable(configuration), schema);
  const entries = entriesOf(live);
  const own = entries.find((entry) => sameManager(entry, 'Apply', writer));
  const others = entries.filter((entry) => entry !== own);

  const merged = (live ? mergeApplied(live, configuration, schema) : configuration) as Resource;
  const changed = changedFields(ownable(live), ownable(merged), schema);
  const conflicts = live && changed ? conflictsWith(others, changed) : [];
  if (conflicts.length > 0 && !force) return { conflicts };

  const rest = changed ? withoutFields(others, changed) : others;
  const dropped = own && leftovers(own.fieldsV1, applied, rest);
  const resource = dropped ? { ...merged, ...withoutContent(merged, dropped, schema) } : merged;
  const entry =
    own && isSame(own.fieldsV1, applied) && own.apiVersion === writer.apiVersion
      ? own
      : newEntry('Apply', writer, applied);
  return { resource, managedFields: withExisting([...rest, entry], ownable(resource), schema) };
}

const conflictsWith = (others: readonly ManagedEntry[], changed: FieldSet): FieldConflict[] =>
  others.flatMap((owner) => common(owner.fieldsV1, changed).map((path) => ({ owner, field: pathText(path) })));

/** What was applied before, is not applied now, and belongs to nobody else. */
function leftovers(before: FieldSet, now: FieldSet, others: readonly ManagedEntry[]): FieldSet | undefined {
  return others.reduce<FieldSet | undefined>(
    (rest, { fieldsV1 }) => rest && difference(rest, fieldsV1),
    difference(before, now),
  );
}

/** The content of a resource without some fields; members that would vanish become undefined. */
function withoutContent(resource: Resource, fields: FieldSet, schema: Schema): Partial<Resource> {
  const { apiVersion: _a, kind: _k, ...content } = resource;
  const rest = (without(content, fields, schema) ?? {}) as Partial<Resource>;
  const gone = Object.keys(content).filter((name) => !(name in rest));
  return { ...rest, ...Object.fromEntries(gone.map((name) => [name, undefined])) };
}

/** The live value with an applied one laid over it: members by name, lists as their schema says. */
function mergeApplied(live: unknown, applied: unknown, schema: Schema | undefined): unknown {
  if (isMembers(live) && isMembers(applied) && schema?.['x-kubernetes-map-type'] !== 'atomic') {
    const merged = Object.entries(applied).map(([name, value]) => [
      name,
      Object.hasOwn(live, name) ? mergeApplied(live[name], value, schema && memberSchema(schema, name)) : value,
    ]);
    return { ...live, ...Object.fromEntries(merged) };
  }
  if (Array.isArray(live) && Array.isArray(applied)) return mergeLists(live, applied, schema);
  return applied;
}

function mergeLists(live: readonly unknown[], applied: readonly unknown[], schema: Schema | undefined): unknown {
  const type = schema?.['x-kubernetes-list-type'];
  if (type === 'set') {
    const present = new Set(live.map(contentKey));
    return [...live, ...applied.filter((value) => !present.has(contentKey(value)))];
  }
  if (type !== 'map') return applied;
  const wanted = new Map(applied.map((value) => [itemElement(value, schema), value]));
  const kept = live.map((value) => {
    const element = itemElement(value, schema);
    const change = wanted.get(element);
    wanted.delete(element);
    return change === undefined ? value : mergeApplied(value, change, schema?.items);
  });
  return [...kept, ...wanted.values()];
}

/** The text for a conflict. (kubernetes-api §6.4) */
export function conflictText(conflicts: readonly FieldConflict[]): string {
  if (conflicts.length === 1 && conflicts[0]) {
    const { owner, field } = conflicts[0];
    return `Apply failed with 1 conflict: conflict with ${ownerText(owner)}: ${field}`;
  }
  const byOwner = Map.groupBy(conflicts, ({ owner }) => ownerText(owner));
  const parts = [...byOwner]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([owner, fields]) => `conflicts with ${owner}:\n${fields.map(({ field }) => `- ${field}`).join('\n')}`);
  return `Apply failed with ${conflicts.length} conflicts: ${parts.join('\n')}`;
}

export function ownerText({ manager, operation, apiVersion, subresource }: ManagedEntry): string {
  const part = subresource ? ` with subresource ${JSON.stringify(subresource)}` : '';
  return `${JSON.stringify(manager)}${part}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}
