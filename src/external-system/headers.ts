import type { IncomingMessage } from 'node:http';

const canonical = (name: string) =>
  name
    .toLowerCase()
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('-');

/** Header values as text: Node delivers one character per byte. */
export const headerText = (value: string) => Buffer.from(value, 'latin1').toString('utf8');

/** All header lines by their names in Go's spelling, in the order of appearance. */
export function headersOf({ rawHeaders }: IncomingMessage): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = canonical(rawHeaders[at] as string);
    headers.set(name, [...(headers.get(name) ?? []), headerText(rawHeaders[at + 1] as string)]);
  }
  return headers;
}

/** The first line of a header, as it came; empty when there is none. */
export const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
};
