import type { Stored } from '../resources/resource.ts';
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

/** The latest changes of all kinds, one per revision: as many as both limits allow. */
export class ChangeLog {
  readonly #kept = new Map<number, Kept>();
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

  /** Adds the change with the revision after `head`. */
  append(change: LoggedChange): void {
    const weight = weightOf(change);
    this.#kept.set(change.revision, { change: detached(change), weight });
    this.#weight += weight;
    this.#head = change.revision;
    while (this.#kept.size > this.#limits.changes || this.#weight > this.#limits.bytes) this.#dropOldest();
  }

  /** The first kept change after a revision. */
  next(revision: number): LoggedChange | undefined {
    const kept = this.#kept.get(Math.max(revision, this.#floor) + 1);
    return kept && detached(kept.change);
  }

  #dropOldest(): void {
    this.#floor++;
    this.#weight -= this.#kept.get(this.#floor)?.weight ?? 0;
    this.#kept.delete(this.#floor);
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
