import { readBasic } from '../credentials.ts';
import { type Endpoint, type EndpointExchange, sendEmpty } from '../exchange.ts';
import { sendPyJson } from './json.ts';
import { emptyPage } from './pages.ts';

/** Endpoints that ask for credentials. (httpbin §4) */

const isKnown = ({ request, params }: EndpointExchange) => {
  const given = readBasic(request);
  return given !== undefined && given.user === params.user && given.password === params.password;
};
const accepted = ({ params }: EndpointExchange) => sendPyJson({ authenticated: true, user: params.user ?? '' });

export const basic: Endpoint = (exchange) =>
  isKnown(exchange) ? accepted(exchange) : sendEmpty(401, { 'WWW-Authenticate': 'Basic realm="Fake Realm"' });

export const hiddenBasic: Endpoint = (exchange) => (isKnown(exchange) ? accepted(exchange) : emptyPage(404));

/** The token may contain blanks. */
export const bearer: Endpoint = ({ request }) => {
  const token = /^Bearer (.*)$/s.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return emptyPage(401, { 'WWW-Authenticate': 'Bearer' });
  return sendPyJson({ authenticated: true, token });
};
