import type { Clock } from '../../core/clock.ts';

/** A time-out that does not run while something else is waited for. */
export class PausableTimer {
  readonly #clock: Clock;
  readonly #task: () => void;
  #left: number;
  #since = 0;
  #cancel: (() => void) | undefined;

  /** Runs from now on. @param milliseconds after which `task` is called, pauses not counted */
  constructor(clock: Clock, milliseconds: number, task: () => void) {
    this.#clock = clock;
    this.#left = milliseconds;
    this.#task = task;
    this.resume();
  }

  /** Its time has come, whether or not it was this timer's turn yet. */
  get isUp(): boolean {
    return this.#cancel !== undefined && this.#clock.now() - this.#since >= this.#left;
  }

  pause(): void {
    if (!this.#cancel) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#left -= this.#clock.now() - this.#since;
  }

  resume(): void {
    if (this.#cancel || this.#left === Number.NEGATIVE_INFINITY) return;
    this.#since = this.#clock.now();
    this.#cancel = this.#clock.after(Math.max(0, this.#left), this.#task);
  }

  /** For good. */
  stop(): void {
    this.pause();
    this.#left = Number.NEGATIVE_INFINITY;
  }
}
