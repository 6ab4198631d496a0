import type { DomainError } from '../core/errors.ts';
import type { KindReference, Resource, ResourceReference, Stored } from '../resources/resource.ts';

/**
 * The resource store: the only meeting place of the capabilities.
 *
 * Resources are values: what goes in is copied, what comes out is frozen, and a change is a new value written with
 * `update`. Every write gets the next revision of the whole store; the revision is the `resourceVersion` of what was
 * written. Watch handlers have run before the promise of the write is fulfilled, so a reader that is fed by a watch is
 * never behind a writer of the same process.
 */
export interface ResourceStore {
  /**
   * Adds a resource. Sets `uid`, `resourceVersion`, `generation` (1) and `creationTimestamp`.
   * @throws StoreError `ALREADY_EXISTS`
   */
  create<R extends Resource>(resource: R): Promise<Stored<R>>;

  /** @throws StoreError `BEHIND` when the store does not come to `atLeast` within a bounded time */
  get<R extends Resource = Resource>(
    reference: ResourceReference,
    options?: GetOptions,
  ): Promise<Stored<R> | undefined>;

  /** Resources of one kind, ordered by namespace, then name. */
  list<R extends Resource = Resource>(kind: KindReference, options?: ListOptions): Promise<ResourceList<R>>;

  /**
   * Replaces a resource. `uid` and `creationTimestamp` stay; `generation` grows when anything but metadata and status
   * changed; writing what is already there changes nothing, not even the revision.
   * When the given `metadata.resourceVersion` (or `uid`) is set it must be the stored one.
   * @throws StoreError `NOT_FOUND`, `CONFLICT`
   */
  update<R extends Resource>(resource: R): Promise<Stored<R>>;

  /**
   * Applies a JSON merge patch (RFC 7396) to the stored resource in one step. A `resourceVersion` inside the patch's
   * metadata is a precondition.
   * @throws StoreError `NOT_FOUND`, `CONFLICT`
   */
  patch<R extends Resource = Resource>(reference: ResourceReference, patch: object): Promise<Stored<R>>;

  /**
   * Removes a resource and returns its last state. Of many concurrent deletions of one resource exactly one succeeds.
   * One that has finalizers (a Namespace: in its spec) is only marked with `deletionTimestamp`; the update that lifts the
   * last of them removes it.
   * @throws StoreError `NOT_FOUND`, `CONFLICT` (a precondition does not hold)
   */
  delete<R extends Resource = Resource>(reference: ResourceReference, precondition?: Precondition): Promise<Stored<R>>;

  /**
   * Does several writes as one: all of them or none, and no reader sees the store between them. Each is checked as if it
   * stood alone; no two may be on the same resource. Those that change something take consecutive revisions, in their
   * order, so a watch that ended behind any of them can be resumed there; watches are told when all are done.
   * @returns what each of them alone would have returned, in their order
   * @throws StoreError of the first operation that is refused, with its `index`; `INVALID` for more than 100 operations
   */
  batch(operations: readonly Operation[]): Promise<readonly Stored[]>;

  /**
   * Runs work on a resource when the work on it that came earlier has ended. It keeps nobody from writing: it saves
   * those of this process that read, change and write back (`modify`) from getting in each other's way. The work must
   * not ask for the same resource again.
   */
  exclusively<T>(reference: ResourceReference, work: () => Promise<T>): Promise<T>;

  /**
   * Follows the changes of one kind. With `since`, first replays what changed after that revision, before it returns.
   * A handler that throws does not disturb the write; its error goes to the store's `onError`.
   */
  watch<R extends Resource = Resource>(
    kind: KindReference,
    options: WatchOptions,
    handler: (change: Change<R>) => void,
  ): Watch;

  /** The revision of the latest write. */
  revision(): Promise<string>;

  /** Ends all watches and releases what the store holds. Calling it twice is harmless. */
  close(): Promise<void>;
}

export interface Selection {
  /** Only this namespace; absent means all. */
  readonly namespace?: string | undefined;
  /** Kubernetes label selector text: `a=b,c!=d,e in (f,g),h,!i`. */
  readonly labelSelector?: string | undefined;
  /** Kubernetes field selector text over name, namespace and what the kind adds: `metadata.name=a`. */
  readonly fieldSelector?: string | undefined;
}

export type ListOptions = Selection;

/** What a store does with single resources; a draft of `transact` does it too. */
export type ResourceAccess = Pick<ResourceStore, 'create' | 'get' | 'update' | 'patch' | 'delete' | 'exclusively'>;

export interface GetOptions {
  /** A revision that the answer must not be older than. Absent: what the store knows at this moment. */
  readonly atLeast?: string | undefined;
}

/** One of the writes of a batch: what the method of that name takes. */
export type Operation =
  | { readonly verb: 'create' | 'update'; readonly resource: Resource }
  | { readonly verb: 'patch'; readonly reference: ResourceReference; readonly patch: object }
  | {
      readonly verb: 'delete';
      readonly reference: ResourceReference;
      readonly precondition?: Precondition | undefined;
    };

export interface ResourceList<R extends Resource = Resource> {
  readonly items: readonly Stored<R>[];
  /** The revision that the list is consistent with: watch from here to miss nothing. */
  readonly resourceVersion: string;
}

export interface Precondition {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

export interface WatchOptions extends Selection {
  /** Replay the changes after this revision. Absent: only changes from now on. */
  readonly since?: string | undefined;
  /**
   * Told, at most once, that the watch cannot go on since changes are missing (`EXPIRED`): list again, then watch from
   * there. It may be told before `watch` returns; no handler runs after it. Absent: the store's `onError` is told.
   */
  readonly onExpired?: ((error: DomainError) => void | Promise<void>) | undefined;
}

export interface Change<R extends Resource = Resource> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The state after the change; for `DELETED` the last state, with the revision of the deletion. */
  readonly object: Stored<R>;
}

export interface Watch {
  /** No handler runs after this. Calling it twice is harmless. */
  close(): void;
}
