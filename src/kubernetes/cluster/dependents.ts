import { messageOf } from '../../core/errors.ts';
import type { Stored } from '../../resources/resource.ts';
import type { Context } from '../objects/context.ts';

type Parts = Pick<Context, 'store' | 'catalog' | 'log'>;

/** Removes what belonged to resources that are gone, as Kubernetes' garbage collector does. (kubernetes-api §6.5) */
export class Dependents {
  readonly #parts: Parts;
  readonly #gone = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** To be called when an owner is gone; owners that go together are looked at together. */
  removed({ metadata }: Stored): Promise<void> {
    this.#gone.add(metadata.uid);
    this.#running ??= this.#collect();
    return this.#running;
  }

  async #collect(): Promise<void> {
    try {
      while (this.#gone.size > 0) {
        const gone = new Set(this.#gone);
        this.#gone.clear();
        for (const dependent of await this.#dependentsOf(gone)) await this.#remove(dependent);
      }
    } finally {
      this.#running = undefined;
    }
  }

  /** Those that have no other owner. */
  async #dependentsOf(gone: ReadonlySet<string>): Promise<Stored[]> {
    const found: Stored[] = [];
    for (const kind of this.#parts.catalog.state.kinds) {
      const { items } = await this.#parts.store.list(kind);
      for (const item of items) {
        const owners = item.metadata.ownerReferences ?? [];
        if (owners.length > 0 && owners.every(({ uid }) => gone.has(uid))) found.push(item);
      }
    }
    return found;
  }

  async #remove({ apiVersion, kind, metadata }: Stored): Promise<void> {
    const { name, namespace, uid } = metadata;
    const reference = { apiVersion, kind, name, namespace };
    try {
      await this.#parts.store.delete(reference, { uid });
      if (!(await this.#parts.store.get(reference))) this.#gone.add(uid);
    } catch (error) {
      this.#parts.log.debug({ reason: messageOf(error) }, 'a dependent resource was gone already');
    }
  }
}
