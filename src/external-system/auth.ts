import type { IncomingMessage } from 'node:http';
import { type Endpoint, type Exchange, sendError, sendJson } from './exchange.ts';

/** Endpoints that ask for credentials. (httpbin §4) */

interface BasicResult {
  readonly authorized: boolean;
  /** As given by the client; empty without readable credentials. */
  readonly user: string;
}

function checkBasic({ request, params }: Exchange): BasicResult {
  const given = readBasic(request);
  const authorized = given !== undefined && given.user === params.user && given.password === params.password;
  return { authorized, user: given?.user ?? '' };
}

function readBasic({ headers }: IncomingMessage): { user: string; password: string } | undefined {
  const encoded = /^basic ([A-Za-z0-9+/]*={0,2})$/i.exec(headers.authorization ?? '')?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

const basicAnswer = ({ authorized, user }: BasicResult) => ({ authenticated: authorized, user, authorized });

export const basic: Endpoint = (exchange) => {
  const result = checkBasic(exchange);
  if (result.authorized) return sendJson(basicAnswer(result));
  return sendJson(basicAnswer(result), 401, { 'WWW-Authenticate': 'Basic realm="Fake Realm"' });
};

export const hiddenBasic: Endpoint = (exchange) => {
  const result = checkBasic(exchange);
  return result.authorized ? sendJson(basicAnswer(result)) : sendError(404);
};

export const bearer: Endpoint = ({ request }) => {
  const [scheme, token, ...more] = (request.headers.authorization ?? '').split(' ');
  if (scheme !== 'Bearer' || token === undefined || more.length > 0) {
    return sendError(401, '', { 'WWW-Authenticate': 'Bearer' });
  }
  return sendJson({ authenticated: true, token });
};
