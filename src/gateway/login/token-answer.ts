import { messageOf } from '../../core/errors.ts';
import { decodeGo, goRaw, goString, goStruct } from '../../go/struct.ts';

export interface TokenAnswer {
  /** Empty when the answer has none, which is no error. */
  readonly token: string;
  /** Seconds; 0 when the answer has none. */
  readonly expiresIn: number;
}

const shape = goStruct('oauth.oauthResponse', { access_token: goString, expires_in: goRaw });

/**
 * Reads the body of a token endpoint's answer. (application-gateway §5.3, §23.7)
 * @returns the reason when it cannot be read, in Go's words
 */
export function readTokenAnswer(body: string): TokenAnswer | { readonly problem: string } {
  try {
    const { access_token: token = '', expires_in: written } = decodeGo(body, shape) as {
      access_token?: string;
      expires_in?: string;
    };
    if (written === undefined || written === 'null') return { token, expiresIn: 0 };
    if (/^-?\d+$/.test(written) && isInt64(BigInt(written))) return { token, expiresIn: Number(written) };
    const found = kindOf(written);
    return { problem: `json: cannot unmarshal ${found} into Go struct field oauthResponse.expires_in of type int` };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

const isInt64 = (number: bigint) => BigInt.asIntN(64, number) === number;

const kinds: Readonly<Record<string, string>> = { '"': 'string', '{': 'object', '[': 'array', t: 'bool', f: 'bool' };
const kindOf = (json: string) => kinds[json[0] ?? ''] ?? `number ${json}`;

/** Until when a token is used: two seconds less than it lives, or for ever. (application-gateway §5.3) */
export const usableUntil = (now: number, expiresIn: number) =>
  expiresIn > 2 ? now + (expiresIn - 2) * 1000 : Number.POSITIVE_INFINITY;
