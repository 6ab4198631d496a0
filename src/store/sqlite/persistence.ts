import type { StatementSync } from 'node:sqlite';
import type { Stored } from '../../resources/resource.ts';
import type { LoggedChange } from '../local/change-log.ts';
import type { Kept, Persistence } from '../local/persistence.ts';
import { takeLists } from './bodies.ts';
import type { Database } from './database.ts';
import { unreadable } from './errors.ts';
import { type KeptList, type ListsWrite, listsText, planLists, readKept } from './kept-lists.ts';

const texts = {
  put: `INSERT INTO resources (api_version, kind, namespace, name, revision, body, lists) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET revision = excluded.revision, body = excluded.body, lists = excluded.lists`,
  remove: 'DELETE FROM resources WHERE api_version = ? AND kind = ? AND namespace = ? AND name = ?',
  putChunk: 'INSERT OR REPLACE INTO chunks (id, items) VALUES (?, ?)',
  readChunk: 'SELECT items FROM chunks WHERE id = ?',
  dropChunk: 'DELETE FROM chunks WHERE id = ?',
  setRevision: 'INSERT OR REPLACE INTO state (id, revision) VALUES (1, ?)',
} as const;

/** How many revisions are set aside at once. */
const RESERVED_REVISIONS = 1000;

/**
 * Resources in a database: a row for each, with its long lists beside it in chunks, so that a write costs what it
 * changes. Most writes are a single statement. So that the revision never goes back, not even after a crash behind
 * deletions, the row in `state` is ahead of it: a block of revisions is set aside before any of them is used, and what
 * is left of it is given back at the end.
 */
export class SqlitePersistence implements Persistence {
  readonly #database: Database;
  readonly #statements: Readonly<Record<keyof typeof texts, StatementSync>>;
  /** Of the versions that have long lists. */
  readonly #lists = new WeakMap<Stored, readonly KeptList[]>();
  #lastChunk = 0;
  #last = 0;
  #reserved = 0;

  constructor(database: Database) {
    this.#database = database;
    const entries = Object.entries(texts).map(([name, text]) => [name, database.connection.prepare(text)]);
    this.#statements = Object.fromEntries(entries);
  }

  /**
   * What was kept, or nothing and `firstRevision`.
   * @throws UserError `STATE_UNREADABLE`
   */
  load(firstRevision: number): Kept {
    const { connection } = this.#database;
    const numberOf = (query: string) => Object.values(connection.prepare(query).get() ?? {})[0];
    let revision = Number(numberOf('SELECT revision FROM state') ?? firstRevision);
    this.#lastChunk = Number(numberOf('SELECT max(id) FROM chunks') ?? 0);
    const resources: Stored[] = [];
    for (const row of connection.prepare('SELECT revision, name, body, lists FROM resources').iterate()) {
      revision = Math.max(revision, Number(row.revision));
      resources.push(this.#read(String(row.name), String(row.body), row.lists === null ? null : String(row.lists)));
    }
    this.#use(revision);
    return { revision, resources };
  }

  commit(changes: readonly LoggedChange[]): void {
    const writes = changes.map((change) => {
      const { rest, lists } = change.type === 'DELETED' ? { rest: undefined, lists: [] } : takeLists(change.object);
      const before = change.previous && this.#lists.get(change.previous);
      return { change, rest, lists: planLists(lists, before, () => ++this.#lastChunk) };
    });
    this.#use(changes.at(-1)?.revision ?? this.#last);
    const [first, ...others] = writes;
    const isStatement = others.length === 0 && first?.lists.written.length === 0 && first.lists.dropped.length === 0;
    const write = () => {
      for (const { change, rest, lists } of writes) this.#write(change, rest, lists);
    };
    if (isStatement) write();
    else this.#database.transaction(write);
    for (const { change, lists } of writes) if (lists.kept.length > 0) this.#lists.set(change.object, lists.kept);
  }

  close(): void {
    this.#statements.setRevision.run(this.#last);
  }

  #write({ object, revision }: LoggedChange, rest: object | undefined, lists: ListsWrite): void {
    const { put, remove, putChunk, dropChunk } = this.#statements;
    const { apiVersion, kind, metadata } = object;
    const identity = [apiVersion, kind, metadata.namespace ?? '', metadata.name] as const;
    for (const { id, items } of lists.written) putChunk.run(id, JSON.stringify(items));
    for (const id of lists.dropped) dropChunk.run(id);
    if (rest) put.run(...identity, revision, JSON.stringify(rest), listsText(lists.kept));
    else remove.run(...identity);
  }

  #use(revision: number): void {
    if (revision >= this.#reserved) {
      this.#statements.setRevision.run(revision + RESERVED_REVISIONS);
      this.#reserved = revision + RESERVED_REVISIONS;
    }
    this.#last = revision;
  }

  #read(name: string, body: string, lists: string | null): Stored {
    const { readChunk } = this.#statements;
    try {
      const { resource, kept } = readKept(body, lists, (id) => String(readChunk.get(id)?.items));
      if (kept.length > 0) this.#lists.set(resource, kept);
      return resource;
    } catch {
      throw unreadable(this.#database.file, `the resource "${name}" in it is damaged`);
    }
  }
}
