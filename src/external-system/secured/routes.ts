import type { Answered, EndpointExchange } from '../exchange.ts';
import { HTML_TYPE, send, sendEmpty } from '../exchange.ts';
import { csrfAnswer } from './csrf.ts';
import { basic, bearer, csrf, type Guard, requestParameters } from './guards.ts';
import { badToken, certificateToken, token } from './oauth.ts';
import type { TokenIssuer } from './token-issuer.ts';
import { code, echo, timeout } from './unsecured.ts';

/** One row of the tables of secured endpoints. */
export interface SecuredRoute {
  /** Absent: every method. */
  readonly methods?: readonly string[];
  /** The decoded path; `{digits}` at the end stands for a number. */
  readonly path: string;
  /** Asked in this order; the first refusal counts. */
  readonly guards?: readonly Guard[];
  /** Absent: 200 without a body. */
  readonly endpoint?: (exchange: EndpointExchange, issuer: TokenIssuer) => Answered | Promise<Answered>;
  /** What other methods get where it is not 404. */
  readonly otherMethods?: number;
}

const GET = ['GET'];
const POST = ['POST'];

const redirect = (location: string): SecuredRoute['endpoint'] => {
  const headers = { Location: location };
  const page = { ...send(HTML_TYPE, `<a href="${location}">Temporary Redirect</a>.\n\n`, headers), status: 307 };
  return ({ method }) => (method === 'GET' || method === 'HEAD' ? page : sendEmpty(307, headers));
};

const health: SecuredRoute = { path: '/v1/health', methods: GET, otherMethods: 405 };

/** The gateway's own health, by its name in the cluster. */
const elsewhere = 'http://central-application-gateway.kyma-system:8081/v1/health';

/** Of the listener for plain HTTP. (external-systems §2.1–§2.6) */
export const plainRoutes: readonly SecuredRoute[] = [
  health,
  { path: '/v1/api/unsecure/ok', methods: GET },
  { path: '/v1/api/unsecure/echo', methods: ['PUT', 'POST', 'DELETE'], endpoint: echo },
  { path: '/v1/api/unsecure/code/{digits}', methods: GET, endpoint: code },
  { path: '/v1/api/unsecure/timeout', methods: GET, endpoint: timeout },

  { path: '/v1/api/basic/ok', methods: GET, guards: [basic] },

  { path: '/v1/api/oauth/token', methods: POST, endpoint: token },
  { path: '/v1/api/oauth/bad-token', methods: POST, endpoint: badToken },
  { path: '/v1/api/oauth/ok', methods: GET, guards: [bearer] },

  { path: '/v1/api/csrf/token', methods: GET, endpoint: (_, issuer) => csrfAnswer(issuer.issueCsrfToken()) },
  { path: '/v1/api/csrf/bad-token', methods: GET, endpoint: (_, issuer) => csrfAnswer(issuer.fakeToken()) },
  { path: '/v1/api/csrf-basic/ok', methods: GET, guards: [csrf, basic] },
  { path: '/v1/api/csrf-oauth/ok', methods: GET, guards: [csrf, bearer] },

  { path: '/v1/api/request-parameters-basic/ok', methods: GET, guards: [requestParameters, basic] },

  { path: '/v1/api/redirect/ok', endpoint: redirect('/v1/api/redirect/ok/target') },
  { path: '/v1/api/redirect/ok/target', methods: GET },
  { path: '/v1/api/redirect/basic', endpoint: redirect('/v1/api/redirect/basic/target') },
  { path: '/v1/api/redirect/basic/target', methods: GET, guards: [basic] },
  { path: '/v1/api/redirect/external', endpoint: redirect(elsewhere) },
];

/** Of the listeners with mutual TLS. (external-systems §2.7) */
export const mutualTlsRoutes: readonly SecuredRoute[] = [
  health,
  { path: '/v1/api/mtls-oauth/token', methods: POST, endpoint: certificateToken },
  { path: '/v1/api/mtls/ok', methods: GET },
  { path: '/v1/api/csrf-mtls/ok', methods: GET, guards: [csrf] },
];
