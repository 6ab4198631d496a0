import type { NameRule } from './name-rules.ts';
import type { PrinterColumn } from './printer-column.ts';
import type { Path, Problem } from './problem.ts';
import type { KindReference, Resource } from './resource.ts';
import type { Schema } from './schema.ts';

/** How one version of a kind looks. */
export interface KindVersion {
  readonly version: string;
  /** Everything but apiVersion, kind and metadata. */
  readonly schema: Schema;
  readonly columns?: readonly PrinterColumn[] | undefined;
  /** What clients of this version are warned of. */
  readonly deprecation?: string | undefined;
}

/** A kind of resource that Kymulator knows: how it is addressed, and what its resources look like. */
export interface Kind extends KindReference {
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories?: readonly string[] | undefined;
  /** Default: the kind with `List` at its end. */
  readonly listKind?: string | undefined;
  readonly namespaced: boolean;
  /** Whether the kind is one that a cluster knows by a CustomResourceDefinition. */
  readonly custom: boolean;
  readonly nameRule: NameRule;
  /** Everything but apiVersion, kind and metadata. */
  readonly schema: Schema;
  /** Whether members that the schema does not know are kept, as definitions of 2018 do. */
  readonly keepsUnknown?: boolean | undefined;
  readonly columns?: readonly PrinterColumn[] | undefined;
  readonly deprecation?: string | undefined;
  /** Whether `status` is written at an address of its own only. */
  readonly statusSubresource?: boolean | undefined;
  /** Further versions in which the same resources can be read and written. */
  readonly versions?: readonly KindVersion[] | undefined;
  /** Members that field selectors can ask for, besides name and namespace. */
  readonly fields?: Readonly<Record<string, Path>> | undefined;
  /** Completes a resource that has the defaults of the schema already; it may still be invalid. */
  readonly complete?: ((resource: Resource) => Resource) | undefined;
  /** Rules beyond the schema, for resources that satisfy it. */
  readonly check?: ((resource: Resource) => Problem[]) | undefined;
  /** Rules for what may become of a resource. */
  readonly checkUpdate?: ((next: Resource, previous: Resource) => Problem[]) | undefined;
}

/** How a kind looks in the version of an `apiVersion`; undefined when it is not served in that one. */
export function versionOf(kind: Kind, apiVersion: string): KindVersion | undefined {
  if (kind.apiVersion === apiVersion) return { version: splitApiVersion(apiVersion).version, ...storedVersion(kind) };
  const { group, version } = splitApiVersion(apiVersion);
  if (splitApiVersion(kind.apiVersion).group !== group) return undefined;
  return kind.versions?.find((other) => other.version === version);
}

const storedVersion = ({ schema, columns, deprecation }: Kind) => ({ schema, columns, deprecation });

/** `v1` is version `v1` of the group without a name. */
export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(0, slash)), version: apiVersion.slice(slash + 1) };
}
