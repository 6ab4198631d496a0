import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import type { Kymulator } from '../../src/kymulator.ts';
import { call } from '../support/call.ts';
import { edge, start } from '../support/instance.ts';
import { startHttpBin } from './bin.ts';
import { WatchedClock } from './clock.ts';
import type { Ask } from './serve.ts';

const startClassic = (clock = new ManualClock(0)) => startHttpBin(clock, 'kr');
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const headers = (...more: string[]) => ['Host', 'bin.local', 'Connection', 'close', ...more];

test('JSON has sorted keys, a blank behind every comma, and nothing beyond ASCII', async () => {
  const bin = await startClassic();
  const path = '/get?b=%C5%BC&a=1&a=2&z=%zz&c';
  const answer = await bin.ask({ path, headers: headers('x-foo-bar', '1', 'X-Foo-Bar', '2', 'Via', 'proxy') });
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.text).toBe(
    [
      '{',
      '  "args": {',
      '    "a": [',
      '      "1", ',
      '      "2"',
      '    ], ',
      '    "b": "\\u017c", ',
      '    "c": "", ',
      '    "z": "%zz"',
      '  }, ',
      '  "headers": {',
      '    "Connection": "close", ',
      '    "Host": "bin.local", ',
      '    "X-Foo-Bar": "1,2"',
      '  }, ',
      '  "origin": "127.0.0.1", ',
      '  "url": "http://bin.local/get?b=\\u017c&a=1&a=2&z=%zz&c"',
      '}',
      '',
    ].join('\n'),
  );
});

test('the flavor of an instance is an option', async () => {
  const agents = async (instance: Kymulator) =>
    (await call(`${edge(instance, 'external-system')}/headers`, { headers: { 'User-Agent': 'x' } })).json.headers;
  expect(await agents(await start())).toMatchObject({ 'User-Agent': ['x'] });
  expect(await agents(await start({ externalSystemFlavor: 'kr' }))).toMatchObject({ 'User-Agent': 'x' });
});

test('headers of the hosting are hidden unless the query has show_env', async () => {
  const bin = await startClassic();
  const sent = headers('X-Forwarded-For', '10.1.2.3, 10.9.9.9', 'X-Forwarded-Proto', 'https');
  const hidden = (await bin.ask({ path: '/get', headers: sent })).json();
  expect(hidden).toMatchObject({ origin: '10.1.2.3, 10.9.9.9', url: 'https://bin.local/get' });
  expect(hidden).toHaveProperty('headers', { Host: 'bin.local', Connection: 'close' });
  const shown = (await bin.ask({ path: '/headers?show_env', headers: sent })).json();
  expect(shown).toMatchObject({ headers: { 'X-Forwarded-For': '10.1.2.3, 10.9.9.9', 'X-Forwarded-Proto': 'https' } });
});

test('/anything shows eight members and the method', async () => {
  const bin = await startClassic();
  const answer = await bin.ask({
    method: 'POST',
    path: '/anything/a%20b?z=1',
    headers: headers('Content-Type', 'application/json', 'Content-Length', '7'),
    body: '{"a":1}',
  });
  expect(answer.json()).toEqual({
    args: { z: '1' },
    data: '{"a":1}',
    files: {},
    form: {},
    headers: { Connection: 'close', 'Content-Length': '7', 'Content-Type': 'application/json', Host: 'bin.local' },
    json: { a: 1 },
    method: 'POST',
    origin: '127.0.0.1',
    url: 'http://bin.local/anything/a%20b?z=1',
  });
});

const FORM = 'application/x-www-form-urlencoded';
const multipart =
  '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' +
  '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\ncontent\r\n--b--\r\n';
const bodies: [name: string, type: string | undefined, body: string | Buffer, expected: object][] = [
  ['nothing', undefined, '', { data: '', json: null }],
  ['invalid JSON', 'application/json', '{', { data: '{', json: null }],
  ['JSON of another type', 'text/plain', '[true]', { data: '[true]', json: [true] }],
  ['a form', FORM, 'a=1&b=2&b=3', { data: '', form: { a: '1', b: ['2', '3'] }, json: null }],
  ['multipart', 'multipart/form-data; boundary=b', multipart, { data: '', form: { a: '1' }, files: { f: 'content' } }],
  ['text as octets', 'application/octet-stream', 'abc', { data: 'abc' }],
  ['untyped text', undefined, 'abc', { data: 'abc' }],
  ['bytes', undefined, Buffer.from([0xfb, 0xff]), { data: 'data:application/octet-stream;base64,+/8=' }],
];

test.each(bodies)('%s in a body', async (_, type, body, expected) => {
  const bin = await startClassic();
  const typed = type ? ['Content-Type', type] : [];
  const length = ['Content-Length', String(Buffer.byteLength(body))];
  const answer = await bin.ask({ method: 'POST', path: '/post', headers: headers(...typed, ...length), body });
  expect(answer.json()).toMatchObject({ files: {}, form: {}, ...expected });
});

test('whole numbers stay exact, others are spelled as Python does', async () => {
  const bin = await startClassic();
  const body = '[12345678901234567890, 1e3, 1.50, 1e16, 1e-7, -0.0]';
  const answer = await bin.ask({ method: 'POST', path: '/post', body });
  expect(answer.text.replace(/\s+/g, ' ')).toContain(
    '"json": [ 12345678901234567890, 1000.0, 1.5, 1e+16, 1e-07, -0.0 ]',
  );
});

const answers: [request: Ask, status: number, expected: Record<string, string | undefined>, body: RegExp][] = [
  [{ path: '/user-agent' }, 200, {}, /"user-agent": null/],
  [{ path: '/uuid' }, 200, { 'content-type': 'application/json' }, /"uuid": "[0-9a-f-]{36}"/],
  [{ path: '/ip' }, 200, {}, /"origin": "127.0.0.1"/],
  [
    { path: '/basic-auth/u/p', headers: { Authorization: basic('u:p') } },
    200,
    {},
    /^\{\n {2}"authenticated": true, \n {2}"user": "u"\n\}\n$/,
  ],
  [
    { path: '/basic-auth/u/p' },
    401,
    { 'www-authenticate': 'Basic realm="Fake Realm"', 'content-type': undefined },
    /^$/,
  ],
  [{ path: '/hidden-basic-auth/u/p' }, 404, { 'content-type': 'text/html; charset=utf-8' }, /^$/],
  [{ path: '/bearer', headers: { Authorization: 'Bearer a b' } }, 200, {}, /"token": "a b"/],
  [{ path: '/bearer', headers: { Authorization: 'bearer a' } }, 401, { 'www-authenticate': 'Bearer' }, /^$/],
  [{ path: '/status/200' }, 200, { 'content-type': 'text/html; charset=utf-8' }, /^$/],
  [{ path: '/status/302' }, 302, { location: '/redirect/1', 'content-type': undefined }, /^$/],
  [{ path: '/status/308' }, 308, { location: undefined }, /^$/],
  [{ path: '/status/600' }, 600, {}, /^$/],
  [{ path: '/status/abc' }, 400, {}, /^Invalid status code$/],
  [{ path: '/status/200:x,1' }, 400, {}, /^Invalid status code$/],
  [{ path: '/status/201,404' }, 404, {}, /^$/],
  [{ path: '/status/406' }, 406, { 'content-type': 'application/json' }, /^\{"message": .*"image\/\*"\]\}$/],
  [{ path: '/redirect/2' }, 302, { location: '/relative-redirect/1' }, /Redirecting/],
  [
    { path: '/redirect/2?absolute=true', headers: headers() },
    302,
    { location: 'http://bin.local/absolute-redirect/1' },
    /Redirecting/,
  ],
  [{ path: '/relative-redirect/1' }, 302, { location: '/get' }, /^$/],
  [{ path: '/redirect/0' }, 500, {}, /Internal Server Error/],
  [{ path: '/redirect-to?url=get&status_code=200' }, 302, { location: 'get' }, /^$/],
  [{ path: '/redirect-to?url=/x&status_code=307', method: 'POST' }, 307, { location: '/x' }, /^$/],
  [{ path: '/redirect-to' }, 500, {}, /Internal Server Error/],
  [{ path: '/cookies', headers: { Cookie: 'a=1' } }, 200, {}, /"cookies": \{\n {4}"a": "1"\n/],
  [{ path: '/cookies/set?a=1' }, 302, { location: '/cookies', 'set-cookie': 'a=1; Path=/' }, /Redirecting/],
  [{ path: '/cookies/set/a/1' }, 302, { 'set-cookie': 'a=1; Path=/' }, /Redirecting/],
  [
    { path: '/cookies/delete?a' },
    302,
    { 'set-cookie': 'a=; Expires=Thu, 01-Jan-1970 00:00:00 GMT; Max-Age=0; Path=/' },
    /Redirecting/,
  ],
  [{ path: '/cache' }, 200, { 'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT' }, /"url"/],
  [{ path: '/cache', headers: { 'If-None-Match': 'x' } }, 304, {}, /^$/],
  [{ path: '/cache/5' }, 200, { 'cache-control': 'public, max-age=5' }, /"url"/],
  [{ path: '/etag/e' }, 200, { etag: 'e' }, /"url"/],
  [{ path: '/etag/e', headers: { 'If-None-Match': '"e"' } }, 304, { etag: 'e' }, /^$/],
  [{ path: '/etag/e', headers: { 'If-Match': '"x"' } }, 412, {}, /^$/],
  [{ path: '//get' }, 200, {}, /"url"/],
  [{ path: '/get/' }, 404, { 'content-type': 'text/html; charset=utf-8' }, /<title>404 Not Found<\/title>/],
  [{ path: '/uuid', method: 'POST' }, 405, { allow: 'GET, HEAD' }, /<title>405/],
  [{ path: '/delay/x' }, 500, {}, /Internal Server Error/],
  [{ path: '/gzip' }, 200, { 'content-encoding': 'gzip' }, /./s],
];

test.each(answers)('%j answers %i', async (request, status, expected, body) => {
  const bin = await startClassic();
  const answer = await bin.ask(request);
  expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(body)]);
  for (const [name, value] of Object.entries(expected)) expect([answer.headers[name]].flat()[0], name).toBe(value);
});

test('/status/99 breaks the connection', async () => {
  const bin = await startClassic();
  await expect(bin.ask({ path: '/status/99' })).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('/delay is ten seconds at most, and shows no JSON', async () => {
  const clock = new WatchedClock(0);
  const bin = await startClassic(clock);
  const pending = bin.ask({ method: 'POST', path: '/delay/20', body: '{}' });
  await clock.begun;
  expect(clock.waits).toEqual([10_000]);
  clock.advance(10_000);
  const shown = (await pending).json();
  expect(Object.keys(shown as object)).toEqual(['args', 'data', 'files', 'form', 'headers', 'origin', 'url']);
});

test('/response-headers counts itself', async () => {
  const bin = await startClassic();
  const answer = await bin.ask({ path: '/response-headers?foo=bar&foo=baz' });
  expect(answer.headers.foo).toBe('bar, baz');
  expect(answer.json()).toEqual({
    'Content-Length': String(answer.bytes.length),
    'Content-Type': 'application/json',
    foo: ['bar', 'baz'],
  });
});

test('OPTIONS is a preflight on known paths only, and HEAD tells the length', async () => {
  const bin = await startClassic();
  const known = await bin.ask({ method: 'OPTIONS', path: '/post' });
  expect([known.status, known.headers.allow, known.headers['access-control-allow-methods']]).toEqual([
    200,
    'OPTIONS, POST',
    'GET, POST, PUT, DELETE, PATCH, OPTIONS',
  ]);
  expect((await bin.ask({ method: 'OPTIONS', path: '/nowhere' })).status).toBe(404);
  const [head, get] = [await bin.ask({ method: 'HEAD', path: '/uuid' }), await bin.ask({ path: '/uuid' })];
  expect([head.text, head.headers['content-length']]).toEqual(['', get.headers['content-length']]);
});

test.each([
  ['auth', 'MD5', 'md5'],
  ['auth-int', 'SHA-256', 'sha256'],
  ['auth', 'SHA-512', 'sha512'],
])('digest authentication with %s by %s', async (qop, algorithm, hashName) => {
  const bin = await startClassic();
  const path = `/digest-auth/${qop}/u/p/${algorithm}`;
  const challenge = await bin.ask({ path });
  expect([challenge.status, challenge.headers['set-cookie']]).toEqual([
    401,
    ['stale_after=never; Path=/', 'fake=fake_value; Path=/'],
  ]);
  const [, nonce] =
    new RegExp(
      `^Digest realm="me@kennethreitz.com", nonce="([^"]+)", qop="${qop}", opaque="[^"]+", algorithm=${algorithm}, stale=FALSE$`,
    ).exec(challenge.headers['www-authenticate'] ?? '') ?? [];
  const hash = (text: string) => createHash(hashName).update(text).digest('hex');
  const target = hash(`GET:${path}${qop === 'auth-int' ? `:${hash('')}` : ''}`);
  const response = hash(`${hash('u:me@kennethreitz.com:p')}:${nonce}:00000001:c:${qop}:${target}`);
  const authorization =
    `Digest username="u", realm="me@kennethreitz.com", nonce="${nonce}", uri="${path}", ` +
    `qop=${qop}, nc=00000001, cnonce="c", response="${response}"`;
  const answer = await bin.ask({ path, headers: { Authorization: authorization } });
  expect([answer.status, answer.json()]).toEqual([200, { authenticated: true, user: 'u' }]);
  const refused = await bin.ask({ path: `${path}?require-cookie=1`, headers: { Authorization: authorization } });
  expect([refused.status, refused.json()]).toEqual([403, { errors: ['missing cookie set on challenge'] }]);
});

test('/anything/ is another path than /anything', async () => {
  const bin = await startClassic();
  const statuses = ['/anything', '/anything/', '/anything/x', '/anything/x/', '/anything/x/y'].map(
    async (path) => (await bin.ask({ path })).status,
  );
  expect(await Promise.all(statuses)).toEqual([200, 404, 200, 200, 200]);
});

test('a page about an error shows what the client sent as text', async () => {
  const bin = await startClassic();
  const { headers, text } = await bin.ask({ path: '/bytes/%3Cb%3E' });
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(text).toContain('parsing &#34;&lt;b&gt;&#34;: invalid syntax');
});
