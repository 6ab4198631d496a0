import type { Clock } from '../../core/clock.ts';
import { withoutPassword } from '../../core/url-passwords.ts';
import { GoUrlError, parseGoUrl, toBinary } from '../../go/url.ts';
import type { NoteCall } from '../../http/annotations.ts';
import { noting } from '../../http/client/noting.ts';
import type { Ask } from '../../http/client/request.ts';
import type { ClientKeyPair } from '../../http/client/tls.ts';
import { basicAuthorization } from '../../http/raw-headers.ts';
import { type AccessToken, fetchAccessToken, TokenError, usableUntil } from '../../kyma/oauth-token.ts';
import { loginFailed } from '../errors.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { CertificateProblem } from './certificate.ts';
import { FetchCache, type Fetched } from './fetch-cache.ts';
import { addToQuery, type RequestParameters } from './parameters.ts';

/** What a token is fetched with. */
export interface TokenOrder {
  readonly url: string;
  /** A binary string. */
  readonly clientId: string;
  /** A binary string; undefined when the client certificate says who asks. */
  readonly clientSecret: string | undefined;
  readonly parameters: RequestParameters;
  /** @throws CertificateProblem */
  readonly certificate?: () => ClientKeyPair;
}

/** Who wants the token. */
export interface TokenContext {
  /** Keeps gateways of one Application apart, which each have a cache of their own; else empty. */
  readonly scope: string;
  readonly skipVerify: boolean;
  readonly behaviour: Behaviour;
  /** Told of calls that are made for it. */
  readonly note?: NoteCall | undefined;
}

/** OAuth tokens by client credentials. (application-gateway §5.3, §5.4) */
export interface Tokens {
  /** @throws GatewayError */
  get(order: TokenOrder, context: TokenContext): string | Promise<string>;
  /** Forgets a token that a target has refused. See `FetchCache`. */
  forget(order: TokenOrder, context: TokenContext, used: string | undefined): void;
  /** Forgets all tokens. */
  clear(): void;
}

export function createTokens({ ask, clock }: { readonly ask: Ask; readonly clock: Clock }): Tokens {
  const cache = new FetchCache<string>(clock);
  // An order belongs to one API, whose context never changes; the key is on the path of every call.
  const keys = new WeakMap<TokenOrder, string>();

  function keyFor(order: TokenOrder, context: TokenContext): string {
    const known = keys.get(order);
    if (known !== undefined) return known;
    const key = keyOf(order, context);
    keys.set(order, key);
    return key;
  }

  async function fetch(order: TokenOrder, context: TokenContext): Promise<Fetched<string>> {
    const noted = noting(ask, 'login', context.note);
    const { token, expiresIn } = await (order.certificate ? fetchWithCertificate : fetchToken)(noted, order, context);
    return { value: token, until: usableUntil(clock.now(), expiresIn) };
  }

  return {
    get: (order, context) => cache.get(keyFor(order, context), () => fetch(order, context)),
    forget: (order, context, used) => cache.forget(keyFor(order, context), used),
    clear: () => cache.clear(),
  };
}

function keyOf({ url, clientId, clientSecret, certificate }: TokenOrder, { scope, behaviour }: TokenContext): string {
  if (behaviour.tokenKey === 'client') return JSON.stringify([scope, clientId]);
  return JSON.stringify([scope, clientId, certificate ? certificate().fingerprint : clientSecret, url]);
}

async function fetchToken(ask: Ask, order: TokenOrder, context: TokenContext): Promise<AccessToken> {
  try {
    return await fetchAccessToken(ask, tokenCall(order, context));
  } catch (error) {
    if (error instanceof GoUrlError) {
      const url = JSON.stringify(withoutPassword(order.url));
      throw loginFailed(500, `failed to create token request: parse ${url}: ${error.message}`);
    }
    if (!(error instanceof TokenError)) throw error;
    throw loginFailed(502, error.message);
  }
}

/** Whatever goes wrong has one text, since upstream suspects the certificate of everything. */
async function fetchWithCertificate(ask: Ask, order: TokenOrder, context: TokenContext): Promise<AccessToken> {
  try {
    return await fetchToken(ask, order, context);
  } catch (error) {
    if (error instanceof CertificateProblem) throw error;
    throw loginFailed(500, 'Failed to get token: Failed to fetch token, possible certificate problem', error);
  }
}

/** @throws GoUrlError, CertificateProblem */
function tokenCall(order: TokenOrder, { skipVerify, behaviour }: TokenContext) {
  const { clientId, clientSecret, parameters } = order;
  const url = parseGoUrl(toBinary(order.url));
  const search = addToQuery(url.query ? `?${url.query}` : '', parameters.query);
  const headers: string[] = [];
  if (behaviour.tokenRequest === 'form') headers.push('User-Agent', 'Go-http-client/1.1');
  else if (clientSecret !== undefined) headers.push('Authorization', basicAuthorization(clientId, clientSecret));
  headers.push('Content-Type', 'application/x-www-form-urlencoded');
  for (const { name, values } of parameters.headers) {
    if (!isReserved(name, headers)) for (const value of values) headers.push(name, value);
  }
  return {
    url: { ...url, query: search.slice(1) },
    shownUrl: withoutPassword(order.url),
    headers,
    clientId,
    clientSecret,
    identity: {
      skipVerify: skipVerify || !behaviour.verifiesTokenEndpoint,
      certificate: order.certificate?.(),
    },
  };
}

/** Names that are set already, and names that only the connection may set. */
const isReserved = (name: string, present: readonly string[]) =>
  /^(user-agent|host|content-length|transfer-encoding|connection|accept-encoding)$/i.test(name) ||
  present.some((other, at) => at % 2 === 0 && other.toLowerCase() === name.toLowerCase());
