import { kindOf } from '../../resources/definition.ts';
import type { Kind, KindVersion } from '../../resources/kind.ts';
import { splitApiVersion, versionOf } from '../../resources/kind.ts';
import { definitionKind, kinds } from '../../resources/kinds.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ResourceStore } from '../../store/store.ts';
import { createView, type View } from '../../store/view.ts';

/** A kind in one of the versions in which it is served. */
export interface ServedKind {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly listKind: string;
  readonly form: KindVersion;
}

/** A version of a group with what it serves, in the order in which names are looked up. */
export interface ServedVersion {
  readonly apiVersion: string;
  readonly version: string;
  readonly kinds: readonly ServedKind[];
}

export interface ServedGroup {
  /** Empty for the core group. */
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly ServedVersion[];
}

/** Every kind that is served right now: those that are there from the start, and those of applied definitions. */
export class Catalog {
  readonly #definitions: View<Resource, Kind | undefined>;
  #state: CatalogState;

  private constructor(definitions: View<Resource, Kind | undefined>) {
    this.#definitions = definitions;
    this.#state = stateOf(this.#applied());
    definitions.onChange(() => {
      this.#state = stateOf(this.#applied());
    });
  }

  static async open(store: ResourceStore): Promise<Catalog> {
    return new Catalog(await createView(store, definitionKind, { derive: kindIfAny }));
  }

  /** Another object after every change of what is served. */
  get state(): CatalogState {
    return this.#state;
  }

  close(): void {
    this.#definitions.close();
  }

  #applied(): Kind[] {
    return [...this.#definitions.values()].filter((kind) => kind !== undefined);
  }
}

/** What is served at one moment. */
export interface CatalogState {
  readonly kinds: readonly Kind[];
  readonly groups: readonly ServedGroup[];
  find(apiVersion: string, plural: string): ServedKind | undefined;
}

const nameOf = ({ apiVersion, plural }: Kind) => `${plural}.${splitApiVersion(apiVersion).group}`;
const builtIn: ReadonlySet<string> = new Set(kinds.map(nameOf));

/** Whether a definition is that of a kind which is there from the start and stays as it is. */
export const isBuiltIn = (definitionName: string) => builtIn.has(definitionName);

/** What a definition that cannot be understood makes known is nothing; it must not stop the others. */
function kindIfAny(definition: Resource): Kind | undefined {
  try {
    return isBuiltIn(definition.metadata.name) ? undefined : kindOf(definition);
  } catch {
    return undefined;
  }
}

function stateOf(applied: readonly Kind[]): CatalogState {
  const all = [...kinds, ...applied];
  const byPath = new Map<string, ServedKind>();
  const groups = new Map<string, Map<string, ServedKind[]>>();
  for (const kind of all) {
    const { group } = splitApiVersion(kind.apiVersion);
    const versions = groups.get(group) ?? new Map<string, ServedKind[]>();
    groups.set(group, versions);
    for (const served of servedVersions(kind)) {
      byPath.set(`${served.apiVersion} ${kind.plural}`, served);
      const { version } = splitApiVersion(served.apiVersion);
      versions.set(version, [...(versions.get(version) ?? []), served]);
    }
  }
  return {
    kinds: all,
    groups: [...groups].map(([name, versions]) => ({
      name,
      versions: [...versions]
        .sort(([left], [right]) => compareVersions(left, right))
        .map(([version, served]) => ({ version, apiVersion: name ? `${name}/${version}` : version, kinds: served })),
    })),
    find: (apiVersion, plural) => byPath.get(`${apiVersion} ${plural}`),
  };
}

function servedVersions(kind: Kind): ServedKind[] {
  const { group } = splitApiVersion(kind.apiVersion);
  const others = (kind.versions ?? []).map(({ version }) => `${group}/${version}`);
  const listKind = kind.listKind ?? `${kind.kind}List`;
  return [kind.apiVersion, ...others].flatMap((apiVersion) => {
    const form = versionOf(kind, apiVersion);
    return form ? [{ kind, apiVersion, listKind, form }] : [];
  });
}

const ranks: Readonly<Record<string, number>> = { alpha: 0, beta: 1, '': 2 };

/** GA before beta before alpha, then the higher number; what is no such version comes last. (kubernetes-api §2.1) */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map(weightOf) as [readonly number[], readonly number[]];
  for (let index = 0; index < a.length; index++) {
    const difference = (b[index] ?? 0) - (a[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left < right ? -1 : 1;
}

function weightOf(version: string): readonly number[] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  return match ? [1, ranks[match[2] ?? ''] ?? 0, Number(match[1]), Number(match[3] ?? 0)] : [0, 0, 0, 0];
}
