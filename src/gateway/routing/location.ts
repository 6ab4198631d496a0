import {
  escapedPath,
  escapePath,
  GoUrlError,
  hostnameOf,
  parseGoUrl,
  readPath,
  removeDotSegments,
  resolveReference,
} from '../../go/url.ts';
import type { Defects } from '../releases/defects.ts';
import type { Target } from './target.ts';

export interface Called {
  readonly target: Target;
  /** The path and query that were called, encoded. */
  readonly path: string;
  /** What stands for `targetUrl` in gateway URLs: `/{application}/{service}[/{entry}]`, with the origin in front when
   * the client sent an absolute request URL. */
  readonly gatewayPrefix: string;
}

/**
 * A `Location` below the target as a gateway path; undefined when it points elsewhere and is to be left alone.
 * Port and scheme do not matter, and the comparison of paths is a plain one of prefixes. (application-gateway §9)
 *
 * Decoded twice, the rest can climb out of the API by `%2e%2e` (§23.10); decoded once it cannot.
 */
export function rewriteLocation(
  location: string,
  { target, path, gatewayPrefix }: Called,
  decoding: Defects['locationRest'] = 'decoded-once',
): string | undefined {
  try {
    const called = parseGoUrl(`${target.scheme}://${target.host}${path}`);
    const destination = resolveReference(called, parseGoUrl(location));
    if (destination.scheme !== 'http' && destination.scheme !== 'https') return undefined;
    if (hostnameOf(destination.host) !== target.hostname || !destination.path.startsWith(target.path)) return undefined;
    const rest = `/${destination.path.slice(target.path.length)}`;
    const isWhole = destination.path === target.path;
    const search = destination.query || destination.bareQuestionMark ? `?${destination.query}` : '';
    const fragment = destination.fragment ? `#${destination.fragment}` : '';
    const moved = isWhole ? gatewayPrefix : join[decoding](gatewayPrefix, rest);
    return `${moved}${search}${fragment}`;
  } catch (error) {
    if (error instanceof GoUrlError) return undefined;
    throw error;
  }
}

const clean = (path: string) => removeDotSegments(path.replace(/\/{2,}/g, '/'));

/** @param rest decoded once */
const join: Record<Defects['locationRest'], (prefix: string, rest: string) => string> = {
  'decoded-once': (prefix, rest) => `${prefix}${escapePath(clean(rest))}`,
  'decoded-twice'(prefix, rest) {
    const at = prefix.startsWith('/') ? 0 : prefix.indexOf('/', prefix.indexOf('//') + 2);
    return prefix.slice(0, at) + escapedPath(readPath(clean(prefix.slice(at) + rest)));
  },
};
