/** Names with all their values, in the order of appearance. */
export type Values = ReadonlyMap<string, readonly string[]>;

export interface ParsedQuery {
  readonly values: Values;
  /** What was wrong with the first pair that had to be dropped. */
  readonly problem: string | undefined;
}

/** Reads a query or a URL-encoded form the way Go does: a malformed pair is dropped, the others count. (httpbin §2) */
export function parseQuery(query: string): ParsedQuery {
  const values = new Map<string, string[]>();
  let problem: string | undefined;
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    if (pair.includes(';')) {
      problem ??= 'invalid semicolon separator in query';
      continue;
    }
    const equals = pair.indexOf('=');
    const texts = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const malformed = texts.map(malformedEscape).find((escaped) => escaped !== undefined);
    if (malformed !== undefined) {
      problem ??= `invalid URL escape ${JSON.stringify(malformed)}`;
      continue;
    }
    const [name = '', value = ''] = texts.map((text) => decode(text.replaceAll('+', ' ')));
    append(values, name, value);
  }
  return { values, problem };
}

/** Adds a value to those of a name. */
export function append(values: Map<string, string[]>, name: string, value: string): void {
  const present = values.get(name);
  if (present) present.push(value);
  else values.set(name, [value]);
}

const malformedEscape = (text: string) => /%(?![0-9A-Fa-f]{2}).{0,2}/s.exec(text)?.[0];

/** Undoes `%XX` in a binary string; what is no UTF-8 becomes replacement characters. */
export function decode(text: string): string {
  const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** True when every `%` begins an escape. */
export const isEscapedWell = (text: string) => malformedEscape(text) === undefined;

/** The first value of a name; empty when there is none. */
export const first = (values: Values, name: string): string => values.get(name)?.[0] ?? '';
