import { codeOf } from '../core/errors.ts';
import { unhurried } from '../core/unhurried.ts';
import { findKind } from '../resources/kinds.ts';
import {
  FOREGROUND,
  fateOf,
  isLeaving,
  ORPHAN,
  type OwnerState,
  ownersOf,
  withoutOwners,
} from '../resources/owner-rules.ts';
import { type OwnerReference, type ResourceReference, referenceOf, type Stored } from '../resources/resource.ts';
import { unlessGone } from '../store/errors.ts';
import { deleteHeld, liftFinalizer } from '../store/finalizers.ts';
import type { KindsView } from '../store/kinds-view.ts';
import { modify } from '../store/modify.ts';
import { checkPrecondition } from '../store/stamp.ts';
import type { Change } from '../store/store.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { type Dependent, OwnerIndex } from './owner-index.ts';
import { WorkQueue } from './work-queue.ts';

export interface OwnersOptions extends ControllerOptions {
  readonly kinds: KindsView;
}

/**
 * Removes what belonged to resources that are gone, when the last of its owners is, as Kubernetes' garbage collector does;
 * holds an owner for as long as its deletion says so. (kubernetes-api §6.5)
 */
export class Owners implements Controller {
  readonly #options: OwnersOptions;
  readonly #index = new OwnerIndex();
  /** Owners that are held: until their dependents are orphans, or until they are gone. */
  readonly #leaving = new Map<string, ResourceReference>();
  readonly #queue: WorkQueue;

  constructor(options: OwnersOptions) {
    this.#options = options;
    this.#queue = new WorkQueue({ ...options, work: (uid, signal) => this.#work(uid, signal) });
  }

  seen({ type, object }: Change): void {
    const { uid } = object.metadata;
    const before = this.#index.get(uid)?.owners ?? [];
    if (type === 'DELETED') {
      this.#ownerGone(uid);
      this.#index.delete(uid);
    } else {
      if (this.#index.set(object)) this.#queue.add(uid);
      if (isLeaving(object, ORPHAN) || isLeaving(object, FOREGROUND)) {
        this.#leaving.set(uid, referenceOf(object));
        this.#queue.add(uid);
      }
    }
    if (this.#index.get(uid)?.owners === before) return;
    for (const owner of before) if (this.#leaving.has(owner.uid)) this.#queue.add(owner.uid);
  }

  /** To be called when a definition has changed: what belongs to a resource of its kind may be judged otherwise now. */
  kindsChanged(): void {
    for (const { uid, owners } of this.#index.all()) {
      if (owners.some((owner) => !findKind(owner))) this.#queue.add(uid);
    }
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  #ownerGone(uid: string): void {
    this.#leaving.delete(uid);
    this.#index.setGone(uid);
    for (const dependent of this.#index.dependentsOf(uid).keys()) this.#queue.add(dependent);
  }

  async #work(uid: string, signal: AbortSignal): Promise<void> {
    const dependent = this.#index.get(uid);
    if (dependent) await this.#judge(dependent);
    const owner = this.#leaving.get(uid);
    if (owner) await this.#release(uid, owner, signal);
  }

  async #judge(dependent: Dependent): Promise<void> {
    const { uid, reference } = dependent;
    const { store } = this.#options;
    const current = await store.get(reference);
    if (current?.metadata.uid !== uid || current.metadata.deletionTimestamp) return;
    const owners = ownersOf(current);
    const states: OwnerState[] = [];
    for (const owner of owners) states.push(await this.#stateOf(owner, current.metadata.namespace));
    const fate = fateOf(states);
    if (fate === 'stay') return;
    try {
      if (fate === 'go') await this.#remove(current, states.includes('waiting'));
      else await this.#free(dependent, new Set(owners.flatMap((owner, i) => (states[i] === 'there' ? [] : owner.uid))));
    } catch (error) {
      // Somebody was faster: it is gone, or it may have another owner now.
      if (codeOf(error) === 'CONFLICT') this.#queue.add(uid);
      else unlessGone(error);
    }
  }

  async #stateOf(owner: OwnerReference, namespace: string | undefined): Promise<OwnerState> {
    if (this.#index.isGone(owner.uid)) return 'gone';
    const kind = this.#options.kinds.known.find(owner);
    if (!kind || (kind.namespaced && !namespace)) return 'unknown';
    const place = kind.namespaced ? { namespace } : {};
    const { apiVersion, kind: name } = kind;
    const found = await this.#options.store.get({ apiVersion, kind: name, name: owner.name, ...place });
    if (found?.metadata.uid !== owner.uid) return 'gone';
    return owner.blockOwnerDeletion === true && isLeaving(found, FOREGROUND) ? 'waiting' : 'there';
  }

  /** @param first whether what belongs to it goes before it, because an owner waits for all of them */
  async #remove(resource: Stored, first: boolean): Promise<void> {
    const { store } = this.#options;
    const reference = referenceOf(resource);
    const { uid, resourceVersion } = resource.metadata;
    const asJudged = { uid, resourceVersion };
    const dependents = [...this.#index.dependentsOf(uid).keys()];
    // Those that belong to each other would wait for each other.
    if (first && dependents.length > 0 && !dependents.some((dependent) => this.#leaving.has(dependent))) {
      await deleteHeld(store, reference, [FOREGROUND], (current) => checkPrecondition(reference, current, asJudged));
    } else {
      await store.delete(reference, asJudged);
    }
  }

  /** Makes a dependent forget owners. */
  #free({ uid, reference }: Dependent, owners: ReadonlySet<string>): Promise<Stored> {
    return modify(this.#options.store, reference, (current) =>
      current.metadata.uid === uid ? withoutOwners(current, owners) : current,
    );
  }

  /** Lets an owner go, once nothing is left to be done for it. */
  async #release(uid: string, reference: ResourceReference, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    const owner = await store.get(reference);
    if (owner?.metadata.uid !== uid) return;
    const dependents = [...this.#index.dependentsOf(uid).values()].filter((dependent) => dependent.uid !== uid);
    if (isLeaving(owner, ORPHAN)) {
      for await (const dependent of unhurried(dependents)) {
        if (signal.aborted) return;
        await this.#free(dependent, new Set([uid])).catch(unlessGone);
      }
      await liftFinalizer(store, reference, uid, ORPHAN);
    }
    if (!isLeaving(owner, FOREGROUND)) return;
    const blocking = dependents.filter(({ owners }) =>
      owners.some((other) => other.uid === uid && other.blockOwnerDeletion === true),
    );
    for (const dependent of blocking) this.#queue.add(dependent.uid);
    if (blocking.length === 0) await liftFinalizer(store, reference, uid, FOREGROUND);
  }
}
