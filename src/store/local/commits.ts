import type { LoggedChange } from './change-log.ts';
import type { Persistence } from './persistence.ts';

interface Open {
  readonly changes: readonly LoggedChange[];
  outcome: 'open' | 'kept' | 'refused';
  readonly applied: () => void;
}

/**
 * The way of a planned write: it gets its revisions, is kept, and is applied when everything with a smaller revision is
 * applied or has failed. A commit that fails leaves nothing but a gap in the revisions.
 */
export class Commits {
  readonly #persistence: Persistence;
  readonly #apply: (changes: readonly LoggedChange[]) => void;
  /** In the order of their revisions. */
  readonly #open: Open[] = [];
  #last: number;

  /** @param last the revision of the latest change up to now */
  constructor(last: number, persistence: Persistence, apply: (changes: readonly LoggedChange[]) => void) {
    this.#last = last;
    this.#persistence = persistence;
    this.#apply = apply;
  }

  /** What the next change has to have. */
  get nextRevision(): number {
    return this.#last + 1;
  }

  /**
   * Keeps and applies changes whose revisions count on from `nextRevision`.
   * @returns undefined when that is done already, a promise where the persistence takes its time
   * @throws what the persistence throws; nothing has happened then
   */
  add(changes: readonly LoggedChange[]): Promise<void> | undefined {
    const kept = this.#persistence.commit(changes);
    this.#last += changes.length;
    if (kept || this.#open.length > 0) return this.#await(changes, kept);
    this.#apply(changes);
    return undefined;
  }

  /** Fulfilled when all that is under way now has been applied or has failed; undefined when nothing is. */
  idle(): Promise<void> | undefined {
    return this.#open.length > 0 ? this.#await([], undefined) : undefined;
  }

  #await(changes: readonly LoggedChange[], kept: void | Promise<void>): Promise<void> {
    return new Promise((applied, refused) => {
      const open: Open = { changes, outcome: 'open', applied };
      this.#open.push(open);
      Promise.resolve(kept)
        .then(
          () => {
            open.outcome = 'kept';
          },
          (error: unknown) => {
            open.outcome = 'refused';
            refused(error);
          },
        )
        .then(() => this.#settle());
    });
  }

  #settle(): void {
    for (let first = this.#open[0]; first && first.outcome !== 'open'; first = this.#open[0]) {
      this.#open.shift();
      if (first.outcome === 'refused') continue;
      this.#apply(first.changes);
      first.applied();
    }
  }
}
