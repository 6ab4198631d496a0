import { ManualClock } from '../../src/core/clock.ts';

/** A clock that tells how many timers are set. */
export class CountingClock extends ManualClock {
  pending = 0;

  override after(milliseconds: number, task: () => void): () => void {
    this.pending++;
    let over = false;
    const end = () => {
      if (!over) this.pending--;
      over = true;
    };
    const cancel = super.after(milliseconds, () => {
      end();
      task();
    });
    return () => {
      end();
      cancel();
    };
  }
}
