import { type GoNode, parseGoJson } from '../go/json.ts';

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
export const renderJson = (value: Json): string => `${render(value, '')}\n`;

/** JSON in one line, with Go's escaping of `< > &`. */
export const renderJsonLine = (value: Json): string =>
  `${compact(value).replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)}\n`;

function compact(value: Json): string {
  if (typeof value !== 'object' || value === null) return render(value, '');
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(compact).join()}]`;
  return `{${membersOf(value as Members).map(([key, member]) => `${quote(key)}:${compact(member)}`)}}`;
}

type Members = ReadonlyMap<string, Json> | { readonly [key: string]: Json };

const membersOf = (value: Members): [string, Json][] =>
  value instanceof Map ? inByteOrder([...(value as Map<string, Json>)]) : Object.entries(value);

function render(value: Json, indent: string): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return wrap(
      '[',
      ']',
      indent,
      (value as readonly Json[]).map((item) => render(item, inner)),
    );
  }
  return wrap(
    '{',
    '}',
    indent,
    membersOf(value as Members).map(([key, member]) => `${quote(key)}: ${render(member, inner)}`),
  );
}

function wrap(open: string, close: string, indent: string, items: string[]): string {
  if (items.length === 0) return open + close;
  return `${open}\n${indent}  ${items.join(`,\n${indent}  `)}\n${indent}${close}`;
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
export const readJson = (text: string): Json => fromNode(parseGoJson(text), numberOf);

/** What JSON holds, with numbers of one's own. */
type Tree<N> = string | boolean | null | N | readonly Tree<N>[] | ReadonlyMap<string, Tree<N>>;

/** @param readNumber makes a number from its spelling */
export function fromNode<N>(node: GoNode, readNumber: (spelling: string) => N): Tree<N> {
  switch (node.kind) {
    case 'null':
      return null;
    case 'number':
      return readNumber(String(node.scalar));
    case 'array':
      return (node.items ?? []).map((item) => fromNode(item, readNumber));
    case 'object':
      return new Map((node.members ?? []).map(({ key, value }) => [key, fromNode(value, readNumber)]));
    default:
      return node.scalar ?? null;
  }
}

function numberOf(spelling: string): number {
  const value = Number(spelling);
  if (Number.isFinite(value)) return value;
  throw new NumberRangeError(`json: cannot unmarshal number ${spelling} into Go value of type float64`);
}
