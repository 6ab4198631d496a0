import { escapePath, GoUrlError, hostnameOf, parseGoUrl, removeDotSegments, resolveReference } from './go-url.ts';
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
 * Deviation: upstream decodes the rest of the path twice, so that `%2e%2e` climbs out of the API; here it cannot.
 */
export function rewriteLocation(location: string, { target, path, gatewayPrefix }: Called): string | undefined {
  try {
    const called = parseGoUrl(`${target.scheme}://${target.host}${path}`);
    const destination = resolveReference(called, parseGoUrl(location));
    if (destination.scheme !== 'http' && destination.scheme !== 'https') return undefined;
    if (hostnameOf(destination.host) !== target.hostname || !destination.path.startsWith(target.path)) return undefined;
    const rest = removeDotSegments(`/${destination.path.slice(target.path.length)}`.replace(/\/{2,}/g, '/'));
    const search = destination.query || destination.bareQuestionMark ? `?${destination.query}` : '';
    const fragment = destination.fragment ? `#${destination.fragment}` : '';
    return `${gatewayPrefix}${rest === '/' && destination.path === target.path ? '' : escapePath(rest)}${search}${fragment}`;
  } catch (error) {
    if (error instanceof GoUrlError) return undefined;
    throw error;
  }
}
