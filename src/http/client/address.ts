import { escapedPath, fromBinary, type GoUrl } from '../../go/url.ts';
import type { ShownUrl } from '../shown-url.ts';

/** Scheme, host and port of a URL that can be called. */
export function originOf({ scheme, host }: Pick<GoUrl, 'scheme' | 'host'>): ShownUrl | undefined {
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  const url = URL.parse(`${scheme}://${fromBinary(host)}`);
  return url && url.hostname !== '' ? (url.origin as ShownUrl) : undefined;
}

/** Why a URL without an origin cannot be called, in Go's words where it has some. */
export function uncallable({ scheme, host }: Pick<GoUrl, 'scheme' | 'host'>): string {
  if (scheme !== 'http' && scheme !== 'https') return `unsupported protocol scheme "${scheme}"`;
  return host === '' ? 'http: no Host in request URL' : `invalid host or port in "${host}"`;
}

/** The value of `Host`; names beyond ASCII in their wire form. */
export function hostHeader(url: Pick<GoUrl, 'scheme' | 'host'>): string {
  const origin = originOf(url);
  return /[^!-~]/.test(url.host) && origin ? origin.slice(origin.indexOf('//') + 2) : url.host;
}

/** Path and query as they go on the wire. A blank in a query cannot: Go sends it all the same, which nobody reads. */
export const requestTarget = (url: GoUrl) => `${escapedPath(url) || '/'}${search(url).replaceAll(' ', '%20')}`;

/** A URL as it may be shown: without user, password and fragment. */
export const shownUrl = (url: GoUrl) => `${url.scheme}://${url.host}${escapedPath(url)}${search(url)}`;

const search = ({ query, bareQuestionMark }: GoUrl) => (query || bareQuestionMark ? `?${query}` : '');
