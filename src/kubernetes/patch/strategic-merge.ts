import { isMembers, memberSchema, type Schema } from '../../resources/schema.ts';
import { contentKey } from './content-key.ts';

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

function retain(members: Members, names: readonly unknown[]): Members {
  const kept = new Set(names);
  return Object.fromEntries(Object.entries(members).filter(([name]) => kept.has(name)));
}

/** A value without directives. */
const plain = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !name.startsWith('$')));

function direct(result: Map<string, unknown>, name: string, directive: unknown, schema: Schema | undefined): void {
  if (!Array.isArray(directive)) return;
  if (name.startsWith(DELETE_VALUES)) {
    const member = name.slice(DELETE_VALUES.length);
    const list = result.get(member);
    if (Array.isArray(list)) result.set(member, withoutValues(list, directive));
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
  if (key === undefined) return [...list, ...withoutValues(items, list)];
  const merged = new KeyedList(list, key);
  for (const item of patch) merged.apply(item, schema.items);
  return merged.items();
}

/** An item that says something about the list and is none of its items. */
const isDirective = (item: unknown) => isMembers(item) && item.$patch === 'replace' && Object.keys(item).length === 1;

function withoutValues(list: readonly unknown[], gone: readonly unknown[]): unknown[] {
  const keys = new Set(gone.map(contentKey));
  return list.filter((value) => !keys.has(contentKey(value)));
}

/** A list whose items are found by one of their members, however long it is. */
class KeyedList {
  readonly #key: string;
  /** Removed ones leave a hole, so that the places of others stay. */
  readonly #slots: unknown[];
  readonly #places = new Map<string, number[]>();

  constructor(list: readonly unknown[], key: string) {
    this.#key = key;
    this.#slots = [...list];
    for (const [place, item] of list.entries()) this.#note(item, place);
  }

  items(): unknown[] {
    return this.#slots.filter((item) => item !== HOLE);
  }

  /** Merges an item of a patch into the first one with its key, adds it, or removes all with its key. */
  apply(item: unknown, schema: Schema | undefined): void {
    if (!isMembers(item)) {
      this.#slots.push(item);
      return;
    }
    const wanted = contentKey(item[this.#key]);
    const places = this.#places.get(wanted);
    if (item.$patch === 'delete') {
      for (const place of places ?? []) this.#slots[place] = HOLE;
      this.#places.delete(wanted);
      return;
    }
    const place = places?.[0] ?? this.#slots.length;
    const merged = strategicMerge(places ? this.#slots[place] : {}, item, schema);
    this.#slots[place] = merged;
    if (!places) this.#note(merged, place);
  }

  #note(item: unknown, place: number): void {
    if (!isMembers(item)) return;
    const key = contentKey(item[this.#key]);
    const places = this.#places.get(key);
    if (places) places.push(place);
    else this.#places.set(key, [place]);
  }
}

const HOLE = Symbol('removed');

/** The items in the wanted order; items that it does not name stay behind those before which they stood. */
function inOrder(list: readonly unknown[], order: readonly unknown[], key: string | undefined): unknown[] {
  const identity = (item: unknown) => contentKey(key !== undefined && isMembers(item) ? item[key] : item);
  const ranks = new Map<string, number>();
  for (const [rank, wanted] of order.entries()) {
    const name = identity(wanted);
    if (!ranks.has(name)) ranks.set(name, rank);
  }
  const ranked = list.map((item) => ({ item, rank: ranks.get(identity(item)) ?? Number.POSITIVE_INFINITY }));
  // Sorting keeps the order of those with the same rank; Infinity minus itself would be no number.
  return ranked.sort((left, right) => (left.rank === right.rank ? 0 : left.rank - right.rank)).map(({ item }) => item);
}
