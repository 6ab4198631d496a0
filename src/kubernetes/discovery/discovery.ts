import { createHash } from 'node:crypto';
import type { Kind } from '../../resources/kind.ts';
import { definitionKind, namespaceKind } from '../../resources/kinds.ts';
import type { CatalogState, ServedGroup, ServedKind, ServedVersion } from '../objects/catalog.ts';

/** What a server says about itself: groups, versions and kinds, in the old form and in the aggregated one. (kubernetes-api §2) */

/** A resource that is not stored: it is created, answered and forgotten. */
export interface VirtualKind {
  readonly apiVersion: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** A document with its entity tag. */
export interface Document {
  readonly text: string;
  readonly etag: string;
}

export interface Discovery {
  /** `/api` and `/apis`, each in the two forms. */
  readonly core: { readonly legacy: Document; readonly aggregated: Document; readonly aggregatedBeta: Document };
  readonly groups: { readonly legacy: Document; readonly aggregated: Document; readonly aggregatedBeta: Document };
  /** By group name. */
  readonly group: ReadonlyMap<string, Document>;
  /** By `v1` or `{group}/{version}`. */
  readonly resources: ReadonlyMap<string, Document>;
}

/** Kinds whose resources go one by one, since others go with them. */
const deletedOneByOne: ReadonlySet<Kind> = new Set([namespaceKind, definitionKind]);

export const deletesCollections = (kind: Kind) => !deletedOneByOne.has(kind);

const verbsOf = (kind: Kind) =>
  deletesCollections(kind) ? VERBS : VERBS.filter((verb) => verb !== 'deletecollection');

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

/** Subresources besides `status`, of the kinds of Kubernetes itself. */
const subresources: Readonly<Record<string, readonly Subresource[]>> = {
  pods: [
    { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  ],
  namespaces: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }],
  serviceaccounts: [
    { name: 'token', kind: 'TokenRequest', verbs: ['create'], group: 'authentication.k8s.io', version: 'v1' },
  ],
};

interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly group?: string;
  readonly version?: string;
}

const subresourcesOf = ({ kind }: ServedKind): readonly Subresource[] => [
  ...(kind.custom ? [] : (subresources[kind.plural] ?? [])),
  ...(kind.statusSubresource ? [{ name: 'status', kind: kind.kind, verbs: STATUS_VERBS }] : []),
];

/** Everything that is said about one state of the catalog. */
export function discoveryOf(state: CatalogState, virtual: readonly VirtualKind[]): Discovery {
  const groups = withVirtual(state.groups, virtual);
  const core = groups.filter(({ name }) => name === '');
  const named = groups.filter(({ name }) => name !== '');
  const of = (version: ServedVersion) => virtual.filter(({ apiVersion }) => apiVersion === version.apiVersion);
  const versions = {
    kind: 'APIVersions',
    versions: core.flatMap(({ versions }) => versions.map(({ version }) => version)),
  };
  return {
    core: { legacy: document(versions), ...aggregated(core, of) },
    groups: {
      legacy: document({ kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupOf) }),
      ...aggregated(named, of),
    },
    group: new Map(
      named.map((group) => [group.name, document({ kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) })]),
    ),
    resources: new Map(
      groups.flatMap(({ versions }) =>
        versions.map((version) => [version.apiVersion, document(resourceList(version, of(version)))]),
      ),
    ),
  };
}

/** The groups with those that have nothing but virtual kinds, which come before the custom ones. */
function withVirtual(groups: readonly ServedGroup[], virtual: readonly VirtualKind[]): readonly ServedGroup[] {
  const known = new Set(groups.map(({ name }) => name));
  const missing = new Set(
    virtual.map(({ apiVersion }) => apiVersion).filter((name) => !known.has(name.split('/')[0] ?? '')),
  );
  const added = [...missing].map((apiVersion): ServedGroup => {
    const [name = '', version = ''] = apiVersion.split('/');
    return { name, versions: [{ version, apiVersion, kinds: [] }] };
  });
  return [...groups.slice(0, 1), ...added, ...groups.slice(1)];
}

function groupOf({ name, versions }: ServedGroup) {
  const all = versions.map(({ apiVersion, version }) => ({ groupVersion: apiVersion, version }));
  return { name, versions: all, preferredVersion: all[0] };
}

function resourceList({ apiVersion, kinds }: ServedVersion, virtual: readonly VirtualKind[]) {
  const resources = kinds.flatMap((served) => {
    const { kind } = served;
    const own = {
      name: kind.plural,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: verbsOf(kind),
      ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
      ...(kind.categories ? { categories: kind.categories } : {}),
    };
    const parts = subresourcesOf(served).map(({ name, ...rest }) => ({
      name: `${kind.plural}/${name}`,
      singularName: '',
      namespaced: kind.namespaced,
      ...rest,
    }));
    return [own, ...parts];
  });
  const made = virtual.map(({ plural, kind, namespaced }) => ({
    name: plural,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: ['create'],
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: [...resources, ...made] };
}

type VirtualOf = (version: ServedVersion) => readonly VirtualKind[];

function aggregated(groups: readonly ServedGroup[], of: VirtualOf) {
  const items = groups.map(({ name, versions }) => ({
    metadata: name === '' ? { creationTimestamp: null } : { name, creationTimestamp: null },
    versions: versions.map((version) => ({
      version: version.version,
      freshness: 'Current',
      resources: [
        ...version.kinds.map((served) => aggregatedKind(served, version.version)),
        ...of(version).map(aggregatedVirtual),
      ],
    })),
  }));
  const list = (version: string) =>
    document({ kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items });
  return { aggregated: list('v2'), aggregatedBeta: list('v2beta1') };
}

const scopeOf = ({ namespaced }: { readonly namespaced: boolean }) => (namespaced ? 'Namespaced' : 'Cluster');

function aggregatedKind(served: ServedKind, version: string) {
  const { kind, apiVersion } = served;
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const parts = subresourcesOf(served).map((part) => ({
    subresource: part.name,
    responseKind: { group: part.group ?? group, version: part.version ?? version, kind: part.kind },
    verbs: part.verbs,
  }));
  return {
    resource: kind.plural,
    responseKind: { group, version, kind: kind.kind },
    scope: scopeOf(kind),
    singularResource: kind.singular,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories ? { categories: kind.categories } : {}),
    ...(parts.length > 0 ? { subresources: parts } : {}),
  };
}

function aggregatedVirtual({ apiVersion, plural, kind, namespaced }: VirtualKind) {
  const [group = '', version = ''] = apiVersion.split('/');
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: scopeOf({ namespaced }),
    singularResource: kind.toLowerCase(),
    verbs: ['create'],
  };
}

export function document(value: unknown): Document {
  const text = JSON.stringify(value);
  return { text, etag: hashOf(text) };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').toUpperCase();
