import { type Path, type Problem, patternMismatch, required, tooLong, unsupported, wrongType } from './problem.ts';
import type { Schema } from './schema.ts';

type Members = Readonly<Record<string, unknown>>;

/** Everything about a value that its schema does not allow. (application-cr §9) */
export function checkSchema(schema: Schema, value: unknown, path: Path = []): Problem[] {
  if (value === null && schema.nullable) return [];
  const found = typeOf(value);
  if (found !== schema.type && !(found === 'integer' && schema.type === 'number')) {
    return [wrongType(path, found, schema.type)];
  }
  if (typeof value === 'string') return checkText(schema, value, path);
  if (Array.isArray(value)) return checkItems(schema, value, path);
  return found === 'object' ? checkMembers(schema, value as Members, path) : [];
}

/** A copy as Kubernetes stores it: members that are `null` without being allowed to are left out, defaults filled in. */
export function withDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value))
    return schema.items ? value.map((item) => withDefaults(schema.items as Schema, item)) : value;
  if (typeOf(value) !== 'object') return value;
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value as Members)) {
    const inner = memberSchema(schema, name);
    if (member === null && inner && !inner.nullable) continue;
    Object.defineProperty(result, name, { ...ownMember, value: inner ? withDefaults(inner, member) : member });
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    if (inner.default !== undefined && result[name] === undefined) result[name] = inner.default;
  }
  return result;
}

const ownMember = { enumerable: true, configurable: true, writable: true } as const;

function checkText(schema: Schema, value: string, path: Path): Problem[] {
  if (schema.enum && !schema.enum.includes(value)) return [unsupported(path, value, schema.enum)];
  const problems: Problem[] = [];
  if (schema.maxLength !== undefined && [...value].length > schema.maxLength) {
    problems.push(tooLong(path, schema.maxLength));
  }
  if (schema.pattern && !new RegExp(schema.pattern).test(value)) {
    problems.push(patternMismatch(path, value, schema.pattern));
  }
  return problems;
}

function checkItems(schema: Schema, value: readonly unknown[], path: Path): Problem[] {
  const { items } = schema;
  return items ? value.flatMap((item, index) => checkSchema(items, item, [...path, index])) : [];
}

function checkMembers(schema: Schema, value: Members, path: Path): Problem[] {
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name) || value[name] === undefined);
  const present = Object.entries(value).flatMap(([name, member]) => {
    const inner = memberSchema(schema, name);
    return inner && member !== undefined ? checkSchema(inner, member, [...path, name]) : [];
  });
  return [...missing.map((name) => required([...path, name])), ...present];
}

const memberSchema = ({ properties, additionalProperties }: Schema, name: string): Schema | undefined =>
  properties && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
