import * as classicPages from './classic/pages.ts';
import { classicRoutes } from './classic/routes.ts';
import { type Answer, notFound, type RequestError, sendError, sendPlainError } from './exchange.ts';
import type { EndpointRoute, RoutingRules } from './router.ts';
import { dataRoutes, goRoutes } from './routes.ts';

/** One implementation of HTTPBin, as its clients know it. (httpbin §2) */
export interface Flavor extends RoutingRules {
  readonly routes: readonly EndpointRoute[];
  /** Methods that a preflight is told. */
  readonly preflightMethods: string;
  /** Whether a preflight is answered on known paths only, with the methods of the path. */
  readonly preflightKnowsPaths: boolean;
  /** Whether an answer to HEAD tells the length of the body that GET would have. */
  readonly headHasLength: boolean;
  readonly refuse: (error: RequestError) => Answer;
}

const go: Flavor = {
  routes: [...goRoutes, ...dataRoutes],
  notFound,
  wrongMethod: (allow) => sendPlainError(405, 'Method Not Allowed', { Allow: allow }),
  uncleanPaths: 'redirect',
  preflightMethods: 'GET, POST, HEAD, PUT, DELETE, PATCH, OPTIONS',
  preflightKnowsPaths: false,
  headHasLength: false,
  refuse: ({ status, message }) => sendError(status, message),
};

/** Sections 2 to 5 of the contract; the data endpoints are those of the other flavor. */
const kr: Flavor = {
  routes: [...classicRoutes, ...dataRoutes],
  notFound: classicPages.notFound,
  wrongMethod: classicPages.wrongMethod,
  uncleanPaths: 'merge slashes',
  preflightMethods: 'GET, POST, PUT, DELETE, PATCH, OPTIONS',
  preflightKnowsPaths: true,
  headHasLength: true,
  refuse: ({ status, message }) => classicPages.errorPage(status, 'Error', message),
};

export const flavors = { go, kr } as const;

/** `go`: mccutchen/go-httpbin; `kr`: the first one, of httpbin.org. */
export type FlavorName = keyof typeof flavors;
