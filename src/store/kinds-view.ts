import type { Kind } from '../resources/kind.ts';
import { definitionKind } from '../resources/kinds.ts';
import { addedKind, type KnownKinds, withAdded } from '../resources/known-kinds.ts';
import type { Resource } from '../resources/resource.ts';
import type { ResourceStore } from './store.ts';
import { createView, type View } from './view.ts';

/** The kinds that are known right now: those from the start, and those of the definitions in the store. */
export class KindsView {
  readonly #definitions: View<Resource, Kind | undefined>;
  #known: KnownKinds | undefined;

  private constructor(definitions: View<Resource, Kind | undefined>) {
    this.#definitions = definitions;
    definitions.onChange(() => {
      this.#known = undefined;
    });
  }

  static async open(store: ResourceStore): Promise<KindsView> {
    return new KindsView(await createView(store, definitionKind, { derive: addedKind }));
  }

  /** Another object after every change of a definition. */
  get known(): KnownKinds {
    this.#known ??= withAdded([...this.#definitions.values()].filter((kind) => kind !== undefined));
    return this.#known;
  }

  /** Calls the handler after every change of a definition. */
  onChange(handler: () => void): void {
    this.#definitions.onChange(handler);
  }

  close(): void {
    this.#definitions.close();
  }
}
