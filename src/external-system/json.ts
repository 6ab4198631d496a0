import { atOnce, type Steps } from '../core/give-way.ts';
import { RawJson } from '../go/json.ts';
import { type Making, readInSteps } from '../go/json-parser.ts';

/** Plain objects keep their order, as Go's structs do; maps are written in the order of their keys, as Go's maps. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | ReadonlyMap<string, Json>
  | { readonly [key: string]: Json };

/** JSON with an indentation of two, without escaping of `< > &`, ended by a line feed. (httpbin §2) */
export const renderJson = (value: Json): string => atOnce(rendering(value));

/** The same in portions, for what may be long. */
export const rendering = (value: Json): Steps<string> => indenting(value, { separator: ',', scalar, membersOf });

/** What differs between the flavors. */
export interface Style<V> {
  /** Behind a member or an item. */
  readonly separator: string;
  readonly scalar: (value: V) => string;
  /** The members of an object in the order in which they are written. */
  readonly membersOf: (value: V) => (readonly [string, V])[];
}

/** Values between two pauses. */
const PAUSE = 256;
/** Characters of an answer; deep nesting would make a small body as large as one likes. */
const MAX_LENGTH = 64 * 1024 * 1024;

/** JSON with an indentation of two, ended by a line feed. @throws Error when it becomes far too long */
export function* indenting<V>(whole: V, { separator, scalar, membersOf }: Style<V>): Steps<string> {
  let count = 0;
  let length = 0;
  function* write(value: V, indent: string): Steps<string> {
    if (++count % PAUSE === 0) yield;
    if (typeof value !== 'object' || value === null || value instanceof RawJson) return scalar(value);
    const inner = `${indent}  `;
    let text = '';
    const add = (part: string) => {
      length += part.length + inner.length;
      if (length > MAX_LENGTH) throw new Error('the answer is too long');
      text += `${text === '' ? '' : separator}\n${inner}${part}`;
    };
    if (Array.isArray(value)) {
      for (const item of value as V[]) add(yield* write(item, inner));
      return text === '' ? '[]' : `[${text}\n${indent}]`;
    }
    for (const [key, member] of membersOf(value)) add(`${scalar(key as V)}: ${yield* write(member, inner)}`);
    return text === '' ? '{}' : `{${text}\n${indent}}`;
  }
  return `${yield* write(whole, '')}\n`;
}

/** JSON in one line, with Go's escaping of `< > &`. */
export const renderJsonLine = (value: Json): string =>
  `${compact(value).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`;

function compact(value: Json): string {
  if (typeof value !== 'object' || value === null) return scalar(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(compact).join()}]`;
  return `{${membersOf(value).map(([key, member]) => `${quote(key)}:${compact(member)}`)}}`;
}

type Members = ReadonlyMap<string, Json> | { readonly [key: string]: Json };

const membersOf = (value: Json): [string, Json][] =>
  value instanceof Map ? inByteOrder([...(value as Map<string, Json>)]) : Object.entries(value as Members);

function scalar(value: Json): string {
  if (typeof value === 'string') return quote(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** Go sorts keys by their bytes; up to the surrogates, the units of UTF-16 have the same order. */
function inByteOrder<T>(members: [string, T][]): [string, T][] {
  if (!members.some(([key]) => /[\ud800-\uffff]/.test(key))) {
    return members.sort(([left], [right]) => (left < right ? -1 : 1));
  }
  return members
    .map((member) => ({ member, bytes: Buffer.from(member[0]) }))
    .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
    .map(({ member }) => member);
}

const quote = (text: string) =>
  JSON.stringify(text).replace(/[\u2028\u2029]/g, (character) => (character === '\u2028' ? '\\u2028' : '\\u2029'));

/** A number beyond the range of Go's float64. */
export class NumberRangeError extends Error {}

/**
 * Reads JSON with Go's error texts; all numbers become floating point numbers.
 * @throws GoSyntaxError, NumberRangeError
 */
export const readJson = (text: string): Json => atOnce(reading(text));

/** The same in portions, for a text that may be long. */
export const reading = (text: string): Steps<Json> => readInSteps(text, treesOf(numberOf));

/** What JSON holds, with numbers of one's own. */
export type Tree<N> = string | boolean | null | N | readonly Tree<N>[] | ReadonlyMap<string, Tree<N>>;

/** @param readNumber makes a number from its spelling */
export const treesOf = <N>(readNumber: (spelling: string) => N): Making<Tree<N>> => ({
  scalar(kind, _start, _end, scalar) {
    if (kind === 'null') return null;
    return kind === 'number' ? readNumber(String(scalar)) : (scalar ?? null);
  },
  array: () => [],
  add: (array, item) => (array as Tree<N>[]).push(item),
  object: () => new Map(),
  set: (object, key, value) => (object as Map<string, Tree<N>>).set(key, value),
});

function numberOf(spelling: string): number {
  const value = Number(spelling);
  if (Number.isFinite(value)) return value;
  throw new NumberRangeError(`json: cannot unmarshal number ${spelling} into Go value of type float64`);
}
