import { isObject } from '../frozen.ts';
import { sharedEnds } from '../shared-ends.ts';

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
  const { start, beforeEnd: othersEnd, afterEnd: end } = sharedEnds(others, items);
  let weight = VALUE * items.length;
  if (start === end) return weight;
  // In between, items that were kept may have moved.
  const shared = new Set<unknown>([...others].slice(start, othersEnd).filter(isObject));
  for (let at = start; at < end; at++) {
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
