import { createHash } from 'node:crypto';
import { accepted } from './auth.ts';
import { MAX_BODY_SIZE, readBytes } from './body.ts';
import { type Endpoint, type EndpointExchange, RequestError, sendError } from './exchange.ts';

/** Digest authentication; nonces are not kept, so that any number may be in use. (httpbin §4, RFC 7616) */

const REALM = 'go-httpbin';

const algorithms: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

export const digest: Endpoint = async (exchange) => {
  const { qop = '', algorithm: wanted = 'MD5', user = '' } = exchange.params;
  if (qop !== 'auth') throw new RequestError(400, `invalid QOP directive: ${JSON.stringify(qop)} != "auth"`);
  const algorithm = wanted.toUpperCase();
  const hashName = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
  if (hashName === undefined) {
    throw new RequestError(400, `invalid algorithm: ${wanted} must be one of MD5 or SHA-256`);
  }
  if (await isAuthorized(exchange, REALM, hashName)) return accepted(user);
  const [nonce, opaque] = [newNonce(exchange, hashName), newNonce(exchange, hashName)];
  const challenge = `Digest qop=auth, realm="${REALM}", algorithm=${algorithm}, nonce=${nonce}, opaque=${opaque}`;
  return sendError(401, '', { 'WWW-Authenticate': challenge });
};

export const newNonce = ({ random }: EndpointExchange, hashName: string) =>
  createHash(hashName).update(random.bytes(16)).digest('hex');

/** Whether the client knows the password of the path. */
export async function isAuthorized(exchange: EndpointExchange, realm: string, hashName: string): Promise<boolean> {
  const { request, method, params } = exchange;
  const given = directives(request.headers.authorization ?? '');
  const of = (name: string) => given.get(name) ?? '';
  if (of('username') !== params.user || of('realm') !== realm) return false;
  const digestOf = (content: string | Buffer) => createHash(hashName).update(content).digest('hex');
  const hash = (...texts: string[]) => digestOf(texts.join(':'));
  const body = of('qop') === 'auth-int' ? [digestOf(await bodyOf(exchange))] : [];
  const secret = hash(of('username'), realm, params.password ?? '');
  const target = hash(method, of('uri'), ...body);
  const once = given.has('qop') ? [of('nonce'), of('nc'), of('cnonce'), of('qop')] : [of('nonce')];
  return of('response') === hash(secret, ...once, target);
}

const bodyOf = ({ request }: EndpointExchange) =>
  readBytes(request, MAX_BODY_SIZE, () => new RequestError(400, 'http: request body too large'));

/** What follows an equals sign; a quote without its end is none. */
const value = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))/y;

/** The word at the end of a text, blanks behind it left aside. */
function lastWord(text: string): string {
  const trimmed = text.trimEnd();
  let start = trimmed.length;
  while (start > 0 && /\w/.test(trimmed[start - 1] ?? '')) start--;
  return trimmed.slice(start);
}

function directives(authorization: string): ReadonlyMap<string, string> {
  const text = /^Digest\s+(.*)$/is.exec(authorization)?.[1] ?? '';
  const found = new Map<string, string>();
  for (let equals = text.indexOf('='), from = 0; equals >= 0; equals = text.indexOf('=', from)) {
    const name = lastWord(text.slice(from, equals));
    value.lastIndex = equals + 1;
    const [whole = '', quoted, plain = ''] = value.exec(text) ?? [];
    from = equals + 1 + whole.length;
    if (name !== '') found.set(name.toLowerCase(), quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1'));
  }
  return found;
}
