import type { KindReference, Resource, Stored } from '../resources/resource.ts';
import type { Change, ResourceStore, Selection, Watch } from './store.ts';

export interface ViewOptions<R extends Resource, T> {
  /** Only these resources. */
  readonly select?: Selection | undefined;
  /**
   * What to keep per resource, computed once per change; default: the resource itself. Must not throw. It gets what it
   * made of the version before, so that it need not work out again what has not changed.
   */
  readonly derive?: ((resource: Stored<R>, before: T | undefined) => T) | undefined;
  /** What `find` looks up: one text per resource, not necessarily unique; undefined: not to be found. */
  readonly key?: ((resource: Stored<R>) => string | undefined) | undefined;
}

export interface ViewChange<R extends Resource, T> extends Change<R> {
  /** The derived value after the change; for `DELETED` the last one. */
  readonly value: T;
}

/** The present state of one kind, in memory. Never behind a writer of the same process. */
export interface View<R extends Resource, T = Stored<R>> {
  get(name: string, namespace?: string): T | undefined;
  /** The values whose `key` is this one, oldest first. */
  find(key: string): readonly T[];
  values(): IterableIterator<T>;
  readonly size: number;
  /** Calls the handler after each change. @returns a function that ends it */
  onChange(handler: (change: ViewChange<R, T>) => void): () => void;
  /** Stops following the store; what was known stays readable. */
  close(): void;
}

/**
 * Builds a view of one kind, complete when the promise is fulfilled, and keeps it up to date until it is closed. When
 * changes are missing it reads everything anew, and tells what is different then.
 */
export async function createView<R extends Resource, T = Stored<R>>(
  store: ResourceStore,
  kind: KindReference,
  options: ViewOptions<R, T> = {},
): Promise<View<R, T>> {
  const view = new WatchedView<R, T>(store, kind, options);
  try {
    await view.follow();
  } catch (error) {
    view.close();
    throw error;
  }
  return view;
}

interface Entry<R extends Resource, T> {
  readonly resource: Stored<R>;
  readonly value: T;
  readonly key: string | undefined;
}

class WatchedView<R extends Resource, T> implements View<R, T> {
  readonly #store: ResourceStore;
  readonly #kind: KindReference;
  readonly #select: Selection;
  readonly #derive: (resource: Stored<R>, before: T | undefined) => T;
  readonly #keyOf: ((resource: Stored<R>) => string | undefined) | undefined;
  readonly #entries = new Map<string, Entry<R, T>>();
  readonly #byKey = new Map<string, Map<string, T>>();
  readonly #handlers = new Set<(change: ViewChange<R, T>) => void>();
  #watch: Watch | undefined;
  #closed = false;

  constructor(store: ResourceStore, kind: KindReference, { select = {}, derive, key }: ViewOptions<R, T>) {
    this.#store = store;
    this.#kind = kind;
    this.#select = select;
    this.#derive = derive ?? ((resource) => resource as unknown as T);
    this.#keyOf = key;
  }

  /**
   * Brings the view to the present state, and keeps it there.
   * @throws what the store throws; the first error of a rule or a handler, after all changes have been made
   */
  async follow(): Promise<void> {
    // Watching before listing means that no change between the two can be missed, however short the change log is.
    let early: Change<R>[] | undefined = [];
    let expired = false;
    const onExpired = () => {
      expired = true;
      // While the list is on its way, the one that waits for it begins again.
      return early ? undefined : this.follow();
    };
    this.#watch = this.#store.watch<R>(this.#kind, { ...this.#select, onExpired }, (change) =>
      early ? early.push(change) : this.#apply(change),
    );
    const { items, resourceVersion } = await this.#store.list<R>(this.#kind, this.#select);
    if (this.#closed) return;
    const errors: unknown[] = [];
    const apply = (change: Change<R>) => attempt(() => this.#apply(change), errors);
    for (const change of this.#differences(items)) apply(change);
    const listed = Number(resourceVersion);
    for (const change of early) if (Number(change.object.metadata.resourceVersion) > listed) apply(change);
    early = undefined;
    if (expired) await this.follow();
    if (errors.length > 0) throw errors[0];
  }

  get(name: string, namespace?: string): T | undefined {
    return this.#entries.get(identity(name, namespace))?.value;
  }

  find(key: string): readonly T[] {
    return [...(this.#byKey.get(key)?.values() ?? [])];
  }

  *values(): IterableIterator<T> {
    for (const { value } of this.#entries.values()) yield value;
  }

  get size(): number {
    return this.#entries.size;
  }

  onChange(handler: (change: ViewChange<R, T>) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  close(): void {
    this.#closed = true;
    this.#watch?.close();
    this.#handlers.clear();
  }

  /** What makes of the view what a list says. */
  #differences(items: readonly Stored<R>[]): Change<R>[] {
    const left = new Map(this.#entries);
    const changes: Change<R>[] = [];
    for (const object of items) {
      const id = identityOf(object);
      const known = left.get(id);
      left.delete(id);
      const isSame = known?.resource.metadata.resourceVersion === object.metadata.resourceVersion;
      if (!isSame) changes.push({ type: known ? 'MODIFIED' : 'ADDED', object });
    }
    return [...changes, ...[...left.values()].map(({ resource: object }) => ({ type: 'DELETED' as const, object }))];
  }

  /** @throws the first error of a handler, after all of them have run; the store reports it */
  #apply(change: Change<R>): void {
    const id = identityOf(change.object);
    const before = this.#entries.get(id);
    if (change.type === 'DELETED') {
      this.#drop(id, before);
      if (before) this.#tell({ ...change, value: before.value });
      return;
    }
    const entry = this.#read(id, before, change.object);
    if (before?.key !== entry.key) this.#drop(id, before);
    this.#entries.set(id, entry);
    if (entry.key !== undefined) this.#group(entry.key).set(id, entry.value);
    this.#tell({ ...change, value: entry.value });
  }

  /** When a rule of the user fails, nothing is known about the resource any more; an outdated value would be a lie. */
  #read(id: string, before: Entry<R, T> | undefined, resource: Stored<R>): Entry<R, T> {
    try {
      return { resource, key: this.#keyOf?.(resource), value: this.#derive(resource, before?.value) };
    } catch (error) {
      this.#drop(id, before);
      throw error;
    }
  }

  #drop(id: string, entry: Entry<R, T> | undefined): void {
    this.#entries.delete(id);
    if (entry?.key === undefined) return;
    const group = this.#byKey.get(entry.key);
    group?.delete(id);
    if (group?.size === 0) this.#byKey.delete(entry.key);
  }

  #group(key: string): Map<string, T> {
    let group = this.#byKey.get(key);
    if (!group) {
      group = new Map();
      this.#byKey.set(key, group);
    }
    return group;
  }

  #tell(change: ViewChange<R, T>): void {
    const errors: unknown[] = [];
    for (const handler of this.#handlers) attempt(() => handler(change), errors);
    if (errors.length > 0) throw errors[0];
  }
}

function attempt(work: () => void, errors: unknown[]): void {
  try {
    work();
  } catch (error) {
    errors.push(error);
  }
}

const identityOf = ({ metadata }: Resource) => identity(metadata.name, metadata.namespace);

const identity = (name: string, namespace: string | undefined) => `${namespace ?? ''}\u0000${name}`;
