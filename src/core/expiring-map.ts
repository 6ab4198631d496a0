import { BoundedMap } from './bounded-map.ts';
import type { Clock } from './clock.ts';

interface Entry<V> {
  readonly value: V;
  /** Milliseconds since the epoch; Infinity for ever. */
  readonly until: number;
}

/** Entries that are looked at when one is added: what is over is met before as many have been added as there are. */
const LOOKED_AT = 2;

/**
 * A bounded map whose entries end at a time of our clock. What is over goes bit by bit as new entries come, so that
 * adding costs the same however many there are; only where all the room is taken does the one that was used longest ago
 * make way.
 */
export class ExpiringMap<V> {
  readonly #clock: Clock;
  readonly #entries: BoundedMap<Entry<V>>;
  #sweep: IterableIterator<[string, Entry<V>]>;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#entries = new BoundedMap(limit);
    this.#sweep = this.#entries.entries();
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry || this.#clock.now() < entry.until) return entry?.value;
    this.#entries.delete(key);
    return undefined;
  }

  /** @param until the first moment at which the entry is gone, in milliseconds since the epoch; Infinity for ever */
  set(key: string, value: V, until: number): void {
    this.#removeSomeThatAreOver();
    this.#entries.set(key, { value, until });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** With those that are over and have not been met yet. */
  get size(): number {
    return this.#entries.size;
  }

  #removeSomeThatAreOver(): void {
    const now = this.#clock.now();
    for (let looked = 0; looked < LOOKED_AT; looked++) {
      const next = this.#sweep.next();
      if (next.done) {
        this.#sweep = this.#entries.entries();
        return;
      }
      const [key, { until }] = next.value;
      if (until <= now) this.#entries.delete(key);
    }
  }
}
