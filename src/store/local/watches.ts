import type { DomainError } from '../../core/errors.ts';
import type { KindReference, Stored } from '../../resources/resource.ts';
import type { Predicate } from '../selectors.ts';
import { restamp } from '../stamp.ts';
import type { Change, Watch, WatchOptions } from '../store.ts';
import type { ChangeLog, LoggedChange } from './change-log.ts';

type Handler = (change: Change) => void;

interface Subscription {
  readonly kind: string;
  readonly filter: Predicate<Stored> | undefined;
  readonly handler: Handler;
  /** The revision up to which this watch has been told everything. */
  position: number;
  open: boolean;
}

/** Runs at once; what is thrown rejects. */
const attempt = async (work: () => void | Promise<void>) => work();

/** The text that stands for a kind in maps. */
export const kindKey = ({ apiVersion, kind }: KindReference) => `${apiVersion}/${kind}`;

/** Who follows which kind, and the delivery of changes: in revision order, each once, inside the write. */
export class Watches {
  readonly #log: ChangeLog;
  readonly #onError: (error: unknown) => void;
  readonly #byKind = new Map<string, Set<Subscription>>();
  readonly #queue: LoggedChange[] = [];
  #delivering = false;

  constructor(log: ChangeLog, onError: (error: unknown) => void) {
    this.#log = log;
    this.#onError = onError;
  }

  /** Starts a watch after revision `since`, which the log must still cover; what is known already is told at once. */
  add(kind: KindReference, since: number, filter: Predicate<Stored> | undefined, handler: Handler): Watch {
    const subscription: Subscription = { kind: kindKey(kind), filter, handler, position: since, open: true };
    // A handler may write while it is told the past; that is in the log then, so the loop tells it in its turn.
    for (let change = this.#log.next(since); change; change = this.#log.next(change.revision)) {
      this.#tell(subscription, change);
    }
    this.#group(subscription.kind).add(subscription);
    return {
      close: () => {
        subscription.open = false;
        this.#byKind.get(subscription.kind)?.delete(subscription);
      },
    };
  }

  /**
   * Tells changes that have just been logged. A handler that writes does not overtake itself: its change waits until
   * all handlers have seen the present ones.
   */
  announce(changes: readonly LoggedChange[]): void {
    this.#queue.push(...changes);
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      for (const subscription of this.#byKind.get(kindKey(next.object)) ?? []) this.#tell(subscription, next);
    }
    this.#delivering = false;
  }

  /** A watch that is over before it began. */
  expire(error: DomainError, onExpired: WatchOptions['onExpired']): Watch {
    const failed = (reason: unknown) => this.#report(reason);
    if (!onExpired) this.#report(error);
    else attempt(() => onExpired(error)).catch(failed);
    return { close: () => {} };
  }

  close(): void {
    for (const group of this.#byKind.values()) for (const subscription of group) subscription.open = false;
    this.#byKind.clear();
  }

  #tell(subscription: Subscription, change: LoggedChange): void {
    if (!subscription.open || change.revision <= subscription.position) return;
    subscription.position = change.revision;
    if (kindKey(change.object) !== subscription.kind) return;
    const seen = asSeen(change, subscription.filter);
    if (!seen) return;
    try {
      subscription.handler(seen);
    } catch (error) {
      this.#report(error);
    }
  }

  /** The write has happened; not even a failing error reporter may make it look otherwise. */
  #report(error: unknown): void {
    try {
      this.#onError(error);
    } catch {
      // Nobody is left to tell.
    }
  }

  #group(kind: string): Set<Subscription> {
    let group = this.#byKind.get(kind);
    if (!group) {
      group = new Set();
      this.#byKind.set(kind, group);
    }
    return group;
  }
}

/** What a change is to somebody who sees only the resources that pass the filter. (kubernetes-api §7.1) */
function asSeen(change: LoggedChange, filter: Predicate<Stored> | undefined): Change | undefined {
  const { type, object, previous, revision } = change;
  if (!filter) return { type, object };
  const before = previous !== undefined && filter(previous);
  const after = type !== 'DELETED' && filter(object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object };
  if (!before) return undefined;
  return { type: 'DELETED', object: type === 'DELETED' ? object : restamp(previous, revision) };
}
