import { isMembers, memberSchema, type Schema } from '../../resources/schema.ts';

/**
 * A set of fields in the form of `fieldsV1`: `f:` a member, `k:` an item of a list by its keys, `v:` a value of a set,
 * `.` the thing itself. A branch without members is a field of the set. (kubernetes-api §6.4)
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

const leaf: FieldSet = Object.freeze({});
const item: FieldSet = Object.freeze({ '.': leaf });

const isEmpty = (set: FieldSet) => Object.keys(set).length === 0;

/** What a value consists of, one level down: by element of a field set, with the schema of each part. */
interface Part {
  readonly value: unknown;
  readonly schema: Schema | undefined;
  /** Items of lists are fields themselves besides what is in them. */
  readonly isItem: boolean;
}

/** The parts of a value that are owned one by one; undefined for what is owned as a whole. */
function partsOf(value: unknown, schema: Schema | undefined): Map<string, Part> | undefined {
  if (isMembers(value)) {
    if (schema?.['x-kubernetes-map-type'] === 'atomic') return undefined;
    return new Map(
      Object.entries(value).map(([name, member]) => [
        `f:${name}`,
        { value: member, schema: schema && memberSchema(schema, name), isItem: false },
      ]),
    );
  }
  return Array.isArray(value) ? listParts(value, schema) : undefined;
}

function listParts(list: readonly unknown[], schema: Schema | undefined): Map<string, Part> | undefined {
  const type = schema?.['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return undefined;
  const parts = list.map((value): [string, Part] => [
    type === 'set' ? `v:${JSON.stringify(value)}` : itemElement(value, schema),
    { value, schema: schema?.items, isItem: true },
  ]);
  return new Map(parts);
}

/** How the item of a list is called: by its keys in the order of their names. */
export function itemElement(value: unknown, schema: Schema | undefined): string {
  const keys = [...(schema?.['x-kubernetes-list-map-keys'] ?? [])].sort();
  const members = isMembers(value) ? value : {};
  const defaults = schema?.items?.properties ?? {};
  const given = keys.flatMap((key): [string, unknown][] => {
    const member = members[key] ?? defaults[key]?.default;
    return member === undefined ? [] : [[key, member]];
  });
  return `k:${JSON.stringify(Object.fromEntries(given))}`;
}

/** Every field of a value. */
export function fieldsOf(value: unknown, schema: Schema | undefined): FieldSet {
  const parts = partsOf(value, schema);
  if (!parts || parts.size === 0) return leaf;
  return fromParts(parts, (part) => fieldsOf(part.value, part.schema));
}

function fromParts(parts: Map<string, Part>, of: (part: Part, element: string) => FieldSet | undefined): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const [element, part] of parts) {
    const set = of(part, element);
    if (set) result[element] = part.isItem && !element.startsWith('v:') ? { ...item, ...set } : set;
  }
  return result;
}

/** The fields of `next` that are not in `previous` or have another value there; undefined when there are none. */
export function changedFields(previous: unknown, next: unknown, schema: Schema | undefined): FieldSet | undefined {
  if (previous === next) return undefined;
  const parts = partsOf(next, schema);
  const before = partsOf(previous, schema);
  if (!parts || !before || parts.size === 0) {
    return isSame(previous, next) ? undefined : fieldsOf(next, schema);
  }
  const result: Record<string, FieldSet> = {};
  for (const [element, part] of parts) {
    const old = before.get(element);
    const changed = old ? changedFields(old.value, part.value, part.schema) : newFields(part, element);
    if (changed) result[element] = changed;
  }
  return isEmpty(result) ? undefined : result;
}

const newFields = (part: Part, element: string): FieldSet => {
  const set = fieldsOf(part.value, part.schema);
  return part.isItem && !element.startsWith('v:') ? { ...item, ...set } : set;
};

export const isSame = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((value, index) => isSame(value, right[index]));
  }
  if (!isMembers(left) || !isMembers(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && isSame(left[name], right[name]))
  );
};

/** The fields of either set. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(left)) return right;
  if (isEmpty(right)) return left;
  const result: Record<string, FieldSet> = { ...left };
  for (const [element, set] of Object.entries(right)) {
    const own = left[element];
    result[element] = own ? union(own, set) : set;
  }
  return result;
}

/** The fields of `left` that are not in `right`; undefined when none is left. */
export function difference(left: FieldSet, right: FieldSet): FieldSet | undefined {
  if (isEmpty(left)) return isEmpty(right) || right['.'] ? undefined : left;
  if (isEmpty(right)) {
    const { '.': _, ...inside } = left;
    return isEmpty(inside) ? undefined : inside;
  }
  const result: Record<string, FieldSet> = {};
  for (const [element, set] of Object.entries(left)) {
    const other = right[element];
    const rest = other ? difference(set, other) : set;
    if (rest) result[element] = rest;
  }
  return isEmpty(result) ? undefined : result;
}

/** The paths of the fields that are in both sets. */
export function common(left: FieldSet, right: FieldSet, path: readonly string[] = []): (readonly string[])[] {
  if (isEmpty(left)) return isEmpty(right) || right['.'] ? [path] : [];
  if (isEmpty(right)) return left['.'] ? [path] : [];
  return Object.entries(left).flatMap(([element, set]) => {
    const other = right[element];
    if (!other || element === '.') return [];
    return common(set, other, [...path, element]);
  });
}

/** The fields of a set that a value has; undefined when it has none of them. */
export function existing(set: FieldSet, value: unknown, schema: Schema | undefined): FieldSet | undefined {
  if (isEmpty(set)) return set;
  const parts = partsOf(value, schema);
  if (!parts) return undefined;
  const result: Record<string, FieldSet> = {};
  for (const [element, inner] of Object.entries(set)) {
    if (element === '.') {
      result['.'] = leaf;
      continue;
    }
    const part = parts.get(element);
    const rest = part && existing(inner, part.value, part.schema);
    if (rest) result[element] = rest;
  }
  return isEmpty(result) ? undefined : result;
}

/** A value without the fields of a set; undefined when nothing is left. */
export function without(value: unknown, set: FieldSet, schema: Schema | undefined): unknown {
  if (isEmpty(set)) return undefined;
  if (isMembers(value)) {
    const kept = Object.entries(value).flatMap(([name, member]) => {
      const inner = set[`f:${name}`];
      const rest = inner ? without(member, inner, schema && memberSchema(schema, name)) : member;
      return rest === undefined ? [] : [[name, rest] as const];
    });
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }
  const parts = partsOf(value, schema);
  if (!parts) return value;
  const kept = [...parts].flatMap(([element, part]) => {
    const inner = set[element];
    if (!inner) return [part.value];
    if (isEmpty(inner) || inner['.']) return [];
    const rest = without(part.value, inner, part.schema);
    return rest === undefined ? [] : [rest];
  });
  return kept.length === 0 ? undefined : kept;
}

/** A path as messages show it: `.spec.ports[port=80,protocol="TCP"].name`. */
export const pathText = (path: readonly string[]) => path.map(elementText).join('');

function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys = JSON.parse(rest) as Record<string, unknown>;
  const shown = Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `[${shown.join(',')}]`;
}
