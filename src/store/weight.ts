import { isObject } from './frozen.ts';

type Members = Readonly<Record<string, unknown>>;

/** Bytes that every value takes besides its text: its slot, and a share of the object around it. Roughly. */
const VALUE = 16;

/**
 * Roughly the bytes of memory that a frozen value takes besides another one: subtrees that both share, as the versions
 * of a resource do, count nothing.
 */
export function weightBeside(value: unknown, other: unknown): number {
  if (value === other) return 0;
  if (typeof value === 'string') return VALUE + value.length;
  if (Array.isArray(value)) return VALUE + weightOfItems(value, Array.isArray(other) ? other : []);
  return VALUE + (isObject(value) ? weightOfMembers(value, isObject(other) ? other : {}) : 0);
}

function weightOfItems(items: readonly unknown[], others: readonly unknown[]): number {
  let from = 0;
  while (from < items.length && from < others.length && items[from] === others[from]) from++;
  let to = items.length;
  let othersTo = others.length;
  while (to > from && othersTo > from && items[to - 1] === others[othersTo - 1]) {
    to--;
    othersTo--;
  }
  let weight = VALUE * items.length;
  if (from === to) return weight;
  // In between, items that were kept may have moved.
  const shared = new Set<unknown>(others.slice(from, othersTo).filter(isObject));
  for (let at = from; at < to; at++) {
    if (!shared.has(items[at])) weight += weightBeside(items[at], others[at]);
  }
  return weight;
}

function weightOfMembers(members: Members, others: Members): number {
  let weight = 0;
  for (const name of Object.keys(members)) {
    weight += VALUE + weightBeside(members[name], Object.hasOwn(others, name) ? others[name] : undefined);
  }
  return weight;
}
