import { INSTANCES } from '../resources/definition.ts';
import type { Kind } from '../resources/kind.ts';
import { definitionKind } from '../resources/kinds.ts';
import { addedKind } from '../resources/known-kinds.ts';
import { type KindReference, type ResourceReference, referenceOf, type Stored } from '../resources/resource.ts';
import { liftFinalizer } from '../store/finalizers.ts';
import type { Change } from '../store/store.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { removeEvery } from './remove-every.ts';
import { WorkQueue } from './work-queue.ts';

/** A definition whose kind goes, with what is left of it. */
interface Ending {
  readonly kind: Kind;
  readonly reference: ResourceReference;
  /** The revision at which the definition went; absent while it waits. */
  readonly gone?: string | undefined;
}

const isSameKind = (one: KindReference, other: KindReference) =>
  one.apiVersion === other.apiVersion && one.kind === other.kind;

/** Removes the resources of a kind with its CustomResourceDefinition. (kubernetes-api §5.3) */
export class Definitions implements Controller {
  readonly #options: ControllerOptions;
  readonly #ending = new Map<string, Ending>();
  readonly #queue: WorkQueue;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#queue = new WorkQueue({ ...options, work: (uid, signal) => this.#work(uid, signal) });
  }

  seen({ type, object }: Change): void {
    if (isSameKind(object, definitionKind)) this.#definitionSeen(type === 'DELETED', object);
    else if (type === 'DELETED' && this.#ending.size > 0) {
      // It may have been the last of its kind.
      for (const [uid, { kind }] of this.#ending) if (isSameKind(object, kind)) this.#queue.add(uid);
    }
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  #definitionSeen(gone: boolean, definition: Stored): void {
    const { uid, deletionTimestamp, finalizers, resourceVersion } = definition.metadata;
    if (!gone && !(deletionTimestamp && finalizers?.includes(INSTANCES))) return;
    const kind = addedKind(definition);
    if (!kind) return;
    this.#ending.set(uid, { kind, reference: referenceOf(definition), gone: gone ? resourceVersion : undefined });
    this.#queue.add(uid);
  }

  async #work(uid: string, signal: AbortSignal): Promise<void> {
    const ending = this.#ending.get(uid);
    if (!ending) return;
    const { store } = this.#options;
    const left = await removeEvery(store, ending.kind, { before: ending.gone }, signal);
    if (left > 0) return;
    this.#ending.delete(uid);
    if (!ending.gone) await liftFinalizer(store, ending.reference, uid, INSTANCES);
  }
}
