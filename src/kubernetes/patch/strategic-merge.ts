import { isMembers, memberSchema, type Schema } from '../../resources/schema.ts';
import { isSame } from './field-set.ts';

type Members = Readonly<Record<string, unknown>>;

const ORDER = '$setElementOrder/';
const DELETE_VALUES = '$deleteFromPrimitiveList/';

/**
 * Applies a strategic merge patch: maps merge, `null` removes a member, lists merge item by item where the schema names
 * the key of their items, and `$…` members direct it. (kubernetes-api §6.3)
 */
export function strategicMerge(value: unknown, patch: unknown, schema: Schema | undefined): unknown {
  if (!isMembers(patch)) return patch;
  if (patch.$patch === 'replace') return plain(patch);
  const base: Members = isMembers(value) ? value : {};
  const kept = Array.isArray(patch.$retainKeys) ? retain(base, patch.$retainKeys) : base;
  const result = new Map<string, unknown>(Object.entries(kept));
  for (const [name, change] of Object.entries(patch)) {
    if (name.startsWith('$')) continue;
    const inner = schema && memberSchema(schema, name);
    if (change === null) result.delete(name);
    else if (isMembers(change) && change.$patch === 'delete') result.delete(name);
    else if (Array.isArray(change)) result.set(name, mergeList(result.get(name), change, inner));
    else result.set(name, strategicMerge(result.get(name), change, inner));
  }
  for (const [name, directive] of Object.entries(patch)) direct(result, name, directive, schema);
  return Object.fromEntries(result);
}

const retain = (members: Members, names: readonly unknown[]): Members =>
  Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));

/** A value without directives. */
const plain = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !name.startsWith('$')));

function direct(result: Map<string, unknown>, name: string, directive: unknown, schema: Schema | undefined): void {
  if (!Array.isArray(directive)) return;
  if (name.startsWith(DELETE_VALUES)) {
    const member = name.slice(DELETE_VALUES.length);
    const list = result.get(member);
    if (Array.isArray(list))
      result.set(
        member,
        list.filter((value) => !directive.some((gone) => isSame(gone, value))),
      );
  } else if (name.startsWith(ORDER)) {
    const member = name.slice(ORDER.length);
    const list = result.get(member);
    const key = (schema && memberSchema(schema, member))?.['x-kubernetes-patch-merge-key'];
    if (Array.isArray(list)) result.set(member, inOrder(list, directive, key));
  }
}

function mergeList(value: unknown, patch: readonly unknown[], schema: Schema | undefined): unknown {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const items = patch.filter((item) => !isDirective(item));
  const replaces = patch.some((item) => isMembers(item) && item.$patch === 'replace' && Object.keys(item).length === 1);
  if (schema?.['x-kubernetes-patch-strategy'] !== 'merge' || replaces) return items;
  const key = schema['x-kubernetes-patch-merge-key'];
  if (key === undefined) return [...list, ...items.filter((item) => !list.some((other) => isSame(other, item)))];
  return patch.reduce<readonly unknown[]>((current, item) => mergeItem(current, item, key, schema.items), list);
}

/** An item that says something about the list and is none of its items. */
const isDirective = (item: unknown) => isMembers(item) && item.$patch === 'replace' && Object.keys(item).length === 1;

function mergeItem(
  list: readonly unknown[],
  item: unknown,
  key: string,
  schema: Schema | undefined,
): readonly unknown[] {
  if (!isMembers(item)) return [...list, item];
  const isIt = (other: unknown) => isMembers(other) && isSame(other[key], item[key]);
  if (item.$patch === 'delete') return list.filter((other) => !isIt(other));
  const at = list.findIndex(isIt);
  return at < 0 ? [...list, strategicMerge({}, item, schema)] : list.with(at, strategicMerge(list[at], item, schema));
}

/** The items in the wanted order; items that it does not name stay behind those before which they stood. */
function inOrder(list: readonly unknown[], order: readonly unknown[], key: string | undefined): unknown[] {
  const identity = (item: unknown) => (key !== undefined && isMembers(item) ? item[key] : item);
  const rank = (item: unknown) => order.findIndex((wanted) => isSame(identity(wanted), identity(item)));
  const named = list.filter((item) => rank(item) >= 0).sort((left, right) => rank(left) - rank(right));
  return [...named, ...list.filter((item) => rank(item) < 0)];
}
