import { cookieName, cookiesOf, cookieValue } from '../cookies.ts';
import type { Endpoint } from '../exchange.ts';
import { first, type Values } from '../query.ts';
import { sendPyJson } from './json.ts';
import { sendOn } from './redirects.ts';
import { parseLoosely } from './request.ts';

/** Endpoints that show, set and delete cookies. (httpbin §5.3) */

export const cookies: Endpoint = ({ request }) => sendPyJson({ cookies: cookiesOf(request) });

const change = (wanted: Values, cookie: (name: string, value: string) => string) => {
  const page = sendOn('/cookies');
  const names = [...wanted.keys()].filter((name) => cookieName.test(name));
  return {
    ...page,
    headers: { ...page.headers, 'Set-Cookie': names.map((name) => cookie(name, first(wanted, name))) },
  };
};

const set = (name: string, value: string) => `${name}=${cookieValue(value)}; Path=/`;
const expire = (name: string) => `${name}=; Expires=Thu, 01-Jan-1970 00:00:00 GMT; Max-Age=0; Path=/`;

export const setCookies: Endpoint = ({ search }) => change(parseLoosely(search.slice(1)), set);
export const setCookie: Endpoint = ({ params }) => change(new Map([[params.name ?? '', [params.value ?? '']]]), set);
export const deleteCookies: Endpoint = ({ search }) => change(parseLoosely(search.slice(1)), expire);
