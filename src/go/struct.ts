import { atOnce, type Steps } from '../core/give-way.ts';
import { type GoNode, GoSyntaxError, goJsonReading, type Unread } from './json-parser.ts';
import { compacting } from './json-text.ts';

/**
 * Reading JSON into a typed value with the rules and the error texts of Go's decoder: member names match in any case,
 * unknown members are ignored, `null` leaves a value as it is, of duplicates the last scalar wins and objects merge.
 * (connector-service §2.3, §15.5, §15.7; metadata-service §5.2, §6.5)
 */
export type GoType =
  | { readonly kind: 'string' }
  | { readonly kind: 'slice'; readonly of: GoType }
  | { readonly kind: 'map'; readonly of: GoType }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: Readonly<Record<string, GoType>> }
  /** Any value, kept as it was written, without the blanks outside of strings. */
  | { readonly kind: 'raw' };

/** Well-formed JSON of another shape than the type; the message is Go's own. */
export class GoTypeError extends Error {}

export const goString: GoType = { kind: 'string' };
export const goRaw: GoType = { kind: 'raw' };
export const goSlice = (of: GoType): GoType => ({ kind: 'slice', of });
export const goMap = (of: GoType): GoType => ({ kind: 'map', of });
export const goStruct = (name: string, fields: Record<string, GoType>): GoType => ({ kind: 'struct', name, fields });

type Decoded = string | null | Decoded[] | { [key: string]: Decoded };

export interface GoDecodeOptions {
  /** How a type error names its place: from Go 1.14 on by the whole path, before by the last member alone. */
  readonly place?: 'path' | 'member' | undefined;
}

/**
 * Decodes a JSON text. Absent members are absent in the result; a present `null` is absent too, except in slices and
 * maps, where it is the empty value.
 * @throws GoSyntaxError, GoTypeError with Go's texts; only the first type error is told
 */
export const decodeGo = (text: string, type: GoType, options?: GoDecodeOptions): unknown =>
  atOnce(goDecoding(text, type, options));

/** The same in portions, for a text that may be long. */
export function* goDecoding(
  text: string,
  type: GoType,
  { place: naming = 'path' }: GoDecodeOptions = {},
): Steps<unknown> {
  const node = yield* goJsonReading(text, (path) => unread(type, path));
  const decoder = new Decoder(text, naming);
  const value = yield* decoder.read(node, type, { struct: undefined, path: [] }, undefined);
  if (decoder.mismatch) throw new GoTypeError(decoder.mismatch);
  return value ?? emptyOf(type);
}

export { GoSyntaxError };

/** Members that are kept as written, and those that the type does not know, are not looked into. */
function unread(type: GoType, path: readonly string[]): ReturnType<Unread> {
  let inner: GoType | undefined = type;
  for (const key of path) {
    while (inner?.kind === 'slice') inner = inner.of;
    if (inner?.kind === 'map') inner = inner.of;
    else if (inner?.kind === 'struct') inner = inner.fields[fieldFor(inner.fields, key) ?? ''];
    else return undefined;
  }
  if (inner === undefined) return 'forgotten';
  return inner.kind === 'raw' ? 'kept' : undefined;
}

/** Values between two pauses. */
const PAUSE = 256;

interface Place {
  /** The struct whose field is being read; undefined at the top. */
  readonly struct: string | undefined;
  readonly path: readonly string[];
}

class Decoder {
  mismatch: string | undefined;
  readonly #text: string;
  readonly #naming: 'path' | 'member';
  #count = 0;

  constructor(text: string, naming: 'path' | 'member') {
    this.#text = text;
    this.#naming = naming;
  }

  *read(node: GoNode, type: GoType, place: Place, before: Decoded | undefined): Steps<Decoded | undefined> {
    if (++this.#count % PAUSE === 0) yield;
    if (type.kind === 'raw') return yield* compacting(this.#text.slice(node.start, node.end));
    if (node.kind === 'null') return before;
    switch (type.kind) {
      case 'string':
        return node.kind === 'string' ? (node.scalar as string) : this.#refuse(node, type, place, before);
      case 'slice':
        return node.items ? yield* this.#slice(node.items, type.of, place) : this.#refuse(node, type, place, before);
      case 'map':
        return node.members ? yield* this.#map(node, type.of, place, before) : this.#refuse(node, type, place, before);
      case 'struct':
        return node.members ? yield* this.#struct(node, type, place, before) : this.#refuse(node, type, place, before);
    }
  }

  *#slice(items: readonly GoNode[], of: GoType, place: Place): Steps<Decoded> {
    const result: Decoded[] = [];
    for (const item of items) result.push((yield* this.read(item, of, place, undefined)) ?? emptyOf(of));
    return result;
  }

  *#map(node: GoNode, of: GoType, place: Place, before: Decoded | undefined): Steps<Decoded> {
    const result = Object.assign(Object.create(null), before) as Record<string, Decoded>;
    for (const { key, value } of node.members ?? []) {
      result[key] = (yield* this.read(value, of, place, undefined)) ?? emptyOf(of);
    }
    return result;
  }

  *#struct(node: GoNode, type: GoType & { kind: 'struct' }, place: Place, before: Decoded | undefined): Steps<Decoded> {
    const result = { ...(before as Record<string, Decoded> | undefined) };
    for (const { key, value } of node.members ?? []) {
      const field = fieldFor(type.fields, key);
      if (field === undefined) continue;
      const inside = { struct: shortName(type.name), path: [...place.path, field] };
      const fieldType = type.fields[field] as GoType;
      const read = yield* this.read(value, fieldType, inside, result[field]);
      // Structs are held by pointers, which `null` takes away like maps and slices; texts stay.
      if (read === undefined || (value.kind === 'null' && !keepsNull(fieldType))) delete result[field];
      else result[field] = read;
    }
    return result;
  }

  #refuse(node: GoNode, type: GoType, place: Place, before: Decoded | undefined): Decoded | undefined {
    const path = this.#naming === 'path' ? place.path.join('.') : place.path.at(-1);
    const target = place.struct
      ? `Go struct field ${place.struct}.${path} of type ${typeName(type)}`
      : `Go value of type ${typeName(type)}`;
    this.mismatch ??= `json: cannot unmarshal ${node.kind} into ${target}`;
    return before;
  }
}

const keepsNull = ({ kind }: GoType) => kind === 'string' || kind === 'raw';

/** The names of fields by their folded spelling, the first one of each. */
const foldedNames = new WeakMap<object, ReadonlyMap<string, string>>();

/** The exact spelling first, then any case; `ſ` and the Kelvin sign fold to `s` and `k` as they do in Go. */
function fieldFor(fields: Readonly<Record<string, GoType>>, key: string): string | undefined {
  if (Object.hasOwn(fields, key)) return key;
  let names = foldedNames.get(fields);
  if (!names) {
    const all = Object.keys(fields);
    names = new Map(all.toReversed().map((name) => [fold(name), name]));
    foldedNames.set(fields, names);
  }
  return names.get(fold(key));
}

const fold = (key: string) => key.toLowerCase().replaceAll('\u017f', 's').replaceAll('\u212a', 'k');
const shortName = (name: string) => name.slice(name.lastIndexOf('.') + 1);

function typeName(type: GoType): string {
  switch (type.kind) {
    case 'string':
      return 'string';
    case 'slice':
      return `[]${typeName(type.of)}`;
    case 'map':
      return `map[string]${typeName(type.of)}`;
    case 'struct':
      return type.name;
    case 'raw':
      return 'json.RawMessage';
  }
}

function emptyOf(type: GoType): Decoded {
  if (type.kind === 'string') return '';
  if (type.kind === 'struct') return {};
  return null;
}
