import { userError } from './errors.ts';

/** Time as Kymulator sees it. Nothing a client can see reads the time from anywhere else, so a test can jump a year. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Runs `task` once `milliseconds` of this clock's time have passed. The timer alone never keeps a process alive.
   * @returns a function that cancels the timer; calling it again is harmless.
   */
  after(milliseconds: number, task: () => void): () => void;
}

/** Node's timers fire at once when they are to wait longer than this, some 24.8 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, task) {
    if (milliseconds > LONGEST_TIMER) return afterPieces(milliseconds, task);
    const timer = setTimeout(task, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

function afterPieces(milliseconds: number, task: () => void): () => void {
  let cancel = () => {};
  const wait = (left: number) => {
    const piece = Math.min(left, LONGEST_TIMER);
    cancel = systemClock.after(piece, () => (left > piece ? wait(left - piece) : task()));
  };
  wait(milliseconds);
  return () => cancel();
}

interface Alarm {
  readonly at: number;
  readonly task: () => void;
}

/** The farthest that a Date reaches from 1970, in milliseconds. */
const FARTHEST = 8.64e15;

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #now: number;
  #alarms: Alarm[] = [];

  /** @throws UserError `CLOCK_INVALID` for what is no time */
  constructor(start: number | Date = Date.now()) {
    this.#now = Number(start);
    if (!(Math.abs(this.#now) <= FARTHEST)) {
      throw userError('CLOCK_INVALID', { start: String(start) });
    }
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, task: () => void): () => void {
    const alarm: Alarm = { at: this.#now + milliseconds, task };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Moves the clock forward and runs, in order of their time, the tasks that fall due on the way. */
  advance(milliseconds: number): void {
    const target = this.#now + milliseconds;
    for (;;) {
      const due = this.#alarms.filter((alarm) => alarm.at <= target).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#alarms = this.#alarms.filter((alarm) => alarm !== due);
      this.#now = Math.max(this.#now, due.at);
      due.task();
    }
    this.#now = target;
  }
}
