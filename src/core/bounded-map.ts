/** A map with room for so many entries; the one that was used longest ago makes way. */
export class BoundedMap<V> {
  readonly #limit: number;
  readonly #dropped: (value: V) => void;
  readonly #entries = new Map<string, V>();

  /** @param dropped told each value that makes way */
  constructor(limit: number, dropped: (value: V) => void = () => {}) {
    this.#limit = limit;
    this.#dropped = dropped;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined || this.#entries.size < this.#limit) return value;
    // Order matters only to a full map.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const [oldest, dropped] of this.#entries) {
      this.#entries.delete(oldest);
      this.#dropped(dropped);
      return;
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Nobody is told of what goes. */
  clear(): void {
    this.#entries.clear();
  }

  values(): V[] {
    return [...this.#entries.values()];
  }

  /** Goes on while entries come and go; meets those that come meanwhile. */
  entries(): IterableIterator<[string, V]> {
    return this.#entries.entries();
  }

  get size(): number {
    return this.#entries.size;
  }
}
