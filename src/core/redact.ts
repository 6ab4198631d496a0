/**
 * The last gate of the log: takes everything secret out of a line of JSON, wherever it stands in it: header values,
 * members of bodies, `token=` in URLs and messages, private keys. It looks at the finished line, so that no place that
 * logs has to think of it.
 */

const MASK = '***';

/** Names of headers and JSON members whose values are never logged, in lower case. */
const secretNames = [
  'authorization',
  'proxy-authorization',
  'access-token',
  'cookie',
  'set-cookie',
  'x-csrf-token',
  'x-forwarded-client-cert',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'clientsecret',
  'client_secret',
  'password',
  'privatekey',
  'private_key',
].join('|');

const text = String.raw`"(?:[^"\\]|\\.)*"`;
/** `"cookie":"…"` and `"cookie":["…","…"]`. */
const member = new RegExp(String.raw`("(?:${secretNames})":)(?:${text}|\[(?:${text},?)*\])`, 'gi');
/** The same inside a text that is itself JSON: `\"token\":\"…\"`. */
const nestedMember = new RegExp(String.raw`(\\"(?:${secretNames})\\"\s*:\s*\\")[^"\\]*`, 'gi');
/** `token=…` of a query, also inside a URL that is percent-encoded. */
const queryToken = /((?:\b|%3F|%26)(?:access_)?token(?:=|%3D))[^&"\\\s#]+/gi;
/** Words after "Basic" are left alone: only what has a capital or a digit is taken for credentials. */
const credentials = /\b([Bb]earer|[Bb]asic) +(?=[a-z._~+/-]*[A-Z0-9])[\w.~+/-]{8,}=*/g;
const privateKey = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="))/g;

/** A log line, or any other text, without its secrets. JSON stays JSON. */
export const redact = (line: string): string =>
  line
    .replace(member, `$1"${MASK}"`)
    .replace(nestedMember, `$1${MASK}`)
    .replace(queryToken, `$1${MASK}`)
    .replace(credentials, `$1 ${MASK}`)
    .replace(privateKey, `-----BEGIN $1PRIVATE KEY----- ${MASK}`);
