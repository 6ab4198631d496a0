import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import type { Persistence } from '../../src/store/local/persistence.ts';
import { LocalStore, type StoreOptions } from '../../src/store/local/store.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { ResourceStore } from '../../src/store/store.ts';
import type { Fixture } from './conformance.ts';
import { countingRandom } from './resources.ts';

export const START = Date.UTC(2026, 0, 5, 10, 0, 0, 700);

/** An empty directory that goes away with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'kymulator-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const openMemory = (options: Partial<StoreOptions> = {}): Fixture => fixture(createMemoryStore, options);

/** A store that keeps its resources where the test says. */
export const openOn = (persistence: Persistence, options: Partial<StoreOptions> = {}): Fixture =>
  fixture((complete) => new LocalStore(complete, persistence), options);

export function openSqlite(
  options: Partial<StoreOptions> = {},
  file = join(temporaryDirectory(), 'state.db'),
): Fixture {
  return fixture((complete) => openSqliteStore({ file, ...complete }), options);
}

function fixture(open: (options: StoreOptions) => ResourceStore, options: Partial<StoreOptions>): Fixture {
  const clock = new ManualClock(START);
  const errors: unknown[] = [];
  const store = open({ clock, random: countingRandom(), onError: (error) => errors.push(error), ...options });
  onTestFinished(() => store.close());
  return { store, clock, errors };
}
