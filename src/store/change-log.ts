import type { Stored } from '../resources/resource.ts';

/** One write, as the store remembers it. */
export interface LoggedChange {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The state after the change; for `DELETED` the last state, with the revision of the deletion. */
  readonly object: Stored;
  /** The state before the change; absent for `ADDED`. */
  readonly previous?: Stored | undefined;
}

/** The latest changes of all kinds, one per revision, in a ring of fixed size. */
export class ChangeLog {
  readonly #ring: (LoggedChange | undefined)[] = [];
  readonly #size: number;
  readonly #opening: number;
  #head: number;

  /** @param opening the revision that the store opened with; what happened before is not known */
  constructor(size: number, opening: number) {
    this.#size = Math.max(0, size);
    this.#opening = opening;
    this.#head = opening;
  }

  /** The revision of the latest change. */
  get head(): number {
    return this.#head;
  }

  /** Every change after this revision is still kept. */
  get floor(): number {
    return Math.max(this.#opening, this.#head - this.#size);
  }

  /** Adds the change with the revision after `head`. */
  append(change: LoggedChange): void {
    if (this.#size > 0) this.#ring[change.revision % this.#size] = change;
    this.#head = change.revision;
  }

  /** The first kept change after a revision. */
  next(revision: number): LoggedChange | undefined {
    if (revision >= this.#head || this.#size === 0) return undefined;
    return this.#ring[(Math.max(revision, this.floor) + 1) % this.#size];
  }
}
