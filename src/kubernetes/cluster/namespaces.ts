import { messageOf } from '../../core/errors.ts';
import { unhurried } from '../../core/unhurried.ts';
import { namespaceKind, serviceAccountKind } from '../../resources/kinds.ts';
import type { Stored } from '../../resources/resource.ts';
import { modify } from '../../store/modify.ts';
import type { Context } from '../objects/context.ts';

type Parts = Pick<Context, 'store' | 'catalog' | 'log'>;

const referenceTo = (name: string) => ({ apiVersion: namespaceKind.apiVersion, kind: namespaceKind.kind, name });

/** What Kubernetes' controllers do for namespaces: an account in new ones, and the end of those that are deleted. */
export class Namespaces {
  readonly #parts: Parts;
  readonly #ending = new Map<string, Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Goes on with what an earlier run left behind. */
  async resume(): Promise<void> {
    const { items } = await this.#parts.store.list(namespaceKind);
    for (const { metadata } of items) if (metadata.deletionTimestamp) await this.#empty(metadata.name);
  }

  async created({ metadata }: Stored): Promise<void> {
    await ensureAccount(this.#parts.store, metadata.name);
  }

  /**
   * Removes what is in a namespace that is marked for deletion, and then the namespace. (kubernetes-api §5.4)
   * @returns the namespace as the answer shows it: on its way out
   */
  async end(namespace: Stored): Promise<Stored> {
    const { name } = namespace.metadata;
    const ending = await modify(this.#parts.store, referenceTo(name), (current) => ({
      ...current,
      status: { ...(current.status as object | undefined), phase: 'Terminating' },
    }));
    await this.#empty(name);
    return ending;
  }

  /** To be called when something is gone: it may have been the last that held its namespace. */
  async removed({ metadata }: Stored): Promise<void> {
    if (!metadata.namespace || this.#ending.has(metadata.namespace)) return;
    const namespace = await this.#parts.store.get(referenceTo(metadata.namespace));
    if (namespace?.metadata.deletionTimestamp) await this.#empty(metadata.namespace);
  }

  async #empty(name: string): Promise<void> {
    const running = this.#ending.get(name) ?? this.#removeContent(name).finally(() => this.#ending.delete(name));
    this.#ending.set(name, running);
    await running;
  }

  async #removeContent(namespace: string): Promise<void> {
    const { store, catalog, log } = this.#parts;
    let held = 0;
    for (const kind of catalog.state.kinds) {
      if (!kind.namespaced) continue;
      const { items } = await store.list(kind, { namespace });
      for await (const { metadata } of unhurried(items)) {
        const reference = { apiVersion: kind.apiVersion, kind: kind.kind, name: metadata.name, namespace };
        try {
          await store.delete(reference);
          if (await store.get(reference)) held++;
        } catch (error) {
          log.debug({ reason: messageOf(error) }, 'something in a namespace that ends was gone already');
        }
      }
    }
    if (held > 0) return;
    const isThere = await store.get(referenceTo(namespace));
    if (!isThere) return;
    await modify(store, referenceTo(namespace), (current) => ({
      ...current,
      spec: { ...(current.spec as object | undefined), finalizers: [] },
    }));
  }
}

/** Every namespace has an account that pods run under unless they say otherwise. */
export async function ensureAccount(store: Context['store'], namespace: string): Promise<void> {
  const reference = { apiVersion: serviceAccountKind.apiVersion, kind: serviceAccountKind.kind };
  if (await store.get({ ...reference, name: 'default', namespace })) return;
  await store.create({ ...reference, metadata: { name: 'default', namespace } });
}
