import { expect, test } from 'vitest';
import { startHttpBin } from './bin.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const headers = [
  'Host',
  'bin.local',
  'User-Agent',
  'demo/1',
  'x-foo-bar',
  '1',
  'X-Foo-Bar',
  '2',
  'Connection',
  'close',
];
const shownHeaders = { Connection: ['close'], Host: ['bin.local'], 'User-Agent': ['demo/1'], 'X-Foo-Bar': ['1', '2'] };

test('/get tells what was sent, in the order of go-httpbin, indented by two', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/get?b=&a=1&a=2', headers });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe(JSON_TYPE);
  expect(answer.text).toBe(`{
  "args": {
    "a": [
      "1",
      "2"
    ],
    "b": [
      ""
    ]
  },
  "headers": {
    "Connection": [
      "close"
    ],
    "Host": [
      "bin.local"
    ],
    "User-Agent": [
      "demo/1"
    ],
    "X-Foo-Bar": [
      "1",
      "2"
    ]
  },
  "method": "GET",
  "origin": "127.0.0.1",
  "url": "http://bin.local/get?b=&a=1&a=2"
}
`);
});

test('keys of maps are sorted as text even when they look like numbers', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/get?9=a&10=b' });
  expect(answer.text.indexOf('"10"')).toBeLessThan(answer.text.indexOf('"9"'));
});

test('a malformed pair of the query is dropped, the others count', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/get?z=%zz&a=b;c&ok=a+b%C3%B3' });
  expect(answer.json()).toMatchObject({ args: { ok: ['a bó'] } });
  expect(Object.keys((answer.json() as { args: object }).args)).toEqual(['ok']);
});

test.each([
  ['/get', 'HEAD', 200],
  ['/head', 'HEAD', 200],
  ['/anything', 'HEAD', 200],
  ['/uuid', 'HEAD', 200],
])('%s answers HEAD like GET, without body and length', async (path, method, status) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path, method });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe(JSON_TYPE);
  expect(answer.headers['content-length']).toBeUndefined();
  expect(answer.text).toBe('');
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s goes to the endpoint of its name', async (method) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({
    method,
    path: `/${method.toLowerCase()}`,
    headers: [...headers, 'Content-Length', '7', 'Content-Type', 'application/json'],
    body: '{"a":1}',
  });
  expect(answer.json()).toEqual({
    args: {},
    headers: { ...shownHeaders, 'Content-Length': ['7'], 'Content-Type': ['application/json'] },
    method,
    origin: '127.0.0.1',
    url: `http://bin.local/${method.toLowerCase()}`,
    data: '{"a":1}',
    files: {},
    form: {},
    json: { a: 1 },
  });
  expect(Object.keys(answer.json() as object)).toEqual([
    'args',
    'headers',
    'method',
    'origin',
    'url',
    'data',
    'files',
    'form',
    'json',
  ]);
});

test.each(['GET', 'POST', 'DELETE', 'TRACE'])('/anything takes %s on any path below', async (method) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ method, path: '/anything/x%20y/?z=1' });
  expect(answer.json()).toMatchObject({ method, args: { z: ['1'] }, data: '', json: null });
  expect((answer.json() as { url: string }).url).toMatch(/\/anything\/x%20y\/\?z=1$/);
});

test.each([
  ['headers', { headers: shownHeaders }],
  ['user-agent', { 'user-agent': 'demo/1' }],
  ['ip', { origin: '127.0.0.1' }],
  ['uuid', { uuid: '0a3f9f0e-6a52-4b1c-9c1e-0123456789ab' }],
])('/%s answers any method', async (path, expected) => {
  const bin = await startHttpBin();
  for (const method of ['GET', 'DELETE']) {
    const answer = await bin.ask({ method, path: `/${path}`, headers });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual(expected);
  }
});

test('/user-agent is empty for a client without a name', async () => {
  const bin = await startHttpBin();
  expect((await bin.ask({ path: '/user-agent' })).json()).toEqual({ 'user-agent': '' });
});

test('/ip can be plain text', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/ip?format=text' });
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.text).toBe('127.0.0.1\n');
});

test.each([
  [{ 'X-Forwarded-For': '10.1.2.3, 10.9.9.9' }, '10.1.2.3'],
  [{ 'X-Forwarded-For': '10.1.2.3', 'True-Client-IP': '9.9.9.9' }, '9.9.9.9'],
  [{ 'True-Client-IP': '9.9.9.9', 'Fly-Client-IP': '8.8.8.8' }, '8.8.8.8'],
])('the origin of a client with %j is %s', async (sent, origin) => {
  const bin = await startHttpBin();
  expect((await bin.ask({ path: '/ip', headers: sent })).json()).toEqual({ origin });
});

test.each([
  [{ 'X-Forwarded-Proto': 'https' }, 'https'],
  [{ 'X-Forwarded-Protocol': 'https' }, 'https'],
  [{ 'X-Forwarded-Ssl': 'on' }, 'https'],
  [{ 'X-Forwarded-Ssl': 'off' }, 'http'],
])('the scheme of a client with %j is %s', async (sent, scheme) => {
  const bin = await startHttpBin();
  const { url } = (await bin.ask({ path: '/get', headers: { ...sent, Host: 'bin.local' } })).json() as { url: string };
  expect(url).toBe(`${scheme}://bin.local/get`);
});
