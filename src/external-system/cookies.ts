import type { IncomingMessage } from 'node:http';
import { schemeOf } from './echo.ts';
import { type Answer, type Endpoint, type EndpointExchange, sendEmpty, sendJson } from './exchange.ts';
import { first, type Values } from './query.ts';

/** Endpoints that show, set and delete cookies. (httpbin §5.3) */

/** What a cookie may be called. */
export const cookieName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const YEAR = 365 * 24 * 60 * 60 * 1000;

export const cookies: Endpoint = ({ request }) => sendJson({ cookies: cookiesOf(request) });

export function cookiesOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of (headers.cookie ?? '').split(';')) {
    const equals = pair.indexOf('=');
    const name = (equals < 0 ? pair : pair.slice(0, equals)).trimStart();
    const value = equals < 0 ? '' : pair.slice(equals + 1).trimEnd();
    const text = value.replace(/^"(.*)"$/s, '$1');
    if (cookieName.test(name) && !/[^\x20-\x7e]|["\\]/.test(text)) found.set(name, text);
  }
  return found;
}

export const setCookies: Endpoint = (exchange) => change(exchange, []);

export const deleteCookies: Endpoint = (exchange) =>
  change(exchange, [`Expires=${new Date(exchange.now() - YEAR).toUTCString()}`, 'Max-Age=0']);

/** @param lifetime attributes that say how long the cookies live */
function change({ request, args }: EndpointExchange, lifetime: readonly string[]): Answer {
  const attributes = attributesOf(args, lifetime, schemeOf(request) === 'https');
  const wanted = namesOf(args).map((name) => [`${name}=${cookieValue(first(args, name))}`, ...attributes].join('; '));
  return sendEmpty(302, { Location: '/cookies', 'Set-Cookie': wanted });
}

const namesOf = (args: Values) => [...args.keys()].filter((name) => cookieName.test(name) && !isAttribute(name)).sort();
const isAttribute = (name: string) => /^attr\[.*\]$/.test(name);

/** Characters that a cookie cannot hold fall away; blanks and commas are quoted. */
export function cookieValue(text: string): string {
  const value = text.replace(/[^\x20-\x7e]|["\\;]/g, '');
  return /[ ,]/.test(value) ? `"${value}"` : value;
}

const sameSites: Readonly<Record<string, string>> = { strict: 'Strict', lax: 'Lax', none: 'None' };

/** Attributes from `attr[Name]=value`, in the order in which Go writes them; others than these are not taken. */
function attributesOf(args: Values, lifetime: readonly string[], isSecure: boolean): string[] {
  const given = (name: string) => {
    const key = [...args.keys()].find((key) => key.toLowerCase() === `attr[${name.toLowerCase()}]`);
    return key === undefined ? undefined : first(args, key).replace(/[^\x20-\x7e]|;/g, '');
  };
  const valued = (name: string, value: string | undefined) => (value ? [`${name}=${value}`] : []);
  const flag = (name: string, fallback: boolean) => {
    const value = given(name);
    return (value === undefined ? fallback : /^(1|true)$/i.test(value)) ? [name] : [];
  };
  return [
    ...valued('Path', given('Path') ?? '/'),
    ...valued('Domain', given('Domain')),
    ...lifetime,
    ...flag('HttpOnly', true),
    ...flag('Secure', isSecure),
    ...valued('SameSite', sameSites[given('SameSite')?.toLowerCase() ?? '']),
  ];
}
