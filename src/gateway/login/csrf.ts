import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import { withoutPassword } from '../../core/url-passwords.ts';
import { type Cookie, readSetCookies } from '../../go/cookies.ts';
import { GoUrlError, parseGoUrl, toBinary } from '../../go/url.ts';
import type { NoteCall } from '../../http/annotations.ts';
import { noting } from '../../http/client/noting.ts';
import { type Ask, type ClientAnswer, ClientError } from '../../http/client/request.ts';
import type { TlsIdentity } from '../../http/client/tls.ts';
import { headerValues } from '../../http/raw-headers.ts';
import { GatewayError, loginFailed } from '../errors.ts';
import { FetchCache, type Fetched } from './fetch-cache.ts';

/** What a request to a target protected against forgery carries. */
export interface CsrfToken {
  readonly token: string;
  readonly cookies: readonly Cookie[];
}

/** How the token endpoint is asked. */
export interface CsrfLogin {
  readonly authorization: string | undefined;
  readonly identity: TlsIdentity;
  /** Told of the call. */
  readonly note?: NoteCall | undefined;
}

/** CSRF tokens by endpoint, whoever they were fetched for; kept until a target refuses one. (application-gateway §6) */
export interface CsrfTokens {
  /**
   * @param login called only when there is nothing in the cache
   * @throws GatewayError
   */
  get(url: string, login: () => CsrfLogin | Promise<CsrfLogin>): CsrfToken | Promise<CsrfToken>;
  /** See `FetchCache`. */
  forget(url: string, used: CsrfToken | undefined): void;
  /** Forgets all tokens. */
  clear(): void;
}

export function createCsrfTokens({ ask, clock }: { readonly ask: Ask; readonly clock: Clock }): CsrfTokens {
  const cache = new FetchCache<CsrfToken>(clock);
  return {
    get: (url, login) => cache.get(url, () => fetch(ask, url, login)),
    forget: (url, used) => cache.forget(url, used),
    clear: () => cache.clear(),
  };
}

async function fetch(ask: Ask, url: string, login: () => CsrfLogin | Promise<CsrfLogin>): Promise<Fetched<CsrfToken>> {
  const answer = await request(ask, url, login);
  if (answer.status !== 200) {
    throw loginFailed(
      502,
      `incorrect response code '${answer.status}' while getting token from ${withoutPassword(url)}`,
    );
  }
  const value = {
    token: headerValues(answer.headers, 'x-csrf-token')[0] ?? '',
    cookies: readSetCookies(headerValues(answer.headers, 'set-cookie')),
  };
  return { value, until: Number.POSITIVE_INFINITY };
}

async function request(ask: Ask, url: string, login: () => CsrfLogin | Promise<CsrfLogin>): Promise<ClientAnswer> {
  try {
    const parsed = parseGoUrl(toBinary(url));
    const { authorization, identity, note } = await login();
    const headers = ['User-Agent', 'Go-http-client/1.1', 'Accept', '*/*'];
    if (authorization !== undefined) headers.push('Authorization', authorization);
    headers.push('Cache-Control', 'no-cache', 'X-Csrf-Token', 'fetch');
    return await noting(ask, 'login', note)({ method: 'GET', url: parsed, headers, identity, ignoresBody: true });
  } catch (error) {
    const shown = withoutPassword(url);
    if (error instanceof GoUrlError) {
      throw loginFailed(500, `failed to create token request: parse ${JSON.stringify(shown)}: ${error.message}`);
    }
    if (error instanceof GatewayError) throw loginFailed(500, `failed to create token request: ${error.message}`);
    if (!(error instanceof ClientError)) throw error;
    throw loginFailed(502, `failed to make a request to '${shown}': Get "${error.url ?? shown}": ${messageOf(error)}`);
  }
}
