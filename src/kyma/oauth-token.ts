import { messageOf } from '../core/errors.ts';
import { encodeQuery } from '../go/query.ts';
import { decodeGo, goRaw, goString, goStruct } from '../go/struct.ts';
import type { GoUrl } from '../go/url.ts';
import { type Ask, type ClientAnswer, ClientError } from '../http/client/request.ts';
import type { TlsIdentity } from '../http/client/tls.ts';

/**
 * Access tokens by client credentials, as Kyma's gateways and its registry get them from the systems behind them: both
 * are built with the same package. (application-gateway §5.3, metadata-service §8.2)
 */
export interface TokenCall {
  readonly url: GoUrl;
  /** The URL as error texts show it. */
  readonly shownUrl: string;
  /** With `Content-Type: application/x-www-form-urlencoded` among them, in the place where it is to stand. */
  readonly headers: readonly string[];
  /** A binary string. */
  readonly clientId: string;
  /** A binary string; undefined when something else says who asks. */
  readonly clientSecret: string | undefined;
  readonly identity: TlsIdentity;
}

export interface AccessToken {
  /** Empty when the answer has none, which is no error. */
  readonly token: string;
  /** Seconds; 0 when the answer has none. */
  readonly expiresIn: number;
}

/** There is no token; the message is Kyma's own text. */
export class TokenError extends Error {}

/** @throws TokenError */
export async function fetchAccessToken(ask: Ask, call: TokenCall): Promise<AccessToken> {
  const { url, shownUrl, headers, identity } = call;
  let answer: ClientAnswer;
  try {
    answer = await ask({ method: 'POST', url, headers, body: formOf(call), identity });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    throw new TokenError(
      error.stage === 'request'
        ? // Deviation: upstream shows the URL with the query parameters of a Secret.
          `failed to make a request to '${shownUrl}': Post ${JSON.stringify(error.url ?? shownUrl)}: ${error.message}`
        : `failed to read token response body from '${shownUrl}': ${error.message}`,
      { cause: error },
    );
  }
  if (answer.status !== 200) {
    throw new TokenError(`incorrect response code '${answer.status}' while getting token from ${shownUrl}`);
  }
  const token = readTokenAnswer(answer.body.toString('utf8'));
  if ('problem' in token) throw new TokenError(`failed to unmarshal token response body: ${token.problem}`);
  return token;
}

function formOf({ clientId, clientSecret }: TokenCall): string {
  const form = new Map([['client_id', [clientId]]]);
  if (clientSecret !== undefined) form.set('client_secret', [clientSecret]);
  form.set('grant_type', ['client_credentials']);
  return encodeQuery(form);
}

const shape = goStruct('oauth.oauthResponse', { access_token: goString, expires_in: goRaw });

/**
 * Reads the body of a token endpoint's answer. (application-gateway §5.3, §23.7; metadata-service §17.17)
 * @returns the reason when it cannot be read, in Go's words
 */
export function readTokenAnswer(body: string): AccessToken | { readonly problem: string } {
  try {
    const { access_token: token = '', expires_in: written } = decodeGo(body, shape) as {
      access_token?: string;
      expires_in?: string;
    };
    if (written === undefined || written === 'null') return { token, expiresIn: 0 };
    if (/^-?\d{1,19}$/.test(written) && isInt64(BigInt(written))) return { token, expiresIn: Number(written) };
    const found = kindOf(written);
    return { problem: `json: cannot unmarshal ${found} into Go struct field oauthResponse.expires_in of type int` };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

const isInt64 = (number: bigint) => BigInt.asIntN(64, number) === number;

const kinds: Readonly<Record<string, string>> = { '"': 'string', '{': 'object', '[': 'array', t: 'bool', f: 'bool' };
const kindOf = (json: string) => kinds[json[0] ?? ''] ?? `number ${json}`;

/**
 * Until when a token is used, in milliseconds: two seconds less than it lives, or for ever. (application-gateway §5.3,
 * metadata-service §8.2)
 */
export const usableUntil = (now: number, expiresIn: number) =>
  expiresIn > 2 ? now + (expiresIn - 2) * 1000 : Number.POSITIVE_INFINITY;
