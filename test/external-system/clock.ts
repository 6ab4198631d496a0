import { expect } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';

/** A clock that tells when somebody has begun to wait. */
export class WatchedClock extends ManualClock {
  readonly waits: number[] = [];
  cancelled = 0;
  #begun: () => void = () => {};
  readonly begun = new Promise<void>((resolve) => {
    this.#begun = resolve;
  });

  override after(milliseconds: number, task: () => void): () => void {
    this.waits.push(milliseconds);
    const cancel = super.after(milliseconds, task);
    this.#begun();
    return () => {
      this.cancelled++;
      cancel();
    };
  }

  /** Fulfilled when that many waits have begun in all. */
  async waiting(count: number): Promise<void> {
    await expect.poll(() => this.waits.length).toBe(count);
  }
}
