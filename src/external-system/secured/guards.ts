import { readBasic } from '../credentials.ts';
import type { EndpointExchange } from '../exchange.ts';
import type { Values } from '../query.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** Looks at a request; a status is a refusal. Refusals have no body and name no scheme. (external-systems §1, §9) */
export type Guard = (exchange: EndpointExchange, issuer: TokenIssuer) => number | undefined;

/** The cookie that goes with the header `X-Csrf-Token`. (external-systems §2.4) */
export const CSRF_COOKIE = 'csrftokencookie';

/** (external-systems §2.2) */
export const basic: Guard = ({ request }, { credentials }) => {
  const given = readBasic(request);
  return given?.user === credentials.user && given.password === credentials.password ? undefined : 403;
};

/** (external-systems §2.3) */
export const bearer: Guard = ({ request }, issuer) => {
  const { authorization = '' } = request.headers;
  const token = authorization.startsWith('Bearer') ? authorization.slice('Bearer'.length).trim() : undefined;
  return token !== undefined && issuer.isAccessToken(token) ? undefined : 401;
};

/** Header and cookie must be known; they need not be the same token. (external-systems §2.4) */
export const csrf: Guard = ({ request }, issuer) => {
  const header = request.headersDistinct['x-csrf-token']?.[0];
  const cookie = cookieNamed(request.headers.cookie ?? '', CSRF_COOKIE);
  const isKnown = (token: string | undefined) => token !== undefined && issuer.isCsrfToken(token);
  return isKnown(header) && isKnown(cookie) ? undefined : 403;
};

const cookieNamed = (cookies: string, name: string) =>
  cookies
    .split(';')
    .map((cookie) => cookie.trim())
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .replace(/^"(.*)"$/, '$1');

/** A header line with commas is one value. (external-systems §2.5) */
export const requestParameters: Guard = ({ request, args }, { credentials }) => {
  const lines = (name: string) => request.headersDistinct[name.toLowerCase()];
  const complete = hasAll(credentials.headers, lines) && hasAll(credentials.queryParameters, (name) => args.get(name));
  return complete ? undefined : 400;
};

const hasAll = (expected: Values, given: (name: string) => readonly string[] | undefined) =>
  [...expected].every(([name, values]) => values.every((value) => given(name)?.includes(value)));
