import { generateKeyPairSync } from 'node:crypto';
import { newSigningRequest } from '../../../src/pki/new-signing-request.ts';
import type { Access } from './instance.ts';
import type { Kind } from './kinds.ts';
import { fill, GO_HEAD, HEAD, MiB, names } from './texts.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const bin = (name: string, path: string, headers = {}): Kind => ({
  name: `demo system: ${name}`,
  calls: [{ to: 'external-system', path, headers }],
});
const post = (name: string, path: string, headers: Record<string, string>, body: () => string): Kind => ({
  name: `demo system: ${name}`,
  get calls() {
    return [{ to: 'external-system', method: 'POST', path, headers, body: body() }];
  },
});

const csr = (pem: string) => JSON.stringify({ csr: Buffer.from(pem).toString('base64') });
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const goodRequest = await newSigningRequest(privateKey, [{ type: 'CN', value: 'shop' }]);
const pairing = (name: string, body: () => string): Kind => ({
  name: `connector: ${name}`,
  get calls() {
    return [{ to: (access: Access) => access.csrUrl, method: 'POST', body: body() }];
  },
});
const internal = (name: string, path: string, body: () => string): Kind => ({
  name: `connector, internal: ${name}`,
  get calls() {
    return [{ to: 'internal', method: 'POST', path, headers: { application: 'shop' }, body: body() }];
  },
});
const revocations = '/v1/applications/certificates/revocations';

/** Requests that nobody needs to know anything for. */
export const openEdges: readonly Kind[] = [
  bin('a delay of digits', `/delay/${fill('1', HEAD)}x`),
  bin('a duration of digits', `/drip?duration=${fill('1', HEAD)}x`),
  bin('a duration of parts', `/drip?duration=${fill('1h', HEAD)}`),
  bin('weights of digits', `/status/200:1,200:${fill('1', HEAD)}x`),
  bin('a rate of digits', `/unstable?failure_rate=${fill('1', HEAD)}x`),
  bin('a seed of digits', `/bytes/1048576?seed=${fill('1', HEAD)}`),
  bin('a seed', '/bytes/1048576?seed=7'),
  bin('an age of digits', `/cache/${fill('1', HEAD)}`),
  bin('Bearer and blanks', '/v1/api/oauth/ok', { Authorization: `Bearer${fill(' ', HEAD)}x` }),
  bin('a bearer of blanks', '/bearer', { Authorization: `Bearer${fill(' a', HEAD)}` }),
  bin('Range of blanks', '/range/1000', { Range: `bytes=${fill(' ', HEAD)}x` }),
  bin('Range of digits', '/range/1000', { Range: `bytes=${fill('1', HEAD)}x` }),
  bin('Range of ranges', '/range/1048576', { Range: `bytes=${fill('1-1,', HEAD)}` }),
  bin('Cookie of blanks', '/cookies', { Cookie: `a=b${fill(' ', HEAD)}x` }),
  bin('Cookie of pairs', '/cookies', { Cookie: fill('a=b;', HEAD) }),
  bin('Digest of words', '/digest-auth/auth/a/b', { Authorization: `Digest ${fill('a', HEAD)}` }),
  bin('Digest of quotes', '/digest-auth/auth/a/b', { Authorization: `Digest ${fill('a="\\" ', HEAD)}` }),
  bin('a query of one name', `/get?${fill('a&', HEAD)}`),
  bin('a path of escapes', `/anything/${fill('%41', HEAD)}`),
  bin('a path of slashes', `/anything/${fill('/', HEAD)}`),
  post('a form of one name', '/post', FORM, () => fill('a&', MiB)),
  post('a form of names', '/post', FORM, () => names(MiB, (at) => `${at}`, '&')),
  post('a token form of 10 MiB', '/v1/api/oauth/token', FORM, () => fill('a&', 10 * MiB)),
  post('a token form of names', '/v1/api/oauth/token', FORM, () => names(10 * MiB, (at) => `${at}`, '&')),
  post('an echo of 16 MiB', '/v1/api/unsecure/echo', {}, () => fill('\u0001', 16 * MiB)),
  post('JSON of numbers', '/post', JSON_TYPE, () => `[${fill('1,', MiB - 4)}1]`),
  post('JSON of lists', '/post', JSON_TYPE, () => `[${fill('[],', MiB - 4)}1]`),
  post('JSON of names', '/post', JSON_TYPE, () => `{${names(MiB - 20, (at) => `"${at}":1`, ',')}}`),
  post('JSON, nested', '/post', JSON_TYPE, () => `${fill('[', 990)}${fill('1,', MiB - 4096)}1${fill(']', 990)}`),
  post('JSON, nested far too deep', '/post', JSON_TYPE, () => fill('[', MiB)),
  post(
    'a multipart form',
    '/post',
    { 'Content-Type': 'multipart/form-data; boundary=b' },
    () => `${fill('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n', MiB - 100)}--b--\r\n`,
  ),

  pairing('a signing request', () => csr(goodRequest)),
  pairing('beginnings of PEM', () => csr(fill('-----BEGIN X-----\n', 720 * 1024))),
  pairing('beginnings of PEM that are headers too', () => csr(fill('-----BEGIN X:-----\n', 720 * 1024))),
  pairing('PEM of tabs', () => csr(`-----BEGIN X-----${fill('\t', 720 * 1024)}x`)),
  pairing('PEM of zeros', () => csr(`-----BEGIN X-----\n${fill('A', 700 * 1024)}\n-----END X-----\n`)),
  pairing('ASN.1 of many values', () => csr(asn1Values())),
  pairing('ASN.1, nested', () => csr(nestedAsn1())),
  pairing('JSON of names', () => `{${names(MiB - 20, (at) => `"${at}":1`, ',')}}`),
  pairing('JSON of one name', () => `{${fill('"csr":"a",', MiB - 20)}"csr":"a"}`),
  pairing('JSON of lists', () => `{"x":[${fill('[],', MiB - 20)}1]}`),
  pairing('base64 of line feeds', () => JSON.stringify({ csr: fill('\n', MiB / 2 - 20) })),
  internal('a revocation of many names', revocations, () => `{${names(MiB - 20, (at) => `"${at}":1`, ',')}}`),
  internal('a revocation of one name', revocations, () => `{${fill('"hash":"a",', MiB - 20)}"hash":"a"}`),
  internal('a revocation of lists', revocations, () => `[${fill('[],', MiB - 20)}1]`),

  ...['application-gateway', 'application-gateway-compass'].flatMap((to): Kind[] => [
    { name: `${to}: a path of escapes`, calls: [{ to, path: `/shop/${fill('%2F', GO_HEAD)}` }] },
    { name: `${to}: a path of slashes`, calls: [{ to, path: `/shop/a/${fill('/', GO_HEAD)}` }] },
    { name: `${to}: a path of dots`, calls: [{ to, path: `/shop/a/${fill('../', GO_HEAD)}` }] },
    { name: `${to}: a query`, calls: [{ to, path: `/shop/a/b?${fill('a&', GO_HEAD)}` }] },
  ]),
  { name: 'control: a name of escapes', calls: [{ to: 'control', path: `/v1/applications/${fill('%41', 60_000)}` }] },
  {
    name: 'control: JSON',
    calls: [{ to: 'control', method: 'PUT', path: '/v1/applications/a', headers: JSON_TYPE, body: fill('[', 60_000) }],
  },
];

/** A structure around as many small values as a body holds. */
function asn1Values(): string {
  return pemOf(Buffer.alloc(500 * 1024, Buffer.from([0x05, 0x00])), false);
}

function nestedAsn1(): string {
  const depth = 100_000;
  const bytes = Buffer.alloc(depth * 5);
  for (let at = 0; at < depth; at++) {
    bytes[at * 5] = 0x30;
    bytes[at * 5 + 1] = 0x83;
    bytes.writeUIntBE((depth - at - 1) * 5, at * 5 + 2, 3);
  }
  return pemOf(bytes, true);
}

function pemOf(content: Buffer, isWhole: boolean): string {
  const head = Buffer.from([0x30, 0x83, 0, 0, 0]);
  head.writeUIntBE(content.length, 2, 3);
  const der = isWhole ? content : Buffer.concat([head, content]);
  return `-----BEGIN X-----\n${der.toString('base64')}\n-----END X-----\n`;
}
