import type { Limits } from './call.ts';
import type { BodyWatch } from './kept-body.ts';
import { PausableTimer } from './pausable-timer.ts';

/** Told who was too late. */
export interface TooLate {
  /** The target has not answered. */
  target(): void;
  /** The client has not sent its body. */
  client(): void;
}

/** The times that a call gives its target, anew for each attempt, and the client for its body. (application-gateway §10) */
export class TimeLimits {
  readonly #limits: Limits;
  readonly #tooLate: TooLate;
  #cancelTarget: (() => void) | undefined;
  #client: PausableTimer | undefined;

  constructor(limits: Limits, tooLate: TooLate) {
    this.#limits = limits;
    this.#tooLate = tooLate;
  }

  /** The client's time runs from now on, except while nothing is taken from it: a slow target is not its fault. */
  startClient(): BodyWatch {
    const { clock, requestTimeout } = this.#limits;
    const timer = new PausableTimer(clock, requestTimeout, () => this.#tooLate.client());
    this.#client = timer;
    return { paused: () => timer.pause(), resumed: () => timer.resume(), completed: () => timer.stop() };
  }

  /** The target's time runs from its beginning. */
  startTarget(): void {
    const { clock, proxyTimeout } = this.#limits;
    this.stopTarget();
    this.#cancelTarget = clock.after(proxyTimeout, () => {
      // With equal times it is the client that is too late. (application-gateway §4 row 10)
      if (this.#client?.isUp) this.#tooLate.client();
      else this.#tooLate.target();
    });
  }

  stopTarget(): void {
    this.#cancelTarget?.();
    this.#cancelTarget = undefined;
  }

  stop(): void {
    this.stopTarget();
    this.#client?.stop();
  }
}
