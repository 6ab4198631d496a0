import type { Stored } from '../../resources/resource.ts';
import type { LoggedChange } from './change-log.ts';

/** Where a store of this process keeps its resources beyond its own life. */
export interface Persistence {
  /**
   * Keeps changes, in the order of their revisions: all of them or none. One that is done when the call returns returns
   * nothing. One that takes its time returns a promise, and may be asked for further changes meanwhile, never for the
   * same resource. What it refuses, by throwing or by rejecting, must not come back when the state is loaded.
   */
  commit(changes: readonly LoggedChange[]): void | Promise<void>;
  /** Everything that was asked for has been answered by then. */
  close(): void | Promise<void>;
}

/** What was kept up to now. */
export interface Kept {
  readonly revision: number;
  readonly resources: Iterable<Stored>;
}

/** For a store that lives as long as the process. */
export const notKept: Persistence = { commit: () => {}, close: () => {} };
