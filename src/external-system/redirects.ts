import { baseUrl } from './echo.ts';
import { type Endpoint, type EndpointExchange, RequestError, sendEmpty } from './exchange.ts';
import { parseInteger, parseStatus } from './parameters.ts';
import { first } from './query.ts';

/** Endpoints that send the client elsewhere. (httpbin §5.2) */

/** @returns the number of redirects that are left after this one */
function remaining({ params }: EndpointExchange): number {
  const count = parseInteger(params.count ?? '');
  if (typeof count !== 'number') throw new RequestError(400, `invalid redirect count: ${count.problem}`);
  if (count < 1) throw new RequestError(400, 'redirect count must be > 0');
  return count - 1;
}

const next = (left: number, kind: string) => (left === 0 ? '/get' : `/${kind}/${left}`);

export const relativeRedirect: Endpoint = (exchange) =>
  sendEmpty(302, { Location: next(remaining(exchange), 'relative-redirect') });

export const absoluteRedirect: Endpoint = (exchange) =>
  sendEmpty(302, { Location: baseUrl(exchange) + next(remaining(exchange), 'absolute-redirect') });

export const redirect: Endpoint = (exchange) =>
  first(exchange.args, 'absolute').toLowerCase() === 'true' ? absoluteRedirect(exchange) : relativeRedirect(exchange);

export const redirectTo: Endpoint = ({ args }) => {
  const url = first(args, 'url');
  if (url === '') throw new RequestError(400, 'missing required query parameter: url');
  if (/\p{Cc}/u.test(url)) {
    const reason = `parse ${JSON.stringify(url)}: net/url: invalid control character in URL`;
    throw new RequestError(400, `invalid url: ${reason}`);
  }
  if (!/^(\/|[A-Za-z][A-Za-z0-9+\-.]*:)/.test(url)) return sendEmpty(403, { 'Content-Type': 'text/plain' });
  const wanted = first(args, 'status_code');
  const status = wanted === '' ? 302 : parseStatus(wanted, 300, 399);
  return sendEmpty(status, { Location: locationOf(escapePath(url)) });
};

/** What stands before the query cannot hold these as they are. */
const escapePath = (url: string) =>
  url.replace(/^[^?]*/, (path) => path.replace(/[^!#-;=?-[\]_a-z~]+/gu, (text) => encodeURIComponent(text)));

/** A header value holds bytes; line ends would forge further headers. */
export const locationOf = (url: string) => Buffer.from(url.replace(/[\r\n]/g, ' '), 'utf8').toString('latin1');
