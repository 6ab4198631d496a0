import type { Clock } from '../core/clock.ts';
import { messageOf, userError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { KindReference, Resource, ResourceReference, Stored } from '../resources/resource.ts';
import { referenceOf } from '../resources/resource.ts';
import { ChangeLog, type LoggedChange } from './change-log.ts';
import { Collection } from './collection.ts';
import { alreadyExists, expired, invalid, notFound } from './errors.ts';
import { isObject } from './frozen.ts';
import { mergePatch } from './merge-patch.ts';
import { selectionFilter } from './selectors.ts';
import {
  checkIdentity,
  checkPrecondition,
  deletionMark,
  isHeld,
  restamp,
  stampCreated,
  stampUpdated,
} from './stamp.ts';
import type { Change, ListOptions, Precondition, ResourceList, ResourceStore, Watch, WatchOptions } from './store.ts';
import { kindKey, Watches } from './watches.ts';

export interface StoreOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How many changes are kept for watches that start in the past; default 10 000. */
  readonly changeLogSize?: number | undefined;
  /** Bytes, roughly, that these changes may take beyond the present state; default 32 MiB. */
  readonly changeLogBytes?: number | undefined;
  /** Told when a watch handler throws; default: a process warning. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Where a store of this process keeps its resources beyond its own life. All calls are synchronous and all or nothing. */
export interface Persistence {
  /** What was kept, or nothing and `firstRevision`. */
  load(firstRevision: number): { readonly revision: number; readonly resources: Iterable<Stored> };
  put(resource: Stored, revision: number): void;
  remove(reference: ResourceReference, revision: number): void;
  close(): void;
}

/**
 * A store that only this process writes. All resources are in memory, so reads never wait, and every write runs from
 * check to notification without giving way, which is what makes it atomic.
 */
export class LocalStore implements ResourceStore {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #persistence: Persistence | undefined;
  readonly #collections = new Map<string, Collection>();
  readonly #log: ChangeLog;
  readonly #watches: Watches;
  #open = true;

  constructor(options: StoreOptions, persistence?: Persistence) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#persistence = persistence;
    // A new store counts on from the time of day, so that a client which outlived another one (`--ephemeral`, a deleted
    // data directory) never takes a revision of that one for one of ours. (kubernetes-api §5.1)
    const firstRevision = Math.max(0, Math.floor(this.#clock.now()));
    const { revision, resources } = persistence?.load(firstRevision) ?? { revision: firstRevision, resources: [] };
    for (const resource of resources) this.#collection(resource).set(resource);
    const { changeLogSize: changes = 10_000, changeLogBytes: bytes = 32 * 1024 * 1024 } = options;
    this.#log = new ChangeLog({ changes, bytes }, revision);
    this.#watches = new Watches(this.#log, options.onError ?? warn);
  }

  async create<R extends Resource>(resource: R): Promise<Stored<R>> {
    this.#assertOpen();
    checkIdentity(resource);
    const { name, namespace } = resource.metadata;
    const collection = this.#collection(resource);
    if (collection.get(name, namespace)) throw alreadyExists(referenceOf(resource));
    const revision = this.#log.head + 1;
    const object = stampCreated(resource, revision, this.#clock, this.#random);
    this.#persistence?.put(object, revision);
    collection.set(object);
    this.#announce({ type: 'ADDED', object, revision });
    return object as Stored<R>;
  }

  async get<R extends Resource = Resource>(reference: ResourceReference): Promise<Stored<R> | undefined> {
    this.#assertOpen();
    return this.#find(reference) as Stored<R> | undefined;
  }

  async list<R extends Resource = Resource>(kind: KindReference, options: ListOptions = {}): Promise<ResourceList<R>> {
    this.#assertOpen();
    const filter = selectionFilter({ ...options, namespace: undefined }, kind);
    const all = this.#collections.get(kindKey(kind))?.items(options.namespace) ?? [];
    const items = (filter ? all.filter(filter) : all) as readonly Stored<R>[];
    return { items, resourceVersion: String(this.#log.head) };
  }

  async update<R extends Resource>(resource: R): Promise<Stored<R>> {
    this.#assertOpen();
    checkIdentity(resource);
    return this.#replace(this.#require(referenceOf(resource)), resource) as Stored<R>;
  }

  async patch<R extends Resource = Resource>(reference: ResourceReference, patch: object): Promise<Stored<R>> {
    this.#assertOpen();
    const previous = this.#require(reference);
    if (!isObject(patch)) throw invalid('a merge patch must be an object');
    const next = mergePatch(previous, patch) as Resource;
    checkIdentity(next);
    const target = referenceOf(next);
    for (const member of ['apiVersion', 'kind', 'name', 'namespace'] as const) {
      if ((target[member] ?? '') !== (reference[member] ?? '')) throw invalid(`a patch cannot change the ${member}`);
    }
    return this.#replace(previous, next) as Stored<R>;
  }

  async delete<R extends Resource = Resource>(
    reference: ResourceReference,
    precondition: Precondition = {},
  ): Promise<Stored<R>> {
    this.#assertOpen();
    const previous = this.#require(reference);
    checkPrecondition(reference, previous, precondition);
    if (isHeld(previous)) {
      const { resourceVersion: _, ...metadata } = previous.metadata;
      const marked = { ...previous, metadata: { ...metadata, ...deletionMark(previous, this.#clock) } };
      return this.#put(previous, stampUpdated(marked, previous, this.#log.head + 1, marked.metadata)) as Stored<R>;
    }
    return this.#remove(previous, previous) as Stored<R>;
  }

  watch<R extends Resource = Resource>(
    kind: KindReference,
    options: WatchOptions,
    handler: (change: Change<R>) => void,
  ): Watch {
    this.#assertOpen();
    const { head, floor } = this.#log;
    const since = options.since === undefined ? head : parseRevision(options.since);
    if (since < floor || since > head) throw expired(kind, String(since), String(floor));
    return this.#watches.add(kind, since, selectionFilter(options, kind), handler as (change: Change) => void);
  }

  async revision(): Promise<string> {
    return String(this.#log.head);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#watches.close();
    this.#persistence?.close();
  }

  #replace(previous: Stored, resource: Resource): Stored {
    const { uid, resourceVersion } = resource.metadata;
    checkPrecondition(referenceOf(previous), previous, { uid, resourceVersion });
    const object = stampUpdated(resource, previous, this.#log.head + 1);
    // Whoever lifts the last finalizer of a resource that is being deleted removes it.
    return previous.metadata.deletionTimestamp && !isHeld(object)
      ? this.#remove(previous, object)
      : this.#put(previous, object);
  }

  #put(previous: Stored, object: Stored): Stored {
    if (object === previous) return previous;
    const revision = this.#log.head + 1;
    this.#persistence?.put(object, revision);
    this.#collection(object).set(object);
    this.#announce({ type: 'MODIFIED', object, previous, revision });
    return object;
  }

  /** @param last the state that is told as the last one */
  #remove(previous: Stored, last: Stored): Stored {
    const reference = referenceOf(previous);
    const revision = this.#log.head + 1;
    this.#persistence?.remove(reference, revision);
    this.#collection(reference).delete(reference.name, reference.namespace);
    this.#announce({ type: 'DELETED', object: restamp(last, revision), previous, revision });
    return last;
  }

  #announce(change: LoggedChange): void {
    this.#log.append(change);
    this.#watches.announce(change);
  }

  #find(reference: ResourceReference): Stored | undefined {
    return this.#collections.get(kindKey(reference))?.get(reference.name, reference.namespace);
  }

  #require(reference: ResourceReference): Stored {
    const found = this.#find(reference);
    if (!found) throw notFound(reference);
    return found;
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

  #assertOpen(): void {
    if (!this.#open) throw userError('STORE_CLOSED', {});
  }
}

function parseRevision(text: string): number {
  const revision = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(revision)) throw invalid(`resourceVersion "${text}" is not a revision of this store`);
  return revision;
}

const warn = (error: unknown) => process.emitWarning(`A watch handler failed: ${messageOf(error)}`);
