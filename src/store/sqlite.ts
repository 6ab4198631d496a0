import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { codeOf } from '../core/errors.ts';
import { makeFolder } from '../core/folder.ts';
import type { ResourceReference, Stored } from '../resources/resource.ts';
import { frozenCopy } from './frozen.ts';
import { LocalStore, type Persistence, type StoreOptions } from './local.ts';
import { asUserError, unreadable, unusable } from './sqlite-errors.ts';
import { prepareSchema } from './sqlite-schema.ts';
import type { ResourceStore } from './store.ts';

export interface SqliteStoreOptions extends StoreOptions {
  /** The database file; made with mode 0600, and its directory with mode 0700, when missing. */
  readonly file: string;
}

/**
 * Opens the store kept in a file. At most one process (and one store of a process) can have it open.
 * @throws UserError `DATA_DIR_IN_USE` (somebody has it open), `STATE_UNREADABLE` (not ours, damaged, no access),
 *   `STATE_TOO_NEW` (written by a later version)
 */
export function openSqliteStore({ file, ...options }: SqliteStoreOptions): ResourceStore {
  makeFile(file);
  const database = openExclusively(file);
  try {
    prepareSchema(database, file);
    return new LocalStore(options, new SqlitePersistence(database, file));
  } catch (error) {
    database.close();
    throw asUserError(error, file);
  }
}

function makeFile(file: string): void {
  try {
    makeFolder(dirname(file), 0o700);
    // Only ever creates. Opening an existing file here would, on closing it, drop the POSIX locks that another store of
    // this very process holds on it.
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw unusable(file, error);
  }
}

/**
 * How long the write-ahead log grows before it is brought into the file, in pages of 4 KiB. That waits for the disk, and
 * with SQLite's own 1 000 pages it would come every few hundred writes.
 */
const CHECKPOINT_PAGES = 8000;

/** The lock is SQLite's own, held by the operating system: it ends with the process, however that ends. */
function openExclusively(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    return database;
  } catch (error) {
    database?.close();
    throw asUserError(error, file);
  }
}

/** How many revisions are set aside at once. */
const RESERVED_REVISIONS = 1000;

/**
 * Every write is a single statement. So that the revision never goes back, not even after a crash behind deletions, the
 * row in `state` is ahead of it: a block of revisions is set aside before any of them is used, and what is left of it is
 * given back at the end.
 */
class SqlitePersistence implements Persistence {
  readonly #database: DatabaseSync;
  readonly #file: string;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #setRevision: StatementSync;
  #last = 0;
  #reserved = 0;

  constructor(database: DatabaseSync, file: string) {
    this.#database = database;
    this.#file = file;
    this.#put = database.prepare(
      `INSERT INTO resources (api_version, kind, namespace, name, revision, body) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET revision = excluded.revision, body = excluded.body`,
    );
    this.#remove = database.prepare(
      'DELETE FROM resources WHERE api_version = ? AND kind = ? AND namespace = ? AND name = ?',
    );
    this.#setRevision = database.prepare('INSERT OR REPLACE INTO state (id, revision) VALUES (1, ?)');
  }

  load(firstRevision: number): { revision: number; resources: Stored[] } {
    const state = this.#database.prepare('SELECT revision FROM state').get();
    let revision = state ? Number(state.revision) : firstRevision;
    const resources: Stored[] = [];
    for (const row of this.#database.prepare('SELECT revision, name, body FROM resources').iterate()) {
      revision = Math.max(revision, Number(row.revision));
      resources.push(this.#parse(String(row.body), String(row.name)));
    }
    this.#use(revision);
    return { revision, resources };
  }

  put(resource: Stored, revision: number): void {
    const { apiVersion, kind, metadata } = resource;
    this.#use(revision);
    this.#put.run(apiVersion, kind, metadata.namespace ?? '', metadata.name, revision, JSON.stringify(resource));
  }

  remove({ apiVersion, kind, namespace, name }: ResourceReference, revision: number): void {
    this.#use(revision);
    this.#remove.run(apiVersion, kind, namespace ?? '', name);
  }

  close(): void {
    this.#setRevision.run(this.#last);
    this.#database.close();
  }

  #use(revision: number): void {
    if (revision >= this.#reserved) {
      this.#setRevision.run(revision + RESERVED_REVISIONS);
      this.#reserved = revision + RESERVED_REVISIONS;
    }
    this.#last = revision;
  }

  #parse(body: string, name: string): Stored {
    try {
      return frozenCopy(JSON.parse(body)) as Stored;
    } catch {
      throw unreadable(this.#file, `the resource "${name}" in it is damaged`);
    }
  }
}
