import type { Settings } from '../config/options.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import type { Release } from '../core/release.ts';
import type { ResourceStore } from '../store/store.ts';

/** What every part of an instance is made with. */
export interface Foundation {
  readonly settings: Settings;
  readonly release: Release;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly store: ResourceStore;
  /** What must be closed, last opened first. */
  readonly opened: AsyncDisposableStack;
}
