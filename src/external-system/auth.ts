import { readBasic } from './credentials.ts';
import { type Endpoint, type EndpointExchange, sendError, sendJson } from './exchange.ts';

/** Endpoints that ask for credentials. (httpbin §4) */

interface BasicResult {
  readonly authorized: boolean;
  /** As given by the client; empty without readable credentials. */
  readonly user: string;
}

function checkBasic({ request, params }: EndpointExchange): BasicResult {
  const given = readBasic(request);
  const authorized = given !== undefined && given.user === params.user && given.password === params.password;
  return { authorized, user: given?.user ?? '' };
}

const basicAnswer = ({ authorized, user }: BasicResult) => ({ authenticated: authorized, user, authorized });

/** What all endpoints answer to whom they know. */
export const accepted = (user: string) => sendJson(basicAnswer({ authorized: true, user }));

export const basic: Endpoint = (exchange) => {
  const result = checkBasic(exchange);
  if (result.authorized) return accepted(result.user);
  return sendJson(basicAnswer(result), 401, { 'WWW-Authenticate': 'Basic realm="Fake Realm"' });
};

export const hiddenBasic: Endpoint = (exchange) => {
  const result = checkBasic(exchange);
  return result.authorized ? accepted(result.user) : sendError(404);
};

export const bearer: Endpoint = ({ request }) => {
  const [scheme, token, ...more] = (request.headers.authorization ?? '').trim().split(/\s+/);
  if (scheme !== 'Bearer' || token === undefined || more.length > 0) {
    return sendError(401, '', { 'WWW-Authenticate': 'Bearer' });
  }
  return sendJson({ authenticated: true, token });
};
