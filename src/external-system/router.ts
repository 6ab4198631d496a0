import { type Answer, type Endpoint, sendPlainError } from './exchange.ts';
import { decode, isEscapedWell } from './query.ts';

/** One row of the table of endpoints. */
export interface Route {
  /** `{name}` stands for one segment, `{name...}` at the end for any number of them. */
  readonly path: string;
  /** Absent: every method. */
  readonly methods?: readonly string[];
  readonly endpoint: Endpoint;
}

export type Match = { readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> };

export type Router = (method: string, path: string, search: string) => Match | { readonly answer: Answer };

interface Compiled extends Route {
  readonly segments: readonly string[];
}

/** Finds endpoints, and answers what has none as Go's router does. (httpbin §2) */
export function createRouter(routes: readonly Route[]): Router {
  const byFirstSegment = new Map<string, Compiled[]>();
  for (const route of routes) {
    const segments = route.path.slice(1).split('/');
    const key = segments[0] ?? '';
    byFirstSegment.set(key, [...(byFirstSegment.get(key) ?? []), { ...route, segments }]);
  }

  return (method, path, search) => {
    if (!path.startsWith('/') || !isEscapedWell(path)) return { answer: malformed };
    const clean = cleanPath(path);
    if (clean !== path) return { answer: redirect(method, clean + search) };
    const segments = path.slice(1).split('/').map(decode);
    const allowed = new Set<string>();
    for (const route of byFirstSegment.get(segments[0] ?? '') ?? []) {
      const params = match(route.segments, segments);
      if (!params) continue;
      if (!route.methods || route.methods.includes(method)) return { endpoint: route.endpoint, params };
      for (const other of route.methods) allowed.add(other);
    }
    if (allowed.size === 0) return { answer: sendPlainError(404, '404 page not found') };
    return { answer: sendPlainError(405, 'Method Not Allowed', { Allow: [...allowed].sort().join(', ') }) };
  };
}

const malformed: Answer = {
  status: 400,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' },
  body: '400 Bad Request',
};

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [at, expected] of pattern.entries()) {
    const wildcard = /^\{(\w+)(\.\.\.)?\}$/.exec(expected);
    const [, name = '', rest] = wildcard ?? [];
    if (rest) {
      params[name] = segments.slice(at).join('/');
      return at < segments.length ? params : undefined;
    }
    const segment = segments[at];
    if (segment === undefined || (wildcard ? segment === '' : segment !== expected)) return undefined;
    if (wildcard) params[name] = segment;
  }
  return segments.length === pattern.length ? params : undefined;
}

/** Resolves dot segments and repeated slashes; a trailing slash stays. */
function cleanPath(path: string): string {
  if (!/\/\/|\/\.\.?(\/|$)/.test(path)) return path;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}${path.endsWith('/') && kept.length > 0 ? '/' : ''}`;
}

function redirect(method: string, location: string): Answer {
  if (method !== 'GET' && method !== 'HEAD') return { status: 307, headers: { Location: location }, body: '' };
  const body = `<a href="${location.replaceAll('&', '&amp;').replaceAll('"', '&#34;')}">Temporary Redirect</a>.\n\n`;
  return { status: 307, headers: { 'Content-Type': 'text/html; charset=utf-8', Location: location }, body };
}
