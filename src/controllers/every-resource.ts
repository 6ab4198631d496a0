import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import { unservedKinds } from '../resources/kinds.ts';
import type { KindReference, Resource, Stored } from '../resources/resource.ts';
import type { KindsView } from '../store/kinds-view.ts';
import type { Change } from '../store/store.ts';
import { createView, type View } from '../store/view.ts';
import type { Controller, ControllerOptions } from './controller.ts';

export interface EveryResourceOptions extends Pick<ControllerOptions, 'store' | 'log'> {
  readonly kinds: KindsView;
  /** Told of everything that is there, as `ADDED`, and then of every change, inside the write; notes what is to be done. */
  readonly seen: (change: Change) => void;
}

type Key = `${string} ${string}`;
const keyOf = ({ apiVersion, kind }: KindReference): Key => `${apiVersion} ${kind}`;

/** After so many resources that are there already others have their turn. */
const AT_ONCE = 1000;

/** Follows the resources of all kinds, as kinds come and go. */
export class EveryResource implements Controller {
  readonly #options: EveryResourceOptions;
  readonly #views = new Map<Key, View<Resource>>();
  #following: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(options: EveryResourceOptions) {
    this.#options = options;
    options.kinds.onChange(() => this.#followKinds());
  }

  /** @returns when everything that is there has been told */
  static async follow(options: EveryResourceOptions): Promise<EveryResource> {
    const everything = new EveryResource(options);
    await everything.#followKinds();
    return everything;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const view of this.#views.values()) view.close();
    await this.#following;
  }

  #kinds(): readonly KindReference[] {
    return [...this.#options.kinds.known.all, ...unservedKinds];
  }

  #followKinds(): Promise<void> {
    const { log } = this.#options;
    this.#following = this.#following
      .then(() => this.#openMissing())
      .catch((error: unknown) => log.error({ reason: messageOf(error) }, 'the resources of a kind cannot be followed'));
    for (const key of this.#views.keys()) this.#closeIfLeft(key);
    return this.#following;
  }

  async #openMissing(): Promise<void> {
    for (const kind of this.#kinds()) {
      if (this.#closed) return;
      if (!this.#views.has(keyOf(kind))) await this.#open(kind);
    }
  }

  async #open(kind: KindReference): Promise<void> {
    const view = await createView(this.#options.store, kind);
    if (this.#closed) return view.close();
    const key = keyOf(kind);
    this.#views.set(key, view);
    view.onChange((change) => {
      this.#tell(change);
      if (change.type === 'DELETED') this.#closeIfLeft(key);
    });
    let count = 0;
    for (const object of view.values()) {
      this.#tell({ type: 'ADDED', object });
      if (++count % AT_ONCE === 0) await setImmediate();
    }
  }

  /** A kind whose definition is gone is followed for as long as there is something left of it. */
  #closeIfLeft(key: Key): void {
    const view = this.#views.get(key);
    if (!view || view.size > 0 || this.#kinds().some((kind) => keyOf(kind) === key)) return;
    view.close();
    this.#views.delete(key);
  }

  #tell({ type, object }: Change<Stored>): void {
    try {
      this.#options.seen({ type, object });
    } catch (error) {
      this.#options.log.error({ reason: messageOf(error) }, 'a controller could not take a change in');
    }
  }
}
