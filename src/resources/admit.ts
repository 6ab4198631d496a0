import { type Kind, type KindVersion, versionOf } from './kind.ts';
import { findKind } from './kinds.ts';
import type { FindKind } from './known-kinds.ts';
import { checkLabels } from './label-rules.ts';
import { metaSchema } from './meta-schema.ts';
import { checkName, nameRules } from './name-rules.ts';
import { namespaceNotFound, namespaceTerminating, type Path, type Problem, required } from './problem.ts';
import type { Resource } from './resource.ts';
import { innerSchema, memberNames, type Schema } from './schema.ts';
import { checkSchema } from './schema-check.ts';
import { withDefaults } from './schema-defaults.ts';
import { prune } from './schema-prune.ts';
import { pruningSchema, schemaOfResource } from './whole-schema.ts';

/**
 * What may be written, whoever writes it: seed, registry, Kubernetes API, control API, controllers. The rules say what is
 * wrong as data; each door tells it in its own words. What they need to know of the store is given to them.
 */

/** The outcome of looking at a resource at the door. */
export interface Admission {
  /** As it is to be stored: completed and with defaults. Only meaningful without problems. */
  readonly resource: Resource;
  readonly problems: readonly Problem[];
}

/** A resource without what its kind does not know, and what that was. (kubernetes-api §5.3) */
export interface Known {
  readonly resource: Resource;
  readonly unknown: readonly UnknownMember[];
}

export interface UnknownMember {
  readonly path: Path;
  /** The names of the members that could be in its place. */
  readonly known: readonly string[];
}

/** By what a resource is addressed, whatever its kind. */
const identitySchema: Schema = {
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  },
};

/** What can be said of a resource whose kind nobody knows. */
const plainSchema: Schema = { type: 'object', properties: { metadata: metaSchema } };

/**
 * Completes a resource of any kind, leaves out what its schema does not know and checks it: identity, labels and
 * annotations for every kind, name and content for those that are known. Resources of namespaced kinds belong to `default`
 * unless they say otherwise, those of cluster-scoped kinds to no namespace.
 * @param find which kinds are known besides those from the start
 */
export function admit(value: unknown, find: FindKind = findKind): Admission & Known {
  const plain = withDefaults(identitySchema, value) as Resource;
  const malformed = checkSchema(identitySchema, plain);
  const problems = malformed.length > 0 ? malformed : emptyIdentity(plain);
  if (problems.length > 0) return { resource: plain, problems, unknown: [] };
  const kind = find(plain);
  const version = kind && versionOf(kind, plain.apiVersion);
  if (!version) return { ...admitPlain(plain), unknown: [] };
  const { resource: known, unknown } = withoutUnknown(kind, version, plain);
  const { resource, problems: wrong } = complete(kind, version, inPlace(kind, known));
  return { resource, problems: [...checkNamespaceName(resource), ...wrong], unknown };
}

function admitPlain(plain: Resource): Admission {
  const resource = withDefaults(plainSchema, plain) as Resource;
  const malformed = checkSchema(plainSchema, resource);
  if (malformed.length > 0) return { resource, problems: malformed };
  return { resource, problems: [...checkNamespaceName(resource), ...checkLabels(resource.metadata)] };
}

/** Leaves out what a version of a kind does not know. */
export function withoutUnknown(kind: Kind, version: KindVersion, value: object): Known {
  const schema = pruningSchema(kind, version);
  const { value: resource, unknown } = prune(schema, value);
  return {
    resource: resource as Resource,
    unknown: unknown.map((path) => ({ path, known: memberNames(schema, path.slice(0, -1)) })),
  };
}

/** Completes a resource of a known kind that is in its place, and checks everything about it that depends on no other. */
export function complete(kind: Kind, version: KindVersion, resource: Resource): Admission {
  const filled = withDefaults(schemaOfResource(kind, version), resource) as Resource;
  const malformed = checkSchema(metaSchema, filled.metadata, ['metadata']);
  if (malformed.length > 0) return { resource: filled, problems: malformed };
  // What is not as the schema says is not completed: the check shall find it as it was written.
  const early = checkSchema(version.schema, filled);
  const completed = early.length === 0 && kind.complete ? kind.complete(filled) : filled;
  const wrong = completed === filled ? early : checkSchema(version.schema, completed);
  const problems = [
    ...checkName(kind.nameRule, completed.metadata.name),
    ...checkLabels(completed.metadata),
    ...wrong,
    ...(wrong.length === 0 ? (kind.check?.(completed) ?? []) : []),
  ];
  return { resource: completed, problems };
}

/** What cannot become of a resource that is stored. Both must have been admitted. */
export const checkChange = (kind: Kind, next: Resource, previous: Resource): Problem[] =>
  kind.checkUpdate?.(next, previous) ?? [];

/** What is wrong with a part of a resource whose other parts were admitted before; costs what the part costs. */
export function checkPart({ schema }: Kind, path: Path, part: unknown): Problem[] {
  const inner = innerSchema(schema, path);
  return inner ? checkSchema(inner, part, path) : [];
}

/** What the store says of a namespace. */
export type NamespaceState = 'absent' | 'active' | 'terminating';

/** Whether something can be made in a namespace. (kubernetes-api §5.2) */
export function checkNamespace(name: string, state: NamespaceState): Problem[] {
  if (state === 'active') return [];
  return [state === 'absent' ? namespaceNotFound(name) : namespaceTerminating(name)];
}

/** A resource where it belongs, in the version in which its kind is kept. */
function inPlace({ apiVersion, namespaced }: Kind, resource: Resource): Resource {
  const { namespace, ...metadata } = resource.metadata;
  return {
    ...resource,
    apiVersion,
    metadata: { ...metadata, ...(namespaced && { namespace: namespace || 'default' }) },
  };
}

const checkNamespaceName = ({ metadata: { namespace } }: Resource): Problem[] =>
  typeof namespace === 'string' && namespace !== ''
    ? checkName(nameRules.label, namespace, ['metadata', 'namespace'])
    : [];

/** Empty texts count as missing, where a resource could not be addressed without them. */
function emptyIdentity({ apiVersion, kind, metadata }: Resource): Problem[] {
  const identity: readonly [readonly string[], unknown][] = [
    [['apiVersion'], apiVersion],
    [['kind'], kind],
    [['metadata', 'name'], metadata.name],
  ];
  return identity.filter(([, text]) => text === '').map(([path]) => required(path));
}
