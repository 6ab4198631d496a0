import type { IncomingMessage } from 'node:http';
import { type Endpoint, sendEmpty, sendJson } from './exchange.ts';
import { first, type Values } from './query.ts';

/** Endpoints that show, set and delete cookies. (httpbin §5.3) */

/** What a cookie may be called. */
export const cookieName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const YEAR = 365 * 24 * 60 * 60 * 1000;

export const cookies: Endpoint = ({ request }) => sendJson({ cookies: cookiesOf(request) });

export function cookiesOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [, name = '', value = ''] = /^\s*([^=]*)=?(.*?)\s*$/s.exec(pair) ?? [];
    if (cookieName.test(name)) found.set(name, value.replace(/^"(.*)"$/s, '$1'));
  }
  return found;
}

export const setCookies: Endpoint = ({ args }) => {
  const attributes = attributesOf(args);
  const wanted = namesOf(args).map((name) => [`${name}=${cookieValue(first(args, name))}`, ...attributes].join('; '));
  return sendEmpty(302, { Location: '/cookies', 'Set-Cookie': wanted });
};

export const deleteCookies: Endpoint = ({ args, now }) => {
  const expires = new Date(now() - YEAR).toUTCString();
  const gone = namesOf(args).map((name) => `${name}=; Path=/; Expires=${expires}; Max-Age=0; HttpOnly`);
  return sendEmpty(302, { Location: '/cookies', 'Set-Cookie': gone });
};

const namesOf = (args: Values) => [...args.keys()].filter((name) => cookieName.test(name) && !isAttribute(name)).sort();
const isAttribute = (name: string) => /^attr\[.*\]$/.test(name);

/** Characters that a cookie cannot hold fall away; blanks and commas are quoted. */
export function cookieValue(text: string): string {
  const value = text.replace(/[^\x20-\x7e]|["\\;]/g, '');
  return /[ ,]/.test(value) ? `"${value}"` : value;
}

/** Attributes from `attr[Name]=value`, in the order in which Go writes them. */
function attributesOf(args: Values): string[] {
  const given = (name: string) => {
    const key = [...args.keys()].find((key) => key.toLowerCase() === `attr[${name.toLowerCase()}]`);
    return key === undefined ? undefined : first(args, key).replace(/[^\x20-\x7e]|;/g, '');
  };
  const valued = (name: string, fallback?: string) => {
    const value = given(name) || fallback;
    return value ? [`${name}=${value}`] : [];
  };
  const flag = (name: string, fallback: boolean) => {
    const value = given(name);
    return (value === undefined ? fallback : /^(1|t|true)$/i.test(value)) ? [name] : [];
  };
  return [
    ...valued('Path', '/'),
    ...valued('Domain'),
    ...valued('Expires'),
    ...valued('Max-Age'),
    ...flag('HttpOnly', true),
    ...flag('Secure', false),
    ...valued('SameSite'),
  ];
}
