import { GoUrlError, unescapePath } from './url.ts';

/** Queries as Go's `url.Values` reads and writes them. Texts are binary strings, see `GoUrl`. */
export type Query = Map<string, string[]>;

/** Reads a query without its question mark; pairs with `;` or a malformed escape are left out. */
export function parseQuery(query: string): Query {
  const values: Query = new Map();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    try {
      const name = readPart(equals < 0 ? pair : pair.slice(0, equals));
      const value = equals < 0 ? '' : readPart(pair.slice(equals + 1));
      const present = values.get(name);
      if (present) present.push(value);
      else values.set(name, [value]);
    } catch (error) {
      if (!(error instanceof GoUrlError)) throw error;
    }
  }
  return values;
}

const readPart = (text: string) => unescapePath(text.replaceAll('+', ' '));

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
