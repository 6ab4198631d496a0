import type { Stored } from '../../resources/resource.ts';

/** Sorts below every character of a name, so keys order by namespace, then name. */
const SEPARATOR = '\u0000';
const AFTER_SEPARATOR = '\u0001';

const keyOf = (name: string, namespace: string | undefined) => `${namespace ?? ''}${SEPARATOR}${name}`;

/** The resources of one kind, by name and in order. The order is kept up to date once somebody has asked for it. */
export class Collection {
  readonly #byKey = new Map<string, Stored>();
  #keys: string[] | undefined;
  #items: readonly Stored[] | undefined;

  get(name: string, namespace?: string): Stored | undefined {
    return this.#byKey.get(keyOf(name, namespace));
  }

  set(resource: Stored): void {
    const key = keyOf(resource.metadata.name, resource.metadata.namespace);
    if (this.#keys && !this.#byKey.has(key)) this.#keys.splice(lowerBound(this.#keys, key), 0, key);
    this.#byKey.set(key, resource);
    this.#items = undefined;
  }

  delete(name: string, namespace?: string): void {
    const key = keyOf(name, namespace);
    if (!this.#byKey.delete(key)) return;
    this.#keys?.splice(lowerBound(this.#keys, key), 1);
    this.#items = undefined;
  }

  /** All resources, or those of one namespace, ordered by namespace, then name. */
  items(namespace?: string): readonly Stored[] {
    const items = this.#all();
    if (!namespace) return items;
    const keys = this.#sortedKeys();
    return items.slice(lowerBound(keys, namespace + SEPARATOR), lowerBound(keys, namespace + AFTER_SEPARATOR));
  }

  #all(): readonly Stored[] {
    this.#items ??= Object.freeze(this.#sortedKeys().map((key) => this.#byKey.get(key) as Stored));
    return this.#items;
  }

  #sortedKeys(): string[] {
    this.#keys ??= [...this.#byKey.keys()].sort();
    return this.#keys;
  }
}

/** Where `key` is, or where it would have to be put. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
