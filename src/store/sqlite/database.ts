import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { codeOf } from '../../core/errors.ts';
import { makeFolder } from '../../core/folder.ts';
import { asUserError, unusable } from './errors.ts';
import { prepareSchema } from './schema.ts';

/** The database of an instance: one file, in which several parts of it may keep their own tables. */
export interface Database {
  readonly file: string;
  readonly connection: DatabaseSync;
  /** Runs statements as one: all of them or none. Work that throws has written nothing. */
  transaction(work: () => void): void;
  close(): void;
}

/**
 * Opens a database file and brings it to the schema of this version; makes it, with mode 0600, and its directory, with
 * mode 0700, when missing. At most one process (and one opener of a process) can have it open.
 * @throws UserError `DATA_DIR_IN_USE` (somebody has it open), `STATE_UNREADABLE` (not ours, damaged, no access),
 *   `STATE_TOO_NEW` (written by a later version)
 */
export function openDatabase(file: string): Database {
  makeFile(file);
  const connection = openExclusively(file);
  try {
    prepareSchema(connection, file);
  } catch (error) {
    connection.close();
    throw asUserError(error, file);
  }
  const [begin, commit, rollback] = ['BEGIN', 'COMMIT', 'ROLLBACK'].map((text) => connection.prepare(text));
  return {
    file,
    connection,
    transaction(work) {
      begin?.run();
      try {
        work();
        commit?.run();
      } catch (error) {
        // SQLite has gone back by itself when the disk is full or broken.
        if (connection.isTransaction) rollback?.run();
        throw error;
      }
    },
    close: () => connection.close(),
  };
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
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(file, { timeout: 0 });
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    connection.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    connection.exec('BEGIN EXCLUSIVE; COMMIT');
    return connection;
  } catch (error) {
    connection?.close();
    throw asUserError(error, file);
  }
}
