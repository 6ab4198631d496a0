import type { Kind, KindVersion } from './kind.ts';
import { splitApiVersion, versionOf } from './kind.ts';
import { nameRules } from './name-rules.ts';
import type { PrinterColumn } from './printer-column.ts';
import { invalidValue, type Problem, required } from './problem.ts';
import type { Resource } from './resource.ts';
import { isMembers, type Schema } from './schema.ts';

/** CustomResourceDefinitions: what they say about a kind, and how they say what we know of one. (kubernetes-api §5.3) */

interface DefinitionNames {
  readonly plural: string;
  readonly singular?: string | undefined;
  readonly kind: string;
  readonly listKind?: string | undefined;
  readonly shortNames?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
}

interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean | undefined;
  readonly deprecationWarning?: string | undefined;
  readonly schema?: { readonly openAPIV3Schema?: Schema } | undefined;
  readonly subresources?: { readonly status?: object; readonly scale?: object } | undefined;
  readonly additionalPrinterColumns?: readonly PrinterColumn[] | undefined;
}

interface DefinitionSpec {
  readonly group: string;
  readonly names: DefinitionNames;
  readonly scope: 'Cluster' | 'Namespaced';
  readonly versions: readonly DefinitionVersion[];
  readonly preserveUnknownFields?: boolean | undefined;
}

export interface Definition extends Resource {
  readonly spec: DefinitionSpec;
}

/** Holds a deleted definition for as long as there are resources of its kind. */
export const INSTANCES = 'customresourcecleanup.apiextensions.k8s.io';

const isTrue = (type: string, reason: string, message: string) => ({ type, status: 'True', reason, message });

/** What the API server adds to a definition: names that follow from others, and that they are accepted. */
export function completeDefinition(resource: Resource): Resource {
  const { spec } = resource;
  if (!isMembers(spec) || !isMembers(spec.names) || !Array.isArray(spec.versions)) return resource;
  const { kind } = spec.names;
  const names = { singular: String(kind).toLowerCase(), listKind: `${kind}List`, ...spec.names };
  const versions = spec.versions as readonly DefinitionVersion[];
  return {
    ...resource,
    spec: { conversion: { strategy: 'None' }, ...spec, names },
    status: {
      conditions: [
        isTrue('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        isTrue('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
      acceptedNames: names,
      storedVersions: versions.filter(({ storage }) => storage === true).map(({ name }) => name),
    },
  };
}

export function checkDefinition(resource: Resource): Problem[] {
  const { metadata, spec } = resource as Definition;
  const expected = `${spec.names.plural}.${spec.group}`;
  const storage = spec.versions.filter((version) => version.storage);
  return [
    ...(metadata.name === expected
      ? []
      : [invalidValue(['metadata', 'name'], 'must be spec.names.plural+"."+spec.group', metadata.name)]),
    ...(storage.length === 1
      ? []
      : [invalidValue(['spec', 'versions'], 'must have exactly one version marked as storage version')]),
    ...spec.versions.flatMap(({ schema }, index) =>
      schema?.openAPIV3Schema ? [] : [required(['spec', 'versions', index, 'schema', 'openAPIV3Schema'])],
    ),
  ];
}

/** The members of a schema that every resource has. */
const ENVELOPE = ['apiVersion', 'kind', 'metadata'];

/** The kind that a definition makes known; undefined while it is not in order. */
export function kindOf(definition: Resource): Kind | undefined {
  const { spec } = definition as Definition;
  const storage = spec.versions.find((version) => version.storage && version.served) ?? spec.versions.find(served);
  if (!storage) return undefined;
  const { names } = spec;
  return {
    apiVersion: `${spec.group}/${storage.name}`,
    kind: names.kind,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    listKind: names.listKind,
    shortNames: names.shortNames ?? [],
    categories: names.categories,
    namespaced: spec.scope === 'Namespaced',
    custom: true,
    nameRule: nameRules.subdomain,
    keepsUnknown: spec.preserveUnknownFields,
    statusSubresource: storage.subresources?.status !== undefined,
    ...contentOf(storage, names.kind, spec.group),
    versions: spec.versions
      .filter((version) => version.served && version !== storage)
      .map((version) => ({ version: version.name, ...contentOf(version, names.kind, spec.group) })),
  };
}

const served = (version: DefinitionVersion) => version.served;

function contentOf(version: DefinitionVersion, kind: string, group: string): Omit<KindVersion, 'version'> {
  const { properties, required: needed, ...schema } = version.schema?.openAPIV3Schema ?? { type: 'object' as const };
  const own = Object.entries(properties ?? {}).filter(([name]) => !ENVELOPE.includes(name));
  return {
    schema: {
      ...schema,
      properties: Object.fromEntries(own),
      required: (needed ?? []).filter((name) => !ENVELOPE.includes(name)),
    },
    columns: version.additionalPrinterColumns,
    deprecation: version.deprecated
      ? (version.deprecationWarning ?? `${group}/${version.name} ${kind} is deprecated`)
      : undefined,
  };
}

/** The definition of a kind that we bring along. */
export function definitionOf(kind: Kind): Resource {
  const { group, version } = splitApiVersion(kind.apiVersion);
  const versions = [version, ...(kind.versions ?? []).map((other) => other.version)];
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${group}` },
    spec: {
      group,
      names: {
        plural: kind.plural,
        singular: kind.singular,
        kind: kind.kind,
        listKind: kind.listKind ?? `${kind.kind}List`,
        ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
        ...(kind.categories ? { categories: kind.categories } : {}),
      },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      versions: versions.map((name) => definitionVersion(kind, `${group}/${name}`, name)),
    },
  };
}

function definitionVersion(kind: Kind, apiVersion: string, name: string) {
  const { schema, columns, deprecation } = versionOf(kind, apiVersion) ?? kind;
  const { properties, ...rest } = schema;
  const text = { type: 'string' };
  return {
    name,
    served: true,
    storage: apiVersion === kind.apiVersion,
    ...(deprecation ? { deprecated: true, deprecationWarning: deprecation } : {}),
    schema: {
      openAPIV3Schema: {
        ...rest,
        properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, ...properties },
        ...(kind.keepsUnknown ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
      },
    },
    ...(kind.statusSubresource ? { subresources: { status: {} } } : {}),
    ...(columns ? { additionalPrinterColumns: columns } : {}),
  };
}
