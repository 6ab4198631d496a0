import { describe } from 'vitest';
import type { ManualClock } from '../../src/core/clock.ts';
import type { StoreOptions } from '../../src/store/local/store.ts';
import type { ResourceStore } from '../../src/store/store.ts';
import { batches } from './conformance-batches.ts';
import { concurrency } from './conformance-concurrency.ts';
import { finalizers } from './conformance-finalizers.ts';
import { reading } from './conformance-reading.ts';
import { watching } from './conformance-watching.ts';
import { writing } from './conformance-writing.ts';

export interface Fixture {
  readonly store: ResourceStore;
  readonly clock: ManualClock;
  /** What watch handlers threw. */
  readonly errors: unknown[];
}

/** Opens a new, empty store that is closed when the test ends. */
export type Open = (options?: Partial<StoreOptions>) => Fixture;

/** What every resource store has to do, whatever it is made of. */
export function storeConformance(name: string, open: Open): void {
  describe(name, () => {
    describe('reading', () => reading(open));
    describe('writing', () => writing(open));
    describe('batches', () => batches(open));
    describe('watching', () => watching(open));
    describe('finalizers', () => finalizers(open));
    describe('concurrency', () => concurrency(open));
  });
}
