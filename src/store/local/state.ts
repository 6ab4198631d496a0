import type { KindReference, ResourceReference, Stored } from '../../resources/resource.ts';
import { expired, invalid } from '../errors.ts';
import { selectionFilter } from '../selectors.ts';
import type { Change, ListOptions, ResourceList, Watch, WatchOptions } from '../store.ts';
import { ChangeLog, type ChangeLogLimits, type LoggedChange } from './change-log.ts';
import { Collection } from './collection.ts';
import type { Kept } from './persistence.ts';
import { kindKey, Watches } from './watches.ts';

export interface StateOptions {
  readonly log: ChangeLogLimits;
  /** Told what watch handlers throw, and of expired watches that nobody else is told of. */
  readonly onError: (error: unknown) => void;
}

/** All resources as they are at this moment, the changes that led here, and who follows them. */
export class State {
  readonly #collections = new Map<string, Collection>();
  readonly #log: ChangeLog;
  readonly #watches: Watches;

  constructor({ revision, resources }: Kept, options: StateOptions) {
    for (const resource of resources) this.#collection(resource).set(resource);
    this.#log = new ChangeLog(options.log, revision);
    this.#watches = new Watches(this.#log, options.onError);
  }

  /** That of the latest change. */
  get revision(): number {
    return this.#log.head;
  }

  find(reference: ResourceReference): Stored | undefined {
    return this.#collections.get(kindKey(reference))?.get(reference.name, reference.namespace);
  }

  list(kind: KindReference, options: ListOptions): ResourceList {
    const filter = selectionFilter({ ...options, namespace: undefined }, kind);
    const all = this.#collections.get(kindKey(kind))?.items(options.namespace) ?? [];
    return { items: filter ? all.filter(filter) : all, resourceVersion: String(this.revision) };
  }

  /** Makes changes as one: nobody is told of the first of them before the last is made. */
  apply(changes: readonly LoggedChange[]): void {
    for (const change of changes) {
      const { name, namespace } = change.object.metadata;
      if (change.type === 'DELETED') this.#collection(change.object).delete(name, namespace);
      else this.#collection(change.object).set(change.object);
      this.#log.append(change);
    }
    this.#watches.announce(changes);
  }

  watch(kind: KindReference, options: WatchOptions, handler: (change: Change) => void): Watch {
    const filter = selectionFilter(options, kind);
    const { head, floor } = this.#log;
    const since = options.since === undefined ? head : parseRevision(options.since);
    if (since < floor || since > head) {
      return this.#watches.expire(expired(kind, String(since), String(floor)), options.onExpired);
    }
    return this.#watches.add(kind, since, filter, handler);
  }

  close(): void {
    this.#watches.close();
  }

  #collection(kind: KindReference): Collection {
    const key = kindKey(kind);
    let collection = this.#collections.get(key);
    if (!collection) {
      collection = new Collection();
      this.#collections.set(key, collection);
    }
    return collection;
  }
}

/** @throws StoreError `INVALID` */
export function parseRevision(text: string): number {
  const revision = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(revision)) throw invalid(`resourceVersion "${text}" is not a revision of this store`);
  return revision;
}
