import type { Clock } from '../core/clock.ts';
import { codeOf } from '../core/errors.ts';
import { specificationKind } from '../resources/kinds.ts';
import type { Resource } from '../resources/resource.ts';
import type { ResourceAccess } from '../store/store.ts';
import type { ApiSpecification } from './api-spec.ts';
import type { ServiceKey } from './entries.ts';
import type { Documentation } from './model.ts';
import { type Owner, ownedBy } from './objects.ts';

/** What a service brings with it besides its definition. The texts are as they were sent or fetched. */
export interface Specifications {
  readonly api?: ApiSpecification | undefined;
  /** JSON text. */
  readonly events?: string | undefined;
  readonly documentation?: Documentation | undefined;
}

interface SpecificationResource extends Resource {
  readonly spec: Specifications & {
    readonly application: string;
    /** Milliseconds since the epoch; before, nothing of it is readable. */
    readonly readableFrom: number;
  };
}

export interface SpecificationOptions {
  readonly store: ResourceAccess;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly delay: number;
}

export class SpecificationStore {
  readonly #options: SpecificationOptions;

  constructor(options: SpecificationOptions) {
    this.#options = options;
  }

  /** What is stored and readable by now. */
  async read(id: string): Promise<Specifications> {
    const found = await this.#options.store.get<SpecificationResource>({ ...specificationKind, name: id });
    return found && found.spec.readableFrom <= this.#options.clock.now() ? found.spec : {};
  }

  /** Stores what there is, in place of everything that was there; without anything, what was there stays. */
  async write(
    { application, id }: ServiceKey,
    owner: Owner | undefined,
    specifications: Specifications,
  ): Promise<void> {
    const { api, events, documentation } = specifications;
    if (!api && !events && !documentation) return;
    const { store, clock, delay } = this.#options;
    const resource: SpecificationResource = {
      ...specificationKind,
      metadata: { name: id, ...(owner && { ownerReferences: ownedBy(application, owner) }) },
      spec: { application, api, events, documentation, readableFrom: clock.now() + delay },
    };
    try {
      await store.create(resource);
    } catch (error) {
      if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
      await store.update(resource);
    }
  }

  /** Removes everything of a service, if there is anything. */
  async remove(id: string): Promise<void> {
    try {
      await this.#options.store.delete({ ...specificationKind, name: id });
    } catch (error) {
      if (codeOf(error) !== 'NOT_FOUND') throw error;
    }
  }
}
