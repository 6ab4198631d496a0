import { LayeredMap } from './layered-map.ts';
import { sharedEnds } from './shared-ends.ts';

/** The texts under which an item of a list is found, and what is found there. */
type Contribution<V> = Iterable<readonly [key: string, value: V]>;

/** What is found under one text, in the order of the list, and whose it is. */
interface Group<T, V> {
  readonly values: V[];
  readonly items: T[];
}

/**
 * What is found by text in a list of a stored resource. An index stays as it is; that of the next version of the list is
 * made out of it and costs what has changed, since versions share the items that have not.
 */
export class ListIndex<T, V> {
  readonly #contribute: (item: T) => Contribution<V>;
  readonly #items: readonly T[];
  readonly #groups: LayeredMap<Group<T, V>>;

  /** An index in which nothing is found yet. @param contribute must always say the same of the same item */
  constructor(contribute: (item: T) => Contribution<V>, items: readonly T[] = [], groups?: LayeredMap<Group<T, V>>) {
    this.#contribute = contribute;
    this.#items = items;
    this.#groups = groups ?? new LayeredMap();
  }

  /** How many texts find something. */
  get size(): number {
    return this.#groups.size;
  }

  /** What is found under a text, in the order of the list; undefined when nothing is. */
  get(key: string): readonly V[] | undefined {
    return this.#groups.get(key)?.values;
  }

  /** The index of another version of the list. */
  next(items: readonly T[]): ListIndex<T, V> {
    if (items === this.#items) return this;
    const { start, beforeEnd, afterEnd } = sharedEnds(this.#items, items);
    const removed = this.#groupsOf(this.#items, start, beforeEnd);
    const added = this.#groupsOf(items, start, afterEnd);
    const isAppended = start === this.#items.length;
    const changes = new Map<string, Group<T, V> | undefined>();
    for (const key of [...removed.keys(), ...added.keys()]) {
      const before = this.#groups.get(key);
      const more = added.get(key);
      if (!before || before.values.length === removed.get(key)?.values.length) changes.set(key, more);
      else if (isAppended && more) changes.set(key, joined(before, more));
      else changes.set(key, this.#regroup(key, items, before.items.concat(more?.items ?? [])));
    }
    return new ListIndex(this.#contribute, items, this.#groups.with(changes));
  }

  #groupsOf(items: readonly T[], from: number, to: number): Map<string, Group<T, V>> {
    const groups = new Map<string, Group<T, V>>();
    for (let at = from; at < to; at++) {
      const item = items[at] as T;
      for (const [key, value] of this.#contribute(item)) {
        const group = groups.get(key) ?? { values: [], items: [] };
        groups.set(key, group);
        group.values.push(value);
        group.items.push(item);
      }
    }
    return groups;
  }

  /** Where some of several come and go, only the list knows the order. */
  #regroup(key: string, items: readonly T[], members: readonly T[]): Group<T, V> | undefined {
    const concerned = new Set(members);
    const present = [...items].filter((item) => concerned.has(item));
    return this.#groupsOf(present, 0, present.length).get(key);
  }
}

const joined = <T, V>(before: Group<T, V>, more: Group<T, V>): Group<T, V> => ({
  values: before.values.concat(more.values),
  items: before.items.concat(more.items),
});
