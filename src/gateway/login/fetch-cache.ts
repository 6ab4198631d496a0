import { BoundedMap } from '../../core/bounded-map.ts';
import type { Clock } from '../../core/clock.ts';

/** What was fetched, and the time on the clock until which it is kept; Infinity for ever. */
export interface Fetched<V> {
  readonly value: V;
  readonly until: number;
}

/** Entries of a cache whose lifetime is "for ever"; beyond, the one that was used longest ago is fetched again. */
const LIMIT = 10_000;

/**
 * What is fetched once and then kept.
 * Deviation: misses at the same time share one fetch, where upstream has each of them fetch. (application-gateway §5.3)
 */
export class FetchCache<V> {
  readonly #clock: Clock;
  readonly #kept = new BoundedMap<Fetched<V>>(LIMIT);
  readonly #underWay = new Map<string, Promise<V>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The value itself when it is at hand, so that nobody has to wait for a promise; else the promise of it. */
  get(key: string, fetch: () => Promise<Fetched<V>>): V | Promise<V> {
    const kept = this.#kept.get(key);
    if (kept && this.#clock.now() <= kept.until) return kept.value;
    const present = this.#underWay.get(key);
    if (present) return present;
    const flight = this.#fetch(key, fetch);
    this.#underWay.set(key, flight);
    return flight;
  }

  async #fetch(key: string, fetch: () => Promise<Fetched<V>>): Promise<V> {
    try {
      const fetched = await fetch();
      this.#kept.set(key, fetched);
      return fetched.value;
    } finally {
      this.#underWay.delete(key);
    }
  }

  /**
   * Forgets a value that a target has refused.
   * @param used the refused value: a newer one that somebody else has fetched meanwhile stays; undefined: any value goes
   */
  forget(key: string, used: V | undefined): void {
    if (used === undefined || this.#kept.get(key)?.value === used) this.#kept.delete(key);
  }
}
