import type { Path } from './problem.ts';
import { isMembers, type Schema } from './schema.ts';

/** A value without what its schema does not know, and where that was. */
export interface Pruned {
  readonly value: unknown;
  /** The first hundred of them. */
  readonly unknown: readonly Path[];
}

/** As many unknown members as an API server names. */
const MAX_TOLD = 100;

/** What every embedded resource may have besides what its schema says. */
const identity = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Leaves out the members that a schema does not know, as Kubernetes does when a resource is written; parts where
 * unknown members are kept stay as they are. A value without any is handed back as it came. (kubernetes-api §5.3)
 */
export function prune(schema: Schema, value: unknown): Pruned {
  const unknown: Path[] = [];
  return { value: visit(schema, value, [], unknown), unknown };
}

function visit(schema: Schema, value: unknown, path: Path, unknown: Path[]): unknown {
  if (Array.isArray(value)) return visitItems(schema, value, path, unknown);
  if (!isMembers(value)) return value;
  const keeps = keepsUnknown(schema);
  const kept: [string, unknown][] = [];
  let changed = false;
  for (const [name, member] of Object.entries(value)) {
    const inner = innerSchema(schema, name);
    if (inner === undefined && !keeps) {
      if (unknown.length < MAX_TOLD) unknown.push([...path, name]);
      changed = true;
      continue;
    }
    const visited = inner ? visit(inner, member, [...path, name], unknown) : member;
    changed ||= visited !== member;
    kept.push([name, visited]);
  }
  return changed ? Object.fromEntries(kept) : value;
}

function visitItems(schema: Schema, value: readonly unknown[], path: Path, unknown: Path[]): unknown {
  const { items } = schema;
  if (!items) return value;
  const visited = value.map((item, index) => visit(items, item, [...path, index], unknown));
  return visited.every((item, index) => item === value[index]) ? value : visited;
}

const anything: Schema = { 'x-kubernetes-preserve-unknown-fields': true };

function innerSchema(schema: Schema, name: string): Schema | undefined {
  const { properties, additionalProperties } = schema;
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  if (additionalProperties === true) return anything;
  if (typeof additionalProperties === 'object') return additionalProperties;
  return schema['x-kubernetes-embedded-resource'] && identity.has(name) ? anything : undefined;
}

const keepsUnknown = (schema: Schema) => schema['x-kubernetes-preserve-unknown-fields'] === true;
