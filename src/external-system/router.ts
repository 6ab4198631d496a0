import { decodePath } from '../go/path.ts';
import type { Answer, Endpoint } from './exchange.ts';
import { decode } from './query.ts';

/** One row of the table of endpoints. */
export interface EndpointRoute {
  /** `{name}` stands for one segment, `{name...}` at the end for any number of them. */
  readonly path: string;
  /** Absent: every method. */
  readonly methods?: readonly string[];
  readonly endpoint: Endpoint;
}

export type Match = { readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> };

export interface Router {
  find(method: string, path: string, search: string): Match | { readonly answer: Answer };
  /** The methods of a path, sorted; none when there is no such path. */
  methodsOf(path: string): readonly string[];
}

/** What is answered where no endpoint does. (httpbin §2) */
export interface RoutingRules {
  readonly notFound: () => Answer;
  readonly wrongMethod: (allow: string) => Answer;
  /** Dot segments and repeated slashes: the client is sent on, or repeated slashes count as one. */
  readonly uncleanPaths: 'redirect' | 'merge slashes';
}

interface Compiled extends EndpointRoute {
  readonly segments: readonly string[];
}

/** What takes every method is told to take these. */
const ANY = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH'];

export function createRouter(routes: readonly EndpointRoute[], rules: RoutingRules): Router {
  const byFirstSegment = new Map<string, Compiled[]>();
  for (const route of routes) {
    const segments = route.path.slice(1).split('/');
    const key = segments[0] ?? '';
    byFirstSegment.set(key, [...(byFirstSegment.get(key) ?? []), { ...route, segments }]);
  }

  function candidates(path: string): (Compiled & Pick<Match, 'params'>)[] {
    const segments = path.slice(1).split('/').map(decode);
    return (byFirstSegment.get(segments[0] ?? '') ?? []).flatMap((route) => {
      const params = match(route.segments, segments);
      return params ? [{ ...route, params }] : [];
    });
  }
  const methodsOf = (found: readonly EndpointRoute[]) =>
    [...new Set(found.flatMap(({ methods = ANY }) => methods))].sort();
  const merges = rules.uncleanPaths === 'merge slashes';
  const merged = (path: string) => (merges ? path.replace(/\/{2,}/g, '/') : path);

  return {
    find(method, given, search) {
      const path = merged(given);
      if (!path.startsWith('/') || decodePath(path) === undefined) return { answer: malformed };
      const clean = merges ? path : cleanPath(path);
      if (clean !== path) return { answer: redirect(method, clean + search) };
      const found = candidates(path);
      const route = found.find(({ methods }) => !methods || methods.includes(method));
      if (route) return { endpoint: route.endpoint, params: route.params };
      return { answer: found.length === 0 ? rules.notFound() : rules.wrongMethod(methodsOf(found).join(', ')) };
    },
    methodsOf: (path) => {
      const methods = methodsOf(candidates(merged(path)));
      return methods.length === 0 ? [] : [...methods, 'OPTIONS'].sort();
    },
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
