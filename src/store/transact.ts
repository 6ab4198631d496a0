import { type Resource, type ResourceReference, referenceOf, type Stored } from '../resources/resource.ts';
import { invalid, StoreError } from './errors.ts';
import { plan, targetOf } from './local/plan.ts';
import type { Operation, Precondition, ResourceAccess, ResourceStore } from './store.ts';

const ATTEMPTS = 20;

/**
 * Runs work whose writes become one batch: all of them or none, and nobody sees the store between them. The work reads
 * and writes a draft; it sees what it has written, others do not. When somebody else wrote to one of its resources before
 * it was done, it runs again on the new state, so it must have no other effects. Versions and uids that a draft shows of
 * what it has written itself are not those that the store will give.
 * @throws what the work throws, and nothing is written then; StoreError `CONFLICT` and the like when others were faster
 *   20 times
 */
export async function transact<T>(store: ResourceStore, work: (draft: ResourceAccess) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const draft = new Draft(store);
    const result = await work(draft);
    try {
      await store.batch(draft.operations());
      return result;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code === 'INVALID' || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Runs work as `transact` does, and throws away what it writes. */
export const rehearse = <T>(store: ResourceStore, work: (draft: ResourceAccess) => Promise<T>): Promise<T> =>
  work(new Draft(store));

interface Drafted {
  readonly reference: ResourceReference;
  /** What the store had when it was first asked for. */
  readonly stored: Stored | undefined;
  /** What the work sees. */
  readonly seen: Stored | undefined;
  /** Marked only: its finalizers keep it. */
  readonly marked: boolean;
}

/** The store gives both when the draft is done. */
const unstamped = { clock: { now: () => 0, after: () => () => {} }, random: { uuid: () => '', bytes: Buffer.alloc } };

class Draft implements ResourceAccess {
  readonly #store: ResourceStore;
  readonly #read = new Map<string, Promise<Drafted>>();
  /** In the order in which they were first written. */
  readonly #written = new Map<string, Drafted>();

  constructor(store: ResourceStore) {
    this.#store = store;
  }

  async get<R extends Resource = Resource>(reference: ResourceReference): Promise<Stored<R> | undefined> {
    return (await this.#find(reference)).seen as Stored<R> | undefined;
  }

  create<R extends Resource>(resource: R): Promise<Stored<R>> {
    return this.#write({ verb: 'create', resource });
  }

  update<R extends Resource>(resource: R): Promise<Stored<R>> {
    return this.#write({ verb: 'update', resource });
  }

  patch<R extends Resource = Resource>(reference: ResourceReference, patch: object): Promise<Stored<R>> {
    return this.#write({ verb: 'patch', reference, patch });
  }

  delete<R extends Resource = Resource>(reference: ResourceReference, precondition?: Precondition): Promise<Stored<R>> {
    return this.#write({ verb: 'delete', reference, precondition });
  }

  /** There is nobody else here. */
  exclusively<T>(_reference: ResourceReference, work: () => Promise<T>): Promise<T> {
    return work();
  }

  operations(): Operation[] {
    return [...this.#written.values()].flatMap(({ reference, stored, seen, marked }): Operation[] => {
      if (!stored) return seen ? [{ verb: 'create', resource: seen }] : [];
      const { uid, resourceVersion } = stored.metadata;
      if (!seen || marked) return [{ verb: 'delete', reference, precondition: { uid, resourceVersion } }];
      return [{ verb: 'update', resource: { ...seen, metadata: { ...seen.metadata, uid, resourceVersion } } }];
    });
  }

  async #write<R extends Resource>(operation: Operation): Promise<Stored<R>> {
    const target = targetOf(operation);
    const read = await this.#find(target);
    const found = this.#written.get(keyOf(target)) ?? read;
    if (found.marked) throw invalid(`${target.kind} "${target.name}" is being deleted by this very write`);
    const { result, change } = plan(operation, found.seen, 0, unstamped);
    if (change) {
      const seen = change.type === 'DELETED' ? undefined : change.object;
      const marked = operation.verb === 'delete' && seen !== undefined;
      this.#written.set(keyOf(target), { ...found, seen, marked });
    }
    return result as Stored<R>;
  }

  #find(reference: ResourceReference): Promise<Drafted> | Drafted {
    const key = keyOf(reference);
    const written = this.#written.get(key);
    if (written) return written;
    const read = this.#read.get(key) ?? this.#store.get(reference).then((stored) => asRead(reference, stored));
    this.#read.set(key, read);
    return read;
  }
}

const asRead = (reference: ResourceReference, stored: Stored | undefined): Drafted => ({
  reference: stored ? referenceOf(stored) : reference,
  stored,
  seen: stored,
  marked: false,
});

const keyOf = ({ apiVersion, kind, namespace = '', name }: ResourceReference) =>
  [apiVersion, kind, namespace, name].join('\u0000');
