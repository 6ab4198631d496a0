import { firstRevision, LocalStore, type StoreOptions } from './local/store.ts';
import { openDatabase } from './sqlite/database.ts';
import { asUserError } from './sqlite/errors.ts';
import { SqlitePersistence } from './sqlite/persistence.ts';
import type { ResourceStore } from './store.ts';

export interface SqliteStoreOptions extends StoreOptions {
  /** The database file; made with mode 0600, and its directory with mode 0700, when missing. */
  readonly file: string;
}

/**
 * Opens the store kept in a file, which is the store's alone.
 * @throws UserError as `openDatabase`; `STATE_UNREADABLE` also for a damaged resource
 */
export function openSqliteStore({ file, ...options }: SqliteStoreOptions): ResourceStore {
  const database = openDatabase(file);
  try {
    const persistence = new SqlitePersistence(database);
    const kept = persistence.load(firstRevision(options.clock));
    const close = () => {
      persistence.close();
      database.close();
    };
    return new LocalStore(options, { commit: (changes) => persistence.commit(changes), close }, kept);
  } catch (error) {
    database.close();
    throw asUserError(error, file);
  }
}
