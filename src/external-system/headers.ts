import type { IncomingMessage } from 'node:http';
import { canonicalName } from '../go/header-name.ts';

/** Header values as text: Node delivers one character per byte. */
export const headerText = (value: string) => Buffer.from(value, 'latin1').toString('utf8');

/** All header lines by their names in Go's spelling, in the order of appearance. */
export function headersOf({ rawHeaders }: IncomingMessage): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = canonicalName(rawHeaders[at] as string);
    const value = headerText(rawHeaders[at + 1] as string);
    const values = headers.get(name);
    if (values) values.push(value);
    else headers.set(name, [value]);
  }
  return headers;
}

/** The first line of a header, as it came; empty when there is none. */
export const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
};
