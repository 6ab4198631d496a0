import { createHash } from 'node:crypto';
import { gunzipSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startHttpBin } from './bin.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

test.each([
  ['/gzip', 'gzip', 'gzipped', gunzipSync],
  ['/deflate', 'deflate', 'deflated', inflateSync],
] as const)('%s is packed', async (path, encoding, member, unpack) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: `${path}?a=1` });
  expect(answer.headers).toMatchObject({ 'content-encoding': encoding, 'content-type': JSON_TYPE });
  const shown = JSON.parse(unpack(answer.bytes).toString());
  expect(Object.keys(shown)).toEqual(['args', 'headers', 'method', 'origin', 'url', member]);
  expect(shown).toMatchObject({ args: { a: ['1'] }, url: '', [member]: true });
});

test('/brotli is not there, as in the original', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/brotli' });
  expect([answer.status, answer.json()]).toEqual([501, { status_code: 501, error: 'Not Implemented' }]);
});

test.each(['/bytes/5', '/stream-bytes/5'])('%s answers five bytes', async (path) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path });
  expect(answer.headers['content-type']).toBe('application/octet-stream');
  expect(answer.bytes).toEqual(Buffer.alloc(5, 0x80));
});

test('the same seed gives the same bytes, another one others', async () => {
  const bin = await startHttpBin();
  const of = async (path: string) => (await bin.ask({ path })).text;
  expect(await of('/bytes/100?seed=1')).toBe(await of('/stream-bytes/100?seed=1&chunk_size=7'));
  expect(await of('/bytes/100?seed=1')).not.toBe(await of('/bytes/100?seed=2'));
  expect((await bin.ask({ path: '/bytes/100?seed=-1' })).bytes).toHaveLength(100);
});

test('no bytes at all are an empty answer', async () => {
  const bin = await startHttpBin();
  expect(await bin.ask({ path: '/bytes/0' })).toMatchObject({ status: 200, text: '' });
});

test.each([
  ['/bytes/2000000', 'invalid byte count: 2000000 not in range [1, 1048576]'],
  ['/bytes/-1', 'invalid byte count: -1 must be greater than 0'],
  ['/bytes/x', 'invalid byte count: strconv.Atoi: parsing "x": invalid syntax'],
  ['/bytes/5?seed=x', 'invalid seed: strconv.ParseInt: parsing "x": invalid syntax'],
  ['/range/0', 'invalid count: 0 not in range [1, 1048576]'],
  ['/stream/x', 'invalid count: strconv.Atoi: parsing "x": invalid syntax'],
  ['/drip?delay=8s&duration=3s', 'too much time: 8s+3s > 10s'],
  ['/drip?numbytes=0', 'invalid numbytes: 0 not in range [1, 1048576]'],
  ['/drip?code=99', 'invalid status code: 99 not in range [100, 599]'],
  ['/sse?count=0', 'invalid count: must in range [1, 18724]'],
  ['/unstable?failure_rate=2', 'invalid failure rate: 2 not in range [0, 1]'],
  ['/trailers?Host=x', 'forbidden trailer: Host'],
  ['/cache/x', 'invalid seconds: strconv.ParseInt: parsing "x": invalid syntax'],
  ['/base64/decode/abc!', 'base64 decode failed: illegal base64 data at input byte 3'],
  ['/base64/turn/abcd', 'invalid operation: turn'],
  ['/links/257', 'invalid link count: 257 must be in range [0, 256]'],
  ['/digest-auth/foo/u/p', 'invalid QOP directive: "foo" != "auth"'],
  ['/digest-auth/auth/u/p/SHA-512', 'invalid algorithm: SHA-512 must be one of MD5 or SHA-256'],
])('%s is refused: %s', async (path, detail) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path });
  expect([answer.status, answer.json()]).toEqual([400, { status_code: 400, error: 'Bad Request', detail }]);
});

const alphabet = 'abcdefghijklmnopqrstuvwxyzabcd';
const ranges: [range: string | undefined, status: number, contentRange: string | undefined, body: string][] = [
  [undefined, 200, undefined, alphabet],
  ['bytes=0-4', 206, 'bytes 0-4/30', 'abcde'],
  ['bytes=26-', 206, 'bytes 26-29/30', 'abcd'],
  ['bytes=-2', 206, 'bytes 28-29/30', 'cd'],
  ['bytes=28-99', 206, 'bytes 28-29/30', 'cd'],
  ['bytes=30-', 416, 'bytes */30', 'invalid range: failed to overlap\n'],
  ['bytes=4-2', 416, undefined, 'invalid range\n'],
  ['lines=1-2', 416, undefined, 'invalid range\n'],
];

test.each(ranges)('/range/30 with Range %j answers %i', async (range, status, contentRange, body) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/range/30', headers: ['Host', 'h', ...(range ? ['Range', range] : [])] });
  expect([answer.status, answer.headers['content-range'], answer.text]).toEqual([status, contentRange, body]);
  expect(answer.headers['content-type']).toBe(TEXT_TYPE);
  expect(answer.headers.etag).toBe(status === 416 ? undefined : 'range30');
});

test('several ranges come as parts', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/range/30', headers: { Range: 'bytes=0-1,26-27' } });
  const boundary = /^multipart\/byteranges; boundary=(\w+)$/.exec(answer.headers['content-type'] ?? '')?.[1];
  const part = (range: string, body: string) =>
    `--${boundary}\r\nContent-Range: bytes ${range}/30\r\nContent-Type: ${TEXT_TYPE}\r\n\r\n${body}\r\n`;
  expect([answer.status, answer.text]).toEqual([206, `${part('0-1', 'ab')}${part('26-27', 'ab')}--${boundary}--\r\n`]);
});

test('/stream/{n} is a line of JSON for each number', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/stream/2?a=%26', headers: ['Host', 'bin.local', 'Connection', 'close'] });
  const line = (id: number) =>
    `{"id":${id},"args":{"a":["\\u0026"]},"headers":{"Connection":["close"],"Host":["bin.local"]},` +
    '"origin":"127.0.0.1","url":"http://bin.local/stream/2?a=%26"}\n';
  expect(answer.text).toBe(line(0) + line(1));
  expect(answer.headers).toMatchObject({ 'content-type': TEXT_TYPE, 'transfer-encoding': 'chunked' });
});

test.each([
  ['/stream/0', 1],
  ['/stream/-1', 1],
  ['/stream/101', 100],
])('%s has %i lines', async (path, lines) => {
  const bin = await startHttpBin();
  expect((await bin.ask({ path })).text.match(/\n/g)).toHaveLength(lines);
});

const picture: Readonly<Record<string, RegExp>> = {
  'image/png': /^\x89PNG\r\n/,
  'image/jpeg': /^\xff\xd8\xff/,
  'image/webp': /^RIFF....WEBP/s,
  'image/svg+xml': /^<svg /,
};
const accepts: [accept: string | undefined, contentType: string][] = [
  [undefined, 'image/png'],
  ['image/*', 'image/png'],
  ['image/jpeg, image/png', 'image/png'],
  ['image/jpeg, image/webp', 'image/webp'],
  ['text/html, image/svg+xml', 'image/svg+xml'],
  ['image/jpeg', 'image/jpeg'],
];

test.each(accepts)('/image for who accepts %s is %s', async (accept, contentType) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/image', headers: ['Host', 'h', ...(accept ? ['Accept', accept] : [])] });
  expect([answer.status, answer.headers['content-type']]).toEqual([200, contentType]);
  expect(answer.bytes.toString('latin1')).toMatch(picture[contentType] ?? /^$/);
  const named = await bin.ask({ path: `/image/${contentType.replace(/^image\/|\+xml$/g, '')}` });
  expect(named.bytes.equals(answer.bytes)).toBe(true);
});

test('who accepts no picture, as curl does not, gets none', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/image', headers: { Accept: '*/*' } });
  expect([answer.status, answer.json()]).toEqual([415, { status_code: 415, error: 'Unsupported Media Type' }]);
  expect((await bin.ask({ path: '/image/gif' })).status).toBe(404);
});

test('/cache knows whether the client has it already', async () => {
  const bin = await startHttpBin();
  const fresh = await bin.ask({ path: '/cache' });
  expect(fresh.headers['last-modified']).toBe('Thu, 01 Jan 1970 00:00:00 UTC');
  expect(fresh.headers.etag).toMatch(/^[0-9a-f]{40}$/);
  expect(fresh.json()).toMatchObject({ method: 'GET' });
  for (const name of ['If-None-Match', 'If-Modified-Since']) {
    expect(await bin.ask({ path: '/cache', headers: { [name]: 'x' } })).toMatchObject({ status: 304, text: '' });
  }
  expect((await bin.ask({ path: '/cache/60' })).headers['cache-control']).toBe('public, max-age=60');
});

const etags: [method: string, headers: Record<string, string>, status: number][] = [
  ['GET', {}, 200],
  ['GET', { 'If-None-Match': '"x"' }, 200],
  ['GET', { 'If-None-Match': '"x", W/"tag"' }, 304],
  ['GET', { 'If-None-Match': '*' }, 304],
  ['POST', { 'If-None-Match': '"tag"' }, 412],
  ['GET', { 'If-Match': '"tag"' }, 200],
  ['GET', { 'If-Match': '*' }, 200],
  ['GET', { 'If-Match': '"x"' }, 412],
  ['GET', { Range: 'bytes=0-0' }, 206],
  ['GET', { Range: 'bytes=0-0', 'If-Range': '"x"' }, 200],
];

test.each(etags)('%s /etag/tag with %j answers %i', async (method, headers, status) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ method, path: '/etag/tag', headers });
  expect([answer.status, answer.headers.etag]).toEqual([status, '"tag"']);
  if (status === 200) expect(answer.headers['content-type']).toBe(TEXT_TYPE);
});

test.each([
  ['/base64/aGVsbG8gd29ybGQ=', 'hello world', TEXT_TYPE],
  ['/base64/decode/_-8=', '\ufffd\ufffd', TEXT_TYPE],
  ['/base64/encode/a%3Fb%3E', 'YT9iPg==', TEXT_TYPE],
  ['/base64/PGI-?content-type=text/html', '&lt;b&gt;', 'text/html'],
  ['/base64/e30=?content-type=application/json', '{}', 'application/json'],
])('%s is %s', async (path, text, contentType) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path });
  expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, text, contentType]);
});

test('/links lead to each other', async () => {
  const bin = await startHttpBin();
  const first = await bin.ask({ path: '/links/3' });
  expect([first.status, first.headers.location]).toEqual([302, '/links/3/0']);
  const { text } = await bin.ask({ path: '/links/3/1' });
  expect(text).toContain('<body><a href="/links/3/0">0</a> 1 <a href="/links/3/2">2</a> </body>');
});

test.each([
  ['/json', JSON_TYPE, /"title": "Sample Slide Show"/],
  ['/xml', 'application/xml', /<slideshow author="Yours Truly"/],
  ['/html', 'text/html; charset=utf-8', /<h1>/],
  ['/encoding/utf8', 'text/html; charset=utf-8', /東京/],
  ['/forms/post', 'text/html; charset=utf-8', /action="\/post"/],
  ['/robots.txt', TEXT_TYPE, /^User-agent: \*\nDisallow: \/deny\n$/],
  ['/deny', TEXT_TYPE, /YOU SHOULDN'T BE HERE/],
  ['/', 'text/html; charset=utf-8', /<html>/],
  ['/hostname', JSON_TYPE, /"hostname": "go-httpbin"/],
  ['/version', JSON_TYPE, /"service": "go-httpbin"/],
  ['/env', JSON_TYPE, /"env": null/],
])('%s is a document', async (path, contentType, text) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path });
  expect([answer.status, answer.headers['content-type']]).toEqual([200, contentType]);
  expect(answer.text).toMatch(text);
});

test('/dump/request is the request as it came', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({
    method: 'POST',
    path: '/dump/request?a=%20',
    headers: ['Host', 'h', 'x-b', '1', 'Content-Length', '2', 'Connection', 'close'],
    body: 'hi',
  });
  expect(answer.text).toBe(
    'POST /dump/request?a=%20 HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\nX-B: 1\r\n\r\nhi',
  );
});

test('/unstable fails by chance', async () => {
  // The random number of these tests is one half.
  const bin = await startHttpBin();
  expect(await bin.ask({ path: '/unstable' })).toMatchObject({ status: 200, text: '' });
  expect(await bin.ask({ path: '/unstable?failure_rate=0.6' })).toMatchObject({ status: 500, text: '' });
});

test('/upload counts what comes', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ method: 'PUT', path: '/upload', body: Buffer.alloc(1024 * 1024) });
  expect(answer.json()).toMatchObject({ method: 'PUT', bytes_received: 1024 * 1024 });
  expect((await bin.ask({ path: '/upload' })).status).toBe(405);
});

test('/trailers follow the body', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/trailers?X-T=1&X-A=b%20c' });
  expect(answer.headers.trailer).toBe('X-A, X-T');
  expect(answer.trailers).toEqual({ 'x-t': '1', 'x-a': 'b c' });
  expect(answer.json()).toMatchObject({ args: { 'X-T': ['1'] } });
  expect((await bin.ask({ method: 'HEAD', path: '/trailers?X-T=1' })).status).toBe(200);
});

const digestCases: [algorithm: string, hash: string, password: string, status: number][] = [
  ['MD5', 'md5', 'p', 200],
  ['SHA-256', 'sha256', 'p', 200],
  ['MD5', 'md5', 'wrong', 401],
];

test.each(digestCases)(
  'digest authentication by %s (%s) with password %s',
  async (algorithm, hashName, password, status) => {
    const bin = await startHttpBin();
    const path = `/digest-auth/auth/u/p/${algorithm}`;
    const challenge = await bin.ask({ path });
    expect([challenge.status, challenge.json()]).toEqual([401, { status_code: 401, error: 'Unauthorized' }]);
    const [, nonce, opaque] =
      new RegExp(
        `^Digest qop=auth, realm="go-httpbin", algorithm=${algorithm}, nonce=([0-9a-f]+), opaque=([0-9a-f]+)$`,
      ).exec(challenge.headers['www-authenticate'] ?? '') ?? [];
    const hash = (text: string) => createHash(hashName).update(text).digest('hex');
    const secret = hash(`u:go-httpbin:${password}`);
    const response = hash(`${secret}:${nonce}:00000001:c:auth:${hash(`GET:${path}`)}`);
    const headers = {
      Authorization:
        `Digest username="u", realm="go-httpbin", nonce="${nonce}", uri="${path}", algorithm=${algorithm}, ` +
        `qop=auth, nc=00000001, cnonce="c", response="${response}", opaque="${opaque}"`,
    };
    const answer = await bin.ask({ path, headers });
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.json()).toEqual({ authenticated: true, user: 'u', authorized: true });
  },
);
