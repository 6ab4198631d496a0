import { escapePath, fromBinary, toBinary, unescapePath } from './url.ts';

/** Paths and request targets the way Go's HTTP packages read and write them. (connector-service §2.2, §15.4, §15.9) */

/** Decodes the percent-escapes of a path. @returns undefined when one of them is broken */
export function decodePath(path: string): string | undefined {
  if (!path.includes('%')) return path;
  try {
    return fromBinary(unescapePath(path));
  } catch {
    return undefined;
  }
}

/** Escapes a decoded path; `/` stays, `?`, `#`, `%`, blanks and everything outside ASCII do not. */
export const encodePath = (path: string) => escapePath(toBinary(path));

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

/** The path and query of a request target, which proxies get in absolute form. (RFC 9112 §3.2) */
export const originForm = (target: string): string => target.replace(/^http:\/\/[^/?#]*/i, '') || '/';

/** Splits a request target into its path and its query without the question mark. */
export function splitTarget(target: string): { path: string; query: string | undefined } {
  const origin = originForm(target);
  const mark = origin.indexOf('?');
  return mark < 0 ? { path: origin, query: undefined } : { path: origin.slice(0, mark), query: origin.slice(mark + 1) };
}
