import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { ResourceStore } from '../store/store.ts';

/** What every controller is made with. */
export interface ControllerOptions {
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * What follows resources and acts, as controllers of a cluster do. It acts on what is there, not on who wrote it; what it
 * finds at its start is as good as what comes later. Its errors are logged and never reach a writer.
 */
export interface Controller {
  /** Begins nothing more and waits for its own work under way, for nothing else. Calling it twice is harmless. */
  close(): Promise<void>;
}
