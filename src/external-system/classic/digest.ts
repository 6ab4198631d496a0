import { cookiesOf } from '../cookies.ts';
import { isAuthorized, newNonce } from '../digest.ts';
import type { Endpoint } from '../exchange.ts';
import { first } from '../query.ts';
import { sendPyJson } from './json.ts';
import { emptyPage } from './pages.ts';

/** Digest authentication; credentials never become stale here. (httpbin §4) */

const REALM = 'me@kennethreitz.com';

const hashNames: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512': 'sha512' };
const COOKIE = 'fake=fake_value; Path=/';

export const digest: Endpoint = async (exchange) => {
  const { qop = '', user = '' } = exchange.params;
  const wanted = exchange.params.algorithm ?? '';
  const algorithm = Object.hasOwn(hashNames, wanted) ? wanted : 'MD5';
  const hashName = hashNames[algorithm] ?? 'md5';
  const isChallenged = cookiesOf(exchange.request).get('fake') === 'fake_value';
  const needsCookie = /^(1|t|true)$/i.test(first(exchange.args, 'require-cookie'));
  if (needsCookie && exchange.request.headers.authorization && !isChallenged) {
    return { ...sendPyJson({ errors: ['missing cookie set on challenge'] }), status: 403 };
  }
  if (await isAuthorized(exchange, REALM, hashName)) {
    return sendPyJson({ authenticated: true, user }, { 'Set-Cookie': COOKIE });
  }
  const quality = qop === 'auth' || qop === 'auth-int' ? qop : 'auth, auth-int';
  const [nonce, opaque] = [newNonce(exchange, hashName), newNonce(exchange, hashName)];
  return emptyPage(401, {
    'WWW-Authenticate':
      `Digest realm="${REALM}", nonce="${nonce}", qop="${quality}", opaque="${opaque}", ` +
      `algorithm=${algorithm}, stale=FALSE`,
    'Set-Cookie': ['stale_after=never; Path=/', COOKIE],
  });
};
