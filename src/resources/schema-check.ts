import { readPattern } from './pattern.ts';
import {
  invalidValue,
  outOfRange,
  type Path,
  type Problem,
  patternMismatch,
  required,
  tooLong,
  tooMany,
  unsupported,
  wrongType,
} from './problem.ts';
import { isMembers, memberSchema, type Schema, typeOf } from './schema.ts';

type Members = Readonly<Record<string, unknown>>;

/** Everything about a value that its schema does not allow. (application-cr §9, kubernetes-api §8) */
export function checkSchema(schema: Schema, value: unknown, path: Path = []): Problem[] {
  if (value === null && schema.nullable) return [];
  const found = typeOf(value);
  if (!typeFits(schema, found)) return [wrongType(path, found, wantedType(schema))];
  const problems = checkContent(schema, value, path);
  return isCombined(schema) ? [...problems, ...checkCombinations(schema, value, path)] : problems;
}

const isCombined = ({ allOf, anyOf, oneOf, not }: Schema) => Boolean(allOf ?? anyOf ?? oneOf ?? not);

function typeFits(schema: Schema, found: string): boolean {
  if (schema['x-kubernetes-int-or-string']) return found === 'integer' || found === 'string';
  return schema.type === undefined || found === schema.type || (found === 'integer' && schema.type === 'number');
}

const wantedType = (schema: Schema) => (schema['x-kubernetes-int-or-string'] ? 'integer,string' : (schema.type ?? ''));

function checkContent(schema: Schema, value: unknown, path: Path): Problem[] {
  const problems = schema.enum ? checkEnum(schema.enum, value, path) : [];
  if (typeof value === 'string') problems.push(...checkText(schema, value, path));
  else if (typeof value === 'number') problems.push(...checkNumber(schema, value, path));
  else if (Array.isArray(value)) problems.push(...checkItems(schema, value, path));
  else if (isMembers(value)) problems.push(...checkMembers(schema, value, path));
  return problems;
}

const checkEnum = (allowed: readonly unknown[], value: unknown, path: Path): Problem[] =>
  allowed.includes(value) ? [] : [unsupported(path, String(value), allowed.map(String))];

function checkText(schema: Schema, value: string, path: Path): Problem[] {
  const problems: Problem[] = [];
  const length = schema.minLength !== undefined || schema.maxLength !== undefined ? [...value].length : 0;
  if (schema.maxLength !== undefined && length > schema.maxLength) problems.push(tooLong(path, schema.maxLength));
  if (schema.minLength !== undefined && length < schema.minLength) {
    problems.push(outOfRange(path, value, `should be at least ${schema.minLength} chars long`));
  }
  if (schema.pattern && !matches(schema, value)) problems.push(patternMismatch(path, value, schema.pattern));
  return problems;
}

/** Patterns are read once for each schema. */
const patterns = new WeakMap<Schema, ReturnType<typeof readPattern>>();

/** One that cannot be read refuses nothing. */
function matches(schema: Schema, value: string): boolean {
  if (!patterns.has(schema)) patterns.set(schema, readPattern(schema.pattern ?? ''));
  return patterns.get(schema)?.(value) ?? true;
}

/** The limits of numbers, each with how its message ends. */
function checkNumber(schema: Schema, value: number, path: Path): Problem[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const limits: readonly [boolean, string][] = [
    [minimum !== undefined && !exclusiveMinimum && value < minimum, `should be greater than or equal to ${minimum}`],
    [minimum !== undefined && exclusiveMinimum === true && value <= minimum, `should be greater than ${minimum}`],
    [maximum !== undefined && !exclusiveMaximum && value > maximum, `should be less than or equal to ${maximum}`],
    [maximum !== undefined && exclusiveMaximum === true && value >= maximum, `should be less than ${maximum}`],
    [multipleOf !== undefined && value % multipleOf !== 0, `should be a multiple of ${multipleOf}`],
  ];
  return limits.filter(([broken]) => broken).map(([, rule]) => outOfRange(path, value, rule));
}

function checkItems(schema: Schema, value: readonly unknown[], path: Path): Problem[] {
  const { items, minItems, maxItems } = schema;
  const problems: Problem[] = [];
  if (minItems !== undefined && value.length < minItems) {
    problems.push(outOfRange(path, value.length, `should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && value.length > maxItems) problems.push(tooMany(path, value.length, maxItems));
  return items
    ? [...problems, ...value.flatMap((item, index) => checkSchema(items, item, [...path, index]))]
    : problems;
}

function checkMembers(schema: Schema, value: Members, path: Path): Problem[] {
  const { minProperties, maxProperties } = schema;
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name) || value[name] === undefined);
  const problems = missing.map((name) => required([...path, name]));
  for (const [name, member] of Object.entries(value)) {
    const inner = memberSchema(schema, name);
    if (!inner || member === undefined) continue;
    for (const problem of checkSchema(inner, member, [...path, name])) problems.push(problem);
  }
  const count = Object.keys(value).length;
  if (minProperties !== undefined && count < minProperties) {
    problems.push(outOfRange(path, count, `should have at least ${minProperties} properties`));
  }
  if (maxProperties !== undefined && count > maxProperties) problems.push(tooMany(path, count, maxProperties));
  return problems;
}

/** `allOf`, `anyOf`, `oneOf` and `not`: what the branches find is not told, as in Kubernetes. */
function checkCombinations(schema: Schema, value: unknown, path: Path): Problem[] {
  const fits = (branch: Schema) => checkSchema({ ...branch, nullable: true }, value, path).length === 0;
  const problems = (schema.allOf ?? []).flatMap((branch) => checkSchema(branch, value, path));
  const says = (rule: string) => problems.push(invalidValue(path, combination(path, rule), ''));
  if (schema.anyOf && !schema.anyOf.some(fits)) says('must validate at least one schema (anyOf)');
  if (schema.oneOf && schema.oneOf.filter(fits).length !== 1) says('must validate one and only one schema (oneOf)');
  if (schema.not && fits(schema.not)) says('must not validate the schema (not)');
  return problems;
}

const combination = (path: Path, rule: string) => `${path.length > 0 ? `"${path.join('.')}" ` : ''}${rule}`;
