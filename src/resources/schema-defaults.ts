import { setMember } from '../core/set-member.ts';
import { isMembers, memberSchema, type Schema } from './schema.ts';

/**
 * A copy as Kubernetes stores it: members that are `null` without being allowed to are left out, defaults filled in.
 * (kubernetes-api §5.3)
 */
export function withDefaults(schema: Schema, value: unknown): unknown {
  const { items } = schema;
  if (Array.isArray(value)) return items ? value.map((item) => withDefaults(items, item)) : value;
  if (!isMembers(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const inner = memberSchema(schema, name);
    if (member === null && inner && !inner.nullable) continue;
    setMember(result, name, inner ? withDefaults(inner, member) : member);
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    if (inner.default !== undefined && result[name] === undefined) result[name] = withDefaults(inner, inner.default);
  }
  return result;
}
