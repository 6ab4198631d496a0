/** Paths and queries the way Go's HTTP packages read and write them. (connector-service §2.2, §15.4, §15.9) */

/** Decodes the percent-escapes of a path. @returns undefined when one of them is broken */
export function decodePath(path: string): string | undefined {
  if (!path.includes('%')) return path;
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  const bytes = path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Escapes a decoded path; `/` stays, `?`, `#`, `%`, blanks and everything outside ASCII do not. */
export const encodePath = (path: string) =>
  path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]+/gu, (characters) =>
    [...Buffer.from(characters)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

/** Removes `//`, `.` and `..` from a decoded path; a trailing slash stays. */
export function cleanPath(path: string): string {
  if (!path.includes('//') && !path.includes('/.')) return path.startsWith('/') ? path : `/${path}`;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return kept.length === 0 || !path.endsWith('/') ? `/${kept.join('/')}` : `/${kept.join('/')}/`;
}

/** The first value of a query parameter; parameters with a broken escape or a semicolon do not count. */
export function queryValue(rawQuery: string, name: string): string | undefined {
  for (const pair of rawQuery.split('&')) {
    if (pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const key = unescapeQuery(equals < 0 ? pair : pair.slice(0, equals));
    const value = unescapeQuery(equals < 0 ? '' : pair.slice(equals + 1));
    if (key === name && value !== undefined) return value;
  }
  return undefined;
}

const unescapeQuery = (text: string) => decodePath(text.replaceAll('+', ' '));

/** The path and query of a request target, which proxies get in absolute form. (RFC 9112 §3.2) */
export const originForm = (target: string): string => target.replace(/^http:\/\/[^/?#]*/i, '') || '/';

/** Splits a request target into its path and its query without the question mark. */
export function splitTarget(target: string): { path: string; query: string | undefined } {
  const origin = originForm(target);
  const mark = origin.indexOf('?');
  return mark < 0 ? { path: origin, query: undefined } : { path: origin.slice(0, mark), query: origin.slice(mark + 1) };
}
