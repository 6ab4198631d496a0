import type { Clock } from '../../core/clock.ts';
import { ExpiringMap } from '../../core/expiring-map.ts';

/** What was fetched, and the last moment on the clock at which it is used; Infinity for ever. */
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
  #kept: ExpiringMap<V>;
  #underWay = new Map<string, Promise<V>>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#kept = new ExpiringMap(clock, LIMIT);
  }

  /** The value itself when it is at hand, so that nobody has to wait for a promise; else the promise of it. */
  get(key: string, fetch: () => Promise<Fetched<V>>): V | Promise<V> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const present = this.#underWay.get(key);
    if (present) return present;
    const flight = this.#fetch(key, fetch);
    this.#underWay.set(key, flight);
    return flight;
  }

  async #fetch(key: string, fetch: () => Promise<Fetched<V>>): Promise<V> {
    // Those of the beginning: after `clear` nobody looks into them any more.
    const [kept, underWay] = [this.#kept, this.#underWay];
    try {
      const { value, until } = await fetch();
      kept.set(key, value, until + 1);
      return value;
    } finally {
      underWay.delete(key);
    }
  }

  /**
   * Forgets a value that a target has refused.
   * @param used the refused value: a newer one that somebody else has fetched meanwhile stays; undefined: any value goes
   */
  forget(key: string, used: V | undefined): void {
    if (used === undefined || this.#kept.get(key) === used) this.#kept.delete(key);
  }

  /** Forgets everything. Fetches that are under way still serve those who wait for them, and nobody else. */
  clear(): void {
    this.#kept = new ExpiringMap(this.#clock, LIMIT);
    this.#underWay = new Map();
  }
}
