import { setImmediate } from 'node:timers/promises';
import { codeOf, messageOf } from '../core/errors.ts';
import type { Controller, ControllerOptions } from './controller.ts';

export interface WorkQueueOptions extends Pick<ControllerOptions, 'clock' | 'log'> {
  /**
   * Does what a key needs now, and nothing when it needs nothing. Long work gives way in between and looks at the signal,
   * which is aborted when the queue closes.
   */
  readonly work: (key: string, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds after which work that failed is tried again. */
const RETRY_AFTER = 30_000;
/** After so many keys others have their turn. */
const AT_ONCE = 20;

/**
 * What a controller has to look at: keys, each once however often it is added, worked on one after another. A key that is
 * added while it is worked on is looked at again.
 */
export class WorkQueue implements Controller {
  readonly #options: WorkQueueOptions;
  readonly #waiting = new Set<string>();
  readonly #retries = new Map<string, () => void>();
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** To be called from inside a write as well: nothing is done before the writer goes on. */
  add(key: string): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.add(key);
    this.#running ??= Promise.resolve().then(() => this.#run());
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#waiting.clear();
    for (const cancel of this.#retries.values()) cancel();
    this.#retries.clear();
    await this.#running;
  }

  async #run(): Promise<void> {
    let count = 0;
    // A set also visits what is added on the way.
    for (const key of this.#waiting) {
      this.#waiting.delete(key);
      await this.#attempt(key);
      if (++count % AT_ONCE === 0) await setImmediate();
    }
    this.#running = undefined;
  }

  async #attempt(key: string): Promise<void> {
    const { work, log, clock } = this.#options;
    const { signal } = this.#closing;
    try {
      await work(key, signal);
    } catch (error) {
      if (signal.aborted || codeOf(error) === 'STORE_CLOSED') return;
      log.error({ reason: messageOf(error) }, 'a controller could not do its work; it is tried again');
      this.#retries.get(key)?.();
      const retry = () => {
        this.#retries.delete(key);
        this.add(key);
      };
      this.#retries.set(key, clock.after(RETRY_AFTER, retry));
    }
  }
}
