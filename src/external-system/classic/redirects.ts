import { baseUrl } from '../echo.ts';
import { type Answer, type Endpoint, type EndpointExchange, HTML_TYPE, sendEmpty } from '../exchange.ts';
import { first } from '../query.ts';
import { locationOf } from '../redirects.ts';
import { internalError } from './pages.ts';
import { parseLoosely } from './request.ts';

/** Endpoints that send the client elsewhere. (httpbin §5.2) */

const next = (left: number, kind: string) => (left === 0 ? '/get' : `/${kind}/${left}`);

/** @returns the number of redirects that are left after this one; undefined when there is none to begin with */
function remaining({ params }: EndpointExchange): number | undefined {
  const count = /^\d+$/.test(params.count ?? '') ? Number(params.count) : 0;
  return count > 0 ? count - 1 : undefined;
}

export const relativeRedirect: Endpoint = (exchange) => {
  const left = remaining(exchange);
  return left === undefined ? internalError() : sendEmpty(302, { Location: next(left, 'relative-redirect') });
};

export const absoluteRedirect: Endpoint = (exchange) => {
  const left = remaining(exchange);
  return left === undefined ? internalError() : sendOn(baseUrl(exchange) + next(left, 'absolute-redirect'));
};

export const redirect: Endpoint = (exchange) => {
  if (first(exchange.args, 'absolute').toLowerCase() === 'true') return absoluteRedirect(exchange);
  const left = remaining(exchange);
  return left === undefined ? internalError() : sendOn(next(left, 'relative-redirect'));
};

export const redirectTo: Endpoint = ({ search }) => {
  const args = parseLoosely(search.slice(1));
  const url = args.get('url')?.[0];
  if (url === undefined) return internalError();
  const wanted = Number(first(args, 'status_code'));
  const status = Number.isInteger(wanted) && wanted >= 300 && wanted < 400 ? wanted : 302;
  return sendEmpty(status, { Location: locationOf(url) });
};

/** With a page for who does not follow. */
export function sendOn(location: string): Answer {
  const shown = location.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return {
    status: 302,
    headers: { 'Content-Type': HTML_TYPE, Location: location },
    body: `<!DOCTYPE HTML>\n<title>Redirecting...</title>\n<p>Go on at <a href="${shown}">${shown}</a>.</p>\n`,
  };
}
