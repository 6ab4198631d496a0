import { LocalStore, type StoreOptions } from './local/store.ts';
import type { ResourceStore } from './store.ts';

/** A store that lives as long as the process (`--ephemeral`). */
export const createMemoryStore = (options: StoreOptions): ResourceStore => new LocalStore(options);
