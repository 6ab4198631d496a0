import type { Stored } from '../../resources/resource.ts';
import { weightBeside } from './weight.ts';

/** One write, as the store remembers it. */
export interface LoggedChange {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The state after the change; for `DELETED` the last state, with the revision of the deletion. */
  readonly object: Stored;
  /** The state before the change; absent for `ADDED`. */
  readonly previous?: Stored | undefined;
}

export interface ChangeLogLimits {
  /** How many changes are kept at most. */
  readonly changes: number;
  /** Bytes, roughly, that the log may keep in memory beyond the present state. */
  readonly bytes: number;
}

interface Kept {
  readonly change: LoggedChange;
  readonly weight: number;
}

/** The latest changes of all kinds, in the order of their revisions: as many as both limits allow. */
export class ChangeLog {
  /** Those before `#first` have been dropped. */
  #kept: (Kept | undefined)[] = [];
  #first = 0;
  readonly #limits: ChangeLogLimits;
  #floor: number;
  #head: number;
  #weight = 0;

  /** @param opening the revision that the store opened with; what happened before is not known */
  constructor(limits: ChangeLogLimits, opening: number) {
    this.#limits = limits;
    this.#floor = opening;
    this.#head = opening;
  }

  /** The revision of the latest change. */
  get head(): number {
    return this.#head;
  }

  /** Every change after this revision is still kept. */
  get floor(): number {
    return this.#floor;
  }

  /** Adds a change with a revision after `head`; not every revision need be one. */
  append(change: LoggedChange): void {
    const weight = weightOf(change);
    this.#kept.push({ change: detached(change), weight });
    this.#weight += weight;
    this.#head = change.revision;
    while (this.#size > this.#limits.changes || this.#weight > this.#limits.bytes) this.#dropOldest();
  }

  /** The first kept change after a revision. */
  next(revision: number): LoggedChange | undefined {
    let low = this.#first;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#kept[middle] as Kept).change.revision <= revision) low = middle + 1;
      else high = middle;
    }
    const kept = this.#kept[low];
    return kept && detached(kept.change);
  }

  get #size(): number {
    return this.#kept.length - this.#first;
  }

  #dropOldest(): void {
    const { change, weight } = this.#kept[this.#first] as Kept;
    this.#floor = change.revision;
    this.#weight -= weight;
    this.#kept[this.#first++] = undefined;
    if (this.#first < this.#size) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }
}

/**
 * What a change keeps alive: the state before it, as far as the next state does not have it anyway. A state that was
 * added costs nothing before it changes.
 */
const weightOf = ({ type, object, previous }: LoggedChange): number =>
  previous ? weightBeside(previous, type === 'DELETED' ? undefined : object) : 0;

/**
 * The same change with resources of its own. Others hang what they have worked out on a resource itself (the Kubernetes
 * API its text, in a WeakMap); a log that held that very object would keep all of it for as long as the change.
 */
const detached = ({ object, previous, ...change }: LoggedChange): LoggedChange => ({
  ...change,
  object: Object.freeze({ ...object }),
  previous: previous && Object.freeze({ ...previous }),
});
