import { type GoUrl, GoUrlError, hostnameOf, parseGoUrl, resolveReference } from '../../go/url.ts';
import { headerValues, type RawHeaders } from '../raw-headers.ts';
import { shownUrl } from './address.ts';
import { ClientError, type ClientRequest } from './request.ts';

export const MAX_REDIRECTS = 10;

/** Headers that a stranger does not get. */
const secret = ['authorization', 'www-authenticate', 'cookie', 'cookie2'];

/** Where an answer sends the client; undefined when it is the last word. */
export const redirectOf = (status: number, headers: RawHeaders): string | undefined =>
  [301, 302, 303, 307, 308].includes(status) ? headerValues(headers, 'location')[0] || undefined : undefined;

/**
 * The request that a redirect asks for, by Go's rules. What was left out for a stranger stays left out.
 * @param first the URL of the first request, whose host and those below it are no strangers
 * @throws ClientError
 */
export function redirected(step: ClientRequest, first: GoUrl, status: number, location: string): ClientRequest {
  const url = resolved(step.url, location);
  const keepsBody = status === 307 || status === 308;
  const isKnown = isBelow(hostnameOf(url.host), hostnameOf(first.host));
  const headers = step.headers.filter((_, at) => {
    const name = step.headers[at - (at % 2)]?.toLowerCase() ?? '';
    return name !== 'referer' && (isKnown || !secret.includes(name)) && (keepsBody || name !== 'content-type');
  });
  if (!(step.url.scheme === 'https' && url.scheme === 'http')) headers.push('Referer', shownUrl(step.url));
  const { body, ...rest } = step;
  return keepsBody ? { ...step, url, headers } : { ...rest, method: 'GET', url, headers };
}

function resolved(base: GoUrl, location: string): GoUrl {
  try {
    return resolveReference(base, parseGoUrl(location));
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error;
    throw new ClientError('request', `failed to parse Location header ${JSON.stringify(location)}: ${error.message}`);
  }
}

const isBelow = (name: string, domain: string) => name === domain || name.endsWith(`.${domain}`);
