import type { Clock } from '../../core/clock.ts';
import { messageOf, userError } from '../../core/errors.ts';
import type { Random } from '../../core/random.ts';
import type { KindReference, Resource, ResourceReference, Stored } from '../../resources/resource.ts';
import { behind, invalid, StoreError } from '../errors.ts';
import type {
  Change,
  GetOptions,
  ListOptions,
  Operation,
  Precondition,
  ResourceList,
  ResourceStore,
  Watch,
  WatchOptions,
} from '../store.ts';
import type { LoggedChange } from './change-log.ts';
import { Commits } from './commits.ts';
import { Locks } from './locks.ts';
import { type Kept, notKept, type Persistence } from './persistence.ts';
import { plan, targetOf } from './plan.ts';
import { parseRevision, State } from './state.ts';
import { kindKey } from './watches.ts';

export interface StoreOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How many changes are kept for watches that start in the past; default 10 000. */
  readonly changeLogSize?: number | undefined;
  /** Bytes, roughly, that these changes may take beyond the present state; default 32 MiB. */
  readonly changeLogBytes?: number | undefined;
  /** Told when a watch handler throws, and when a watch expires that does not say whom to tell; default: a warning. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Operations of a batch; etcd takes 128 in a transaction unless it is told otherwise. */
const LONGEST_BATCH = 100;

/**
 * The revision that a new store counts on from: the time of day, so that a client which outlived another one
 * (`--ephemeral`, a deleted data directory) never takes a revision of that one for one of ours. (kubernetes-api §5.1)
 */
export const firstRevision = (clock: Clock) => Math.max(0, Math.floor(clock.now()));

/**
 * A store that only this process writes. All resources are in memory, so reads never wait. A write is planned against
 * the present state, kept, and applied in the order of revisions; where keeping it takes no time, all of that happens
 * without giving way.
 */
export class LocalStore implements ResourceStore {
  readonly #options: StoreOptions;
  readonly #persistence: Persistence;
  readonly #state: State;
  readonly #commits: Commits;
  readonly #writes = new Locks();
  readonly #exclusive = new Locks();
  #open = true;

  constructor(options: StoreOptions, persistence: Persistence = notKept, kept?: Kept) {
    this.#options = options;
    this.#persistence = persistence;
    const { changeLogSize: changes = 10_000, changeLogBytes: bytes = 32 * 1024 * 1024, onError = warn } = options;
    this.#state = new State(kept ?? { revision: firstRevision(options.clock), resources: [] }, {
      log: { changes, bytes },
      onError,
    });
    this.#commits = new Commits(this.#state.revision, persistence, (changes) => this.#state.apply(changes));
  }

  create<R extends Resource>(resource: R): Promise<Stored<R>> {
    return this.#write({ verb: 'create', resource });
  }

  async get<R extends Resource = Resource>(
    reference: ResourceReference,
    { atLeast }: GetOptions = {},
  ): Promise<Stored<R> | undefined> {
    this.#assertOpen();
    // Nobody else writes, so what has not happened yet is not on its way either.
    if (atLeast !== undefined && parseRevision(atLeast) > this.#state.revision) {
      throw behind(atLeast, String(this.#state.revision));
    }
    return this.#state.find(reference) as Stored<R> | undefined;
  }

  async list<R extends Resource = Resource>(kind: KindReference, options: ListOptions = {}): Promise<ResourceList<R>> {
    this.#assertOpen();
    return this.#state.list(kind, options) as ResourceList<R>;
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

  async batch(operations: readonly Operation[]): Promise<readonly Stored[]> {
    if (operations.length > LONGEST_BATCH) {
      throw invalid(`a batch has at most ${LONGEST_BATCH} operations, this one has ${operations.length}`);
    }
    return this.#perform(operations, refusedBy);
  }

  async exclusively<T>(reference: ResourceReference, work: () => Promise<T>): Promise<T> {
    return this.#exclusive.run([keyOf(reference)], work);
  }

  watch<R extends Resource = Resource>(
    kind: KindReference,
    options: WatchOptions,
    handler: (change: Change<R>) => void,
  ): Watch {
    this.#assertOpen();
    return this.#state.watch(kind, options, handler as (change: Change) => void);
  }

  async revision(): Promise<string> {
    return String(this.#state.revision);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#state.close();
    const underWay = this.#commits.idle();
    if (underWay) await underWay;
    await this.#persistence.close();
  }

  async #write<R extends Resource>(operation: Operation): Promise<Stored<R>> {
    const results = this.#perform([operation], (error) => error);
    const [stored] = results instanceof Promise ? await results : results;
    return stored as Stored<R>;
  }

  /** @param refused what is thrown when an operation cannot be done */
  #perform(
    operations: readonly Operation[],
    refused: (error: unknown, index: number) => unknown,
  ): readonly Stored[] | Promise<readonly Stored[]> {
    const targets = operations.map(targetOf);
    return this.#writes.run(targets.map(keyOf), () => {
      this.#assertOpen();
      const { results, changes } = this.#plan(operations, targets, refused);
      const applied = changes.length > 0 ? this.#commits.add(changes) : undefined;
      return applied ? applied.then(() => results) : results;
    });
  }

  #plan(
    operations: readonly Operation[],
    targets: readonly ResourceReference[],
    refused: (error: unknown, index: number) => unknown,
  ) {
    const planned = new Set<string>();
    const changes: LoggedChange[] = [];
    const results = operations.map((operation, index) => {
      try {
        const target = targets[index] as ResourceReference;
        if (planned.size === planned.add(keyOf(target)).size) throw invalid('a batch writes each resource once');
        const revision = this.#commits.nextRevision + changes.length;
        const { result, change } = plan(operation, this.#state.find(target), revision, this.#options);
        if (change) changes.push(change);
        return result;
      } catch (error) {
        throw refused(error, index);
      }
    });
    return { results, changes };
  }

  #assertOpen(): void {
    if (!this.#open) throw userError('STORE_CLOSED', {});
  }
}

const keyOf = (reference: ResourceReference) =>
  `${kindKey(reference)}\u0000${reference.namespace ?? ''}\u0000${reference.name}`;

const refusedBy = (error: unknown, index: number) =>
  error instanceof StoreError ? new StoreError(error.code, error.message, { cause: error, index }) : error;

const warn = (error: unknown) => process.emitWarning(`A watch failed: ${messageOf(error)}`);
