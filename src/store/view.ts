import type { KindReference, Resource, Stored } from '../resources/resource.ts';
import type { Change, ResourceStore, Selection, Watch } from './store.ts';

export interface ViewOptions<R extends Resource, T> {
  /** Only these resources. */
  readonly select?: Selection | undefined;
  /** What to keep per resource, computed once per change; default: the resource itself. Must not throw. */
  readonly derive?: ((resource: Stored<R>) => T) | undefined;
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

/** Builds a view of one kind, complete when the promise is fulfilled, and keeps it up to date until it is closed. */
export async function createView<R extends Resource, T = Stored<R>>(
  store: ResourceStore,
  kind: KindReference,
  options: ViewOptions<R, T> = {},
): Promise<View<R, T>> {
  const view = new WatchedView<R, T>(options);
  // Watching before listing means that no change between the two can be missed, however short the change log is.
  let early: Change<R>[] | undefined = [];
  const watch = store.watch<R>(kind, { ...options.select }, (change) =>
    early ? early.push(change) : view.apply(change),
  );
  try {
    const { items } = await store.list<R>(kind, options.select);
    for (const object of items) view.apply({ type: 'ADDED', object });
    for (const change of early) view.apply(change);
  } catch (error) {
    watch.close();
    throw error;
  }
  early = undefined;
  view.watch = watch;
  return view;
}

interface Entry<T> {
  readonly value: T;
  readonly key: string | undefined;
}

class WatchedView<R extends Resource, T> implements View<R, T> {
  watch: Watch | undefined;
  readonly #derive: (resource: Stored<R>) => T;
  readonly #keyOf: ((resource: Stored<R>) => string | undefined) | undefined;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #byKey = new Map<string, Map<string, T>>();
  readonly #handlers = new Set<(change: ViewChange<R, T>) => void>();

  constructor({ derive, key }: ViewOptions<R, T>) {
    this.#derive = derive ?? ((resource) => resource as unknown as T);
    this.#keyOf = key;
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
    this.watch?.close();
    this.#handlers.clear();
  }

  /** @throws the first error of a handler, after all of them have run; the store reports it */
  apply(change: Change<R>): void {
    const { name, namespace } = change.object.metadata;
    const id = identity(name, namespace);
    const before = this.#entries.get(id);
    if (change.type === 'DELETED') {
      this.#drop(id, before);
      if (before) this.#tell({ ...change, value: before.value });
      return;
    }
    const { key, value } = this.#read(id, before, change.object);
    if (before?.key !== key) this.#drop(id, before);
    this.#entries.set(id, { value, key });
    if (key !== undefined) this.#group(key).set(id, value);
    this.#tell({ ...change, value });
  }

  /** When a rule of the user fails, nothing is known about the resource any more; an outdated value would be a lie. */
  #read(id: string, before: Entry<T> | undefined, resource: Stored<R>): Entry<T> {
    try {
      return { key: this.#keyOf?.(resource), value: this.#derive(resource) };
    } catch (error) {
      this.#drop(id, before);
      throw error;
    }
  }

  #drop(id: string, entry: Entry<T> | undefined): void {
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
    for (const handler of this.#handlers) {
      try {
        handler(change);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

const identity = (name: string, namespace: string | undefined) => `${namespace ?? ''}\u0000${name}`;
