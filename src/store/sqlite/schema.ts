import type { DatabaseSync } from 'node:sqlite';
import { tooNew, unreadable } from './errors.ts';

/** Marks a database as ours: "KYMU" in ASCII. */
const APPLICATION_ID = 0x4b594d55;

/** Entry n brings a database from schema version n to n + 1; entries that were released never change. */
const steps: readonly string[] = [
  `CREATE TABLE resources (
     api_version TEXT NOT NULL,
     kind TEXT NOT NULL,
     namespace TEXT NOT NULL,
     name TEXT NOT NULL,
     revision INTEGER NOT NULL,
     body TEXT NOT NULL,
     PRIMARY KEY (api_version, kind, namespace, name)
   ) STRICT;
   CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT`,
  `ALTER TABLE resources ADD COLUMN lists TEXT;
   CREATE TABLE chunks (id INTEGER PRIMARY KEY, items TEXT NOT NULL) STRICT`,
];

/**
 * Brings a database to the schema that this version works with.
 * @throws UserError `STATE_UNREADABLE` (of another program), `STATE_TOO_NEW`
 */
export function prepareSchema(database: DatabaseSync, file: string): void {
  const read = (statement: string) => Number(Object.values(database.prepare(statement).get() ?? {})[0]);
  const version = read('PRAGMA user_version');
  const foreign = read('PRAGMA application_id') !== APPLICATION_ID;
  if (foreign && (version !== 0 || read('SELECT count(*) FROM sqlite_schema') !== 0)) {
    throw unreadable(file, 'it is a database of another program');
  }
  if (version > steps.length) throw tooNew(file, version, steps.length);
  if (version === steps.length) return;
  database.exec('BEGIN');
  for (const step of steps.slice(version)) database.exec(step);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${steps.length}; COMMIT`);
}
