import { isTerminating } from '../resources/admission-error.ts';
import { terminating, withoutContent } from '../resources/core-kinds.ts';
import { namespaceKind, serviceAccountKind } from '../resources/kinds.ts';
import { type KindReference, referenceOf } from '../resources/resource.ts';
import { ensureAdmitted } from '../store/admitted.ts';
import { unlessGone } from '../store/errors.ts';
import type { KindsView } from '../store/kinds-view.ts';
import { modify } from '../store/modify.ts';
import type { Change } from '../store/store.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { type Removal, removeEvery } from './remove-every.ts';
import { WorkQueue } from './work-queue.ts';

export interface NamespacesOptions extends ControllerOptions {
  readonly kinds: KindsView;
}

const referenceTo = (name: string) => ({ apiVersion: namespaceKind.apiVersion, kind: namespaceKind.kind, name });
const isNamespace = ({ apiVersion, kind }: KindReference) =>
  apiVersion === namespaceKind.apiVersion && kind === namespaceKind.kind;

/**
 * Gives every namespace the account that pods run under unless they say otherwise, and ends those that are deleted: first
 * what is in them, then they themselves. (kubernetes-api §5.4)
 */
export class Namespaces implements Controller {
  readonly #options: NamespacesOptions;
  /** Namespaces that are being emptied. */
  readonly #ending = new Set<string>();
  /** The revisions at which namespaces went. */
  readonly #gone = new Map<string, string>();
  readonly #queue: WorkQueue;

  constructor(options: NamespacesOptions) {
    this.#options = options;
    this.#queue = new WorkQueue({ ...options, work: (name, signal) => this.#work(name, signal) });
  }

  seen({ type, object }: Change): void {
    const { name, namespace, deletionTimestamp, resourceVersion } = object.metadata;
    if (isNamespace(object)) {
      if (type === 'DELETED') {
        this.#ending.delete(name);
        this.#gone.set(name, resourceVersion);
      }
      if (type !== 'MODIFIED' || deletionTimestamp) this.#queue.add(name);
    } else if (type === 'DELETED' && namespace && this.#ending.has(namespace)) {
      // It may have been the last that held its namespace.
      this.#queue.add(namespace);
    }
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  async #work(name: string, signal: AbortSignal): Promise<void> {
    const before = this.#gone.get(name);
    if (before) await this.#removeContent({ namespace: name, before }, signal);
    this.#gone.delete(name);
    const namespace = await this.#options.store.get(referenceTo(name));
    if (!namespace) return;
    if (namespace.metadata.deletionTimestamp) await this.#end(name, signal).catch(unlessGone);
    else await this.#ensureAccount(name);
  }

  async #end(name: string, signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    this.#ending.add(name);
    await modify(store, referenceTo(name), terminating);
    const left = await this.#removeContent({ namespace: name }, signal);
    if (left === 0) await modify(store, referenceTo(name), withoutContent);
  }

  /** @returns how much is left */
  async #removeContent(removal: Removal, signal: AbortSignal): Promise<number> {
    const { store, kinds } = this.#options;
    let left = 0;
    for (const kind of kinds.known.all) if (kind.namespaced) left += await removeEvery(store, kind, removal, signal);
    return left;
  }

  async #ensureAccount(namespace: string): Promise<void> {
    const { store } = this.#options;
    const { apiVersion, kind } = serviceAccountKind;
    const account = { apiVersion, kind, metadata: { name: 'default', namespace } };
    if (await store.get(referenceOf(account))) return;
    try {
      await ensureAdmitted(store, account);
    } catch (error) {
      // Somebody has deleted the namespace meanwhile.
      if (!isTerminating(error)) throw error;
    }
  }
}
