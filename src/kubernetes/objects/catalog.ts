import { type Kind, type KindVersion, splitApiVersion, versionOf } from '../../resources/kind.ts';
import type { KnownKinds } from '../../resources/known-kinds.ts';
import { KindsView } from '../../store/kinds-view.ts';
import type { ResourceStore } from '../../store/store.ts';

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
  readonly #kinds: KindsView;
  #of: KnownKinds | undefined;
  #state: CatalogState;

  private constructor(kinds: KindsView) {
    this.#kinds = kinds;
    this.#of = kinds.known;
    this.#state = stateOf(kinds.known.all);
  }

  static async open(store: ResourceStore): Promise<Catalog> {
    return new Catalog(await KindsView.open(store));
  }

  /** Another object after every change of what is served. */
  get state(): CatalogState {
    const { known } = this.#kinds;
    if (known !== this.#of) {
      this.#of = known;
      this.#state = stateOf(known.all);
    }
    return this.#state;
  }

  close(): void {
    this.#kinds.close();
  }
}

/** What is served at one moment. */
export interface CatalogState {
  readonly groups: readonly ServedGroup[];
  find(apiVersion: string, plural: string): ServedKind | undefined;
}

function stateOf(all: readonly Kind[]): CatalogState {
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
