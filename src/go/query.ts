import { atOnce, type Steps } from '../core/give-way.ts';
import { indexOrEnd } from '../core/look-ahead.ts';
import { fromBinary, GoUrlError, unescapePath } from './url.ts';

/** Queries and forms as Go's `url.Values` reads and writes them. */

/** Names with all their values, in the order of appearance. */
export type Query = Map<string, string[]>;

export interface ParsedQuery {
  readonly values: Query;
  /** What was wrong with the first pair that had to be dropped. */
  readonly problem: string | undefined;
}

/** Pairs between two pauses. */
const PAUSE = 256;

type Pair = readonly [name: string, value: string];

/** Reads one pair after the other, as binary strings (see `GoUrl`), or why it has to be dropped. */
function* pairsOf(query: string): Generator<Pair | string | undefined, void> {
  for (let from = 0; from < query.length; ) {
    const end = indexOrEnd(query, '&', from);
    yield end === from ? undefined : readPair(query.slice(from, end));
    from = end + 1;
  }
}

function readPair(pair: string): Pair | string {
  if (pair.includes(';')) return 'invalid semicolon separator in query';
  const equals = pair.indexOf('=');
  try {
    return equals < 0 ? [readPart(pair), ''] : [readPart(pair.slice(0, equals)), readPart(pair.slice(equals + 1))];
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error;
    return error.message;
  }
}

const isPair = (pair: Pair | string | undefined): pair is Pair => typeof pair === 'object';

const readPart = (text: string) => unescapePath(text.includes('+') ? text.replaceAll('+', ' ') : text);

/** Reads a query without its question mark into binary strings; malformed pairs are left out. */
export function parseQuery(query: string): Query {
  const values: Query = new Map();
  for (const pair of pairsOf(query)) if (isPair(pair)) append(values, ...pair);
  return values;
}

/**
 * Reads a query or a URL-encoded form into texts: a malformed pair is dropped, the others count.
 * @param wanted names that are looked for; absent: all
 */
export function* queryReading(query: string, wanted?: ReadonlySet<string>): Steps<ParsedQuery> {
  const values: Query = new Map();
  let problem: string | undefined;
  let count = 0;
  for (const pair of pairsOf(query)) {
    if (!isPair(pair)) problem ??= pair;
    else if (!wanted || wanted.has(pair[0])) append(values, textOf(pair[0]), textOf(pair[1]));
    if (++count % PAUSE === 0) yield;
  }
  return { values, problem };
}

/** The same at once, for a query in the head of a request. */
export const readQuery = (query: string): ParsedQuery => atOnce(queryReading(query));

/** The first value of a query parameter; parameters with a broken escape or a semicolon do not count. */
export function queryValue(query: string, name: string): string | undefined {
  for (const pair of pairsOf(query)) if (isPair(pair) && textOf(pair[0]) === name) return textOf(pair[1]);
  return undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the bytes of ASCII are these.
const textOf = (binary: string) => (/^[\x00-\x7f]*$/.test(binary) ? binary : fromBinary(binary));

/** Adds a value to those of a name. */
export function append(values: Query, name: string, value: string): void {
  const present = values.get(name);
  if (present) present.push(value);
  else values.set(name, [value]);
}

/** Writes a query sorted by name, a blank as `+`. */
export function encodeQuery(values: ReadonlyMap<string, readonly string[]>): string {
  const names = [...values.keys()].sort((a, b) => (a < b ? -1 : 1));
  return names
    .flatMap((name) => (values.get(name) ?? []).map((value) => `${escapeQuery(name)}=${escapeQuery(value)}`))
    .join('&');
}

/**
 * Adds values to a query, both without question mark, and writes it anew; names that are there already win.
 * (application-gateway §7, metadata-service §8.2)
 */
export function addMissing(query: string, added: Iterable<readonly [name: string, values: readonly string[]]>): string {
  const values = parseQuery(query);
  for (const [name, list] of added) {
    if (!values.has(name)) values.set(name, [...list]);
  }
  return encodeQuery(values);
}

const escapeQuery = (text: string) =>
  text.replace(/[^A-Za-z0-9\-_.~]/g, (byte) =>
    byte === ' ' ? '+' : `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
