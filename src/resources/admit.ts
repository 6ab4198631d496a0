import { versionOf } from './kind.ts';
import { findKind } from './kinds.ts';
import { checkName } from './name-rules.ts';
import { type Path, type Problem, required } from './problem.ts';
import type { Resource } from './resource.ts';
import { memberNames, type Schema } from './schema.ts';
import { checkSchema } from './schema-check.ts';
import { withDefaults } from './schema-defaults.ts';
import { prune } from './schema-prune.ts';
import { schemaOfResource } from './whole-schema.ts';

/** The outcome of looking at a resource at the door. */
export interface Admission {
  /** As it is to be stored: completed and with defaults. Only meaningful without problems. */
  readonly resource: Resource;
  readonly problems: readonly Problem[];
  /** What was left out, because the schema of the kind does not know it. (kubernetes-api §5.3) */
  readonly unknown: readonly UnknownMember[];
}

export interface UnknownMember {
  readonly path: Path;
  /** The names of the members that could be in its place. */
  readonly known: readonly string[];
}

const textMap: Schema = { type: 'object', additionalProperties: { type: 'string' } };

/** What every resource must have; of `metadata` as much as somebody relies on. */
const resourceSchema: Schema = {
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        namespace: { type: 'string' },
        labels: textMap,
        annotations: textMap,
        finalizers: { type: 'array', items: { type: 'string' } },
      },
    },
  },
};

/**
 * Completes a resource, leaves out what its schema does not know and checks it: identity for every kind, name and
 * content for the kinds that are known. Resources of namespaced kinds belong to `default` unless they say otherwise,
 * those of cluster-scoped kinds to no namespace.
 */
export function admit(value: unknown): Admission {
  const plain = withDefaults(resourceSchema, value) as Resource;
  const malformed = checkSchema(resourceSchema, plain);
  const problems = malformed.length > 0 ? malformed : emptyIdentity(plain);
  const kind = problems.length > 0 ? undefined : findKind(plain);
  const version = kind && versionOf(kind, plain.apiVersion);
  if (!version) return { resource: plain, problems, unknown: [] };

  const wholeSchema = schemaOfResource(kind, version);
  const { value: pruned, unknown } = prune(wholeSchema, plain);
  const known = pruned as Resource;
  const { namespace, ...metadata } = known.metadata;
  const place = kind.namespaced ? { namespace: namespace || 'default' } : {};
  // All versions of a kind are kept in one.
  const placed = { ...known, apiVersion: kind.apiVersion, metadata: { ...metadata, ...place } };
  const filled = withDefaults(version.schema, placed) as Resource;
  const resource = kind.complete?.(filled) ?? filled;
  const wrong = [...checkName(kind.nameRule, resource.metadata.name), ...checkSchema(version.schema, resource)];
  return {
    resource,
    problems: wrong.length > 0 ? wrong : (kind.check?.(resource) ?? []),
    unknown: unknown.map((path) => ({ path, known: memberNames(wholeSchema, path.slice(0, -1)) })),
  };
}

/** Empty texts count as missing, where a resource could not be addressed without them. */
function emptyIdentity({ apiVersion, kind, metadata }: Resource): Problem[] {
  const identity: readonly [readonly string[], unknown][] = [
    [['apiVersion'], apiVersion],
    [['kind'], kind],
    [['metadata', 'name'], metadata.name],
  ];
  return identity.filter(([, text]) => text === '').map(([path]) => required(path));
}
