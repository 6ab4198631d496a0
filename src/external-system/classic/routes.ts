import type { EndpointRoute } from '../router.ts';
import { basic, bearer, hiddenBasic } from './auth.ts';
import { cache, cacheFor, etag, responseHeaders } from './caching.ts';
import { cookies, deleteCookies, setCookie, setCookies } from './cookies.ts';
import { digest } from './digest.ts';
import { anything, delay, echo, get, headers, ip, userAgent, uuid } from './echo.ts';
import { absoluteRedirect, redirect, redirectTo, relativeRedirect } from './redirects.ts';
import { status } from './status.ts';

const GET = ['GET', 'HEAD'];
const ALL = [...GET, 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE'];

/** The endpoints in the shapes of the first HTTPBin, written in Python. (httpbin §3–§5) */
export const classicRoutes: readonly EndpointRoute[] = [
  { path: '/get', methods: GET, endpoint: get },
  { path: '/post', methods: ['POST'], endpoint: echo },
  { path: '/put', methods: ['PUT'], endpoint: echo },
  { path: '/patch', methods: ['PATCH'], endpoint: echo },
  { path: '/delete', methods: ['DELETE'], endpoint: echo },
  { path: '/anything', methods: ALL, endpoint: anything },
  { path: '/anything/{name}', methods: ALL, endpoint: anything },
  { path: '/anything/{name}/{path...}', methods: ALL, endpoint: anything },
  { path: '/delay/{seconds}', methods: ALL, endpoint: delay },
  { path: '/headers', methods: GET, endpoint: headers },
  { path: '/ip', methods: GET, endpoint: ip },
  { path: '/user-agent', methods: GET, endpoint: userAgent },
  { path: '/uuid', methods: GET, endpoint: uuid },

  { path: '/basic-auth/{user}/{password}', methods: GET, endpoint: basic },
  { path: '/hidden-basic-auth/{user}/{password}', methods: GET, endpoint: hiddenBasic },
  { path: '/bearer', methods: GET, endpoint: bearer },
  { path: '/digest-auth/{qop}/{user}/{password}', methods: GET, endpoint: digest },
  { path: '/digest-auth/{qop}/{user}/{password}/{algorithm}', methods: GET, endpoint: digest },
  { path: '/digest-auth/{qop}/{user}/{password}/{algorithm}/{staleAfter}', methods: GET, endpoint: digest },

  { path: '/status/{codes}', methods: ALL, endpoint: status },
  { path: '/redirect/{count}', methods: GET, endpoint: redirect },
  { path: '/relative-redirect/{count}', methods: GET, endpoint: relativeRedirect },
  { path: '/absolute-redirect/{count}', methods: GET, endpoint: absoluteRedirect },
  { path: '/redirect-to', methods: ALL, endpoint: redirectTo },

  { path: '/cookies', methods: GET, endpoint: cookies },
  { path: '/cookies/set', methods: GET, endpoint: setCookies },
  { path: '/cookies/set/{name}/{value}', methods: GET, endpoint: setCookie },
  { path: '/cookies/delete', methods: GET, endpoint: deleteCookies },
  { path: '/response-headers', methods: ['GET', 'HEAD', 'POST'], endpoint: responseHeaders },
  { path: '/cache', methods: GET, endpoint: cache },
  { path: '/cache/{seconds}', methods: GET, endpoint: cacheFor },
  { path: '/etag/{etag}', methods: GET, endpoint: etag },
];
