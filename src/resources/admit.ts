import { versionOf } from './kind.ts';
import { findKind } from './kinds.ts';
import { checkName } from './name-rules.ts';
import { type Problem, required } from './problem.ts';
import type { Resource } from './resource.ts';
import type { Schema } from './schema.ts';
import { checkSchema } from './schema-check.ts';
import { withDefaults } from './schema-defaults.ts';

/** The outcome of looking at a resource at the door. */
export interface Admission {
  /** As it is to be stored: completed and with defaults. Only meaningful without problems. */
  readonly resource: Resource;
  readonly problems: readonly Problem[];
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
 * Completes a resource and checks it: identity for every kind, name and content for the kinds that are known. Resources
 * of namespaced kinds belong to `default` unless they say otherwise, those of cluster-scoped kinds to no namespace.
 */
export function admit(value: unknown): Admission {
  const plain = withDefaults(resourceSchema, value) as Resource;
  const malformed = checkSchema(resourceSchema, plain);
  const problems = malformed.length > 0 ? malformed : emptyIdentity(plain);
  if (problems.length > 0) return { resource: plain, problems };
  const kind = findKind(plain);
  const version = kind && versionOf(kind, plain.apiVersion);
  if (!version) return { resource: plain, problems };

  const { namespace, ...metadata } = plain.metadata;
  const place = kind.namespaced ? { namespace: namespace || 'default' } : {};
  // All versions of a kind are kept in one.
  const placed = { ...plain, apiVersion: kind.apiVersion, metadata: { ...metadata, ...place } };
  const filled = withDefaults(version.schema, placed) as Resource;
  const resource = kind.complete?.(filled) ?? filled;
  const wrong = [...checkName(kind.nameRule, resource.metadata.name), ...checkSchema(version.schema, resource)];
  return { resource, problems: wrong.length > 0 ? wrong : (kind.check?.(resource) ?? []) };
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
