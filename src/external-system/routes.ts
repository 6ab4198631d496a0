import { basic, bearer, hiddenBasic } from './auth.ts';
import { cookies, deleteCookies, setCookies } from './cookies.ts';
import { anything, delay, echo, get, headers, ip, userAgent, uuid } from './echo.ts';
import { absoluteRedirect, redirect, redirectTo, relativeRedirect } from './redirects.ts';
import { responseHeaders } from './response-headers.ts';
import type { Route } from './router.ts';
import { status } from './status.ts';

/** The endpoints in the shapes of go-httpbin 2.25. (httpbin §3–§5) */
export const goRoutes: readonly Route[] = [
  { path: '/get', methods: ['GET', 'HEAD'], endpoint: get },
  { path: '/head', methods: ['HEAD'], endpoint: get },
  { path: '/post', methods: ['POST'], endpoint: echo },
  { path: '/put', methods: ['PUT'], endpoint: echo },
  { path: '/patch', methods: ['PATCH'], endpoint: echo },
  { path: '/delete', methods: ['DELETE'], endpoint: echo },
  { path: '/anything', endpoint: anything },
  { path: '/anything/{path...}', endpoint: anything },
  { path: '/delay/{seconds}', endpoint: delay },
  { path: '/headers', endpoint: headers },
  { path: '/ip', endpoint: ip },
  { path: '/user-agent', endpoint: userAgent },
  { path: '/uuid', endpoint: uuid },

  { path: '/basic-auth/{user}/{password}', endpoint: basic },
  { path: '/hidden-basic-auth/{user}/{password}', endpoint: hiddenBasic },
  { path: '/bearer', endpoint: bearer },

  { path: '/status/{codes}', endpoint: status },
  { path: '/redirect/{count}', endpoint: redirect },
  { path: '/relative-redirect/{count}', endpoint: relativeRedirect },
  { path: '/absolute-redirect/{count}', endpoint: absoluteRedirect },
  { path: '/redirect-to', endpoint: redirectTo },

  { path: '/cookies', endpoint: cookies },
  { path: '/cookies/set', endpoint: setCookies },
  { path: '/cookies/delete', endpoint: deleteCookies },
  { path: '/response-headers', endpoint: responseHeaders },
];
