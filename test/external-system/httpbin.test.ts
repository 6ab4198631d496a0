import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { systemRandom } from '../../src/core/random.ts';
import { createExternalSystemSites } from '../../src/external-system/system.ts';
import { startHttpBin } from './bin.ts';
import { WatchedClock } from './clock.ts';
import { ask, serve } from './serve.ts';

test.each(['/get', '/nowhere', '/status/500', '/post'])(
  'every answer to %s may be read by any web page',
  async (path) => {
    const bin = await startHttpBin();
    const anonymous = await bin.ask({ path });
    expect(anonymous.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-credentials': 'true',
    });
    const page = await bin.ask({ path, headers: { Origin: 'http://page.test' } });
    expect(page.headers['access-control-allow-origin']).toBe('http://page.test');
  },
);

test.each(['/get', '/nowhere'])('OPTIONS %s is a preflight, whatever the path', async (path) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ method: 'OPTIONS', path, headers: { 'Access-Control-Request-Headers': 'X-A' } });
  expect([answer.status, answer.text, answer.headers.allow]).toEqual([200, '', undefined]);
  expect(answer.headers).toMatchObject({
    'access-control-allow-methods': 'GET, POST, HEAD, PUT, DELETE, PATCH, OPTIONS',
    'access-control-max-age': '3600',
    'access-control-allow-headers': 'X-A',
  });
});

test.each(['/nowhere', '/get/', '/status/', '/basic-auth/u', '/cookies/set/a/1', '/legacy', '/spec.json'])(
  '%s is not found',
  async (path) => {
    const bin = await startHttpBin();
    const answer = await bin.ask({ path });
    expect([answer.status, answer.text]).toEqual([404, '404 page not found\n']);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
  },
);

test.each([
  ['POST', '/get', 'GET, HEAD'],
  ['GET', '/post', 'POST'],
  ['GET', '/head', 'HEAD'],
  ['POST', '/delete', 'DELETE'],
])('%s %s is not allowed', async (method, path, allow) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ method, path });
  expect([answer.status, answer.text, answer.headers.allow]).toEqual([405, 'Method Not Allowed\n', allow]);
});

test.each([
  ['//get?a=1', '/get?a=1'],
  ['/x/../get', '/get'],
])('%s is sent on to %s', async (path, location) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path });
  expect([answer.status, answer.headers.location]).toEqual([307, location]);
});

test('a malformed escape in the path is a bad request', async () => {
  const bin = await startHttpBin();
  expect((await bin.ask({ path: '/anything/%zz' })).status).toBe(400);
});

test('/cookies shows cookies in the order of their names', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/cookies', headers: { Cookie: 'b="x y"; a=1; bad name=2' } });
  expect(answer.text).toBe('{\n  "cookies": {\n    "a": "1",\n    "b": "x y"\n  }\n}\n');
});

test.each([
  ['/cookies/set?b=2&a=1', ['a=1; Path=/; HttpOnly', 'b=2; Path=/; HttpOnly']],
  ['/cookies/set?a=x%20y', ['a="x y"; Path=/; HttpOnly']],
  ['/cookies/set?a=1&attr[Secure]=true&attr[Path]=/p', ['a=1; Path=/p; HttpOnly; Secure']],
  ['/cookies/delete?a', ['a=; Path=/; Expires=Wed, 01 Jan 1969 00:00:00 GMT; Max-Age=0; HttpOnly']],
])('%s changes cookies', async (path, cookies) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path });
  expect([answer.status, answer.headers.location, answer.headers['set-cookie']]).toEqual([302, '/cookies', cookies]);
});

test('/response-headers turns the query into headers', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/response-headers?foo=bar&foo=baz&Evil=a%0D%0Ab:c&Content-Length=5' });
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    foo: 'bar, baz',
    evil: 'a  b:c',
    'content-type': 'application/json; charset=utf-8',
  });
  expect(answer.json()).toEqual({
    'Content-Length': ['5'],
    'Content-Type': ['application/json; charset=utf-8'],
    Evil: ['a\r\nb:c'],
    foo: ['bar', 'baz'],
  });
});

test('/response-headers escapes the body when a browser could run it', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/response-headers?Content-Type=text/html&x=%3Cb%3E' });
  expect(answer.headers).toMatchObject({ 'content-type': 'text/html', x: '<b>' });
  expect(answer.json()).toEqual({ 'Content-Type': ['text/html'], x: ['&lt;b&gt;'] });
});

test.each([
  ['/delay/0.1', 100, '100.00'],
  ['/delay/500ms', 500, '500.00'],
  ['/delay/10', 10_000, '10000.00'],
])('%s waits on the clock', async (path, milliseconds, shown) => {
  const clock = new WatchedClock(0);
  const bin = await startHttpBin(clock);
  const answer = bin.ask({ method: 'POST', path, headers: { 'Content-Type': 'text/plain' }, body: 'x' });
  await clock.begun;
  expect(clock.waits).toEqual([milliseconds]);
  clock.advance(milliseconds);
  expect((await answer).headers['server-timing']).toBe(`initial_delay;dur=${shown};desc="initial delay"`);
  expect((await answer).json()).toMatchObject({ data: 'x', method: 'POST' });
});

test.each([
  ['/delay/20', 'duration 20s longer than 10s'],
  ['/delay/1m30s', 'duration 1m30s longer than 10s'],
  ['/delay/-1', 'duration -1s shorter than 0s'],
  ['/delay/abc', 'strconv.ParseFloat: parsing "abc": invalid syntax'],
])('%s is refused', async (path, detail) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path });
  expect([answer.status, answer.json()]).toEqual([
    400,
    { status_code: 400, error: 'Bad Request', detail: `invalid duration: ${detail}` },
  ]);
});

test('a client that goes away while it is delayed leaves no timer behind', async () => {
  const clock = new WatchedClock(0);
  const { port } = await startHttpBin(clock);
  const outgoing = request({ host: '127.0.0.1', port, path: '/delay/5', agent: false });
  outgoing.on('error', () => {});
  outgoing.end();
  await clock.begun;
  outgoing.destroy();
  await expect.poll(() => clock.cancelled).toBe(1);
});

test('close() ends delayed answers', async () => {
  const clock = new WatchedClock(0);
  const bin = createExternalSystemSites({ clock, random: systemRandom }).http;
  const port = await serve(bin);
  const outgoing = request({ host: '127.0.0.1', port, path: '/delay/5', agent: false });
  outgoing.end();
  await clock.begun;
  const failed = once(outgoing, 'error');
  await bin.close();
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
  await expect.poll(() => clock.cancelled).toBe(1);
});

test('two systems in one process do not share anything', async () => {
  const [one, two] = [new WatchedClock(0), new WatchedClock(0)];
  const first = await startHttpBin(one);
  const second = await startHttpBin(two);
  const delayed = first.ask({ path: '/delay/1' });
  await one.begun;
  expect((await ask(second.port, { path: '/uuid' })).status).toBe(200);
  expect(two.waits).toEqual([]);
  one.advance(1000);
  expect((await delayed).status).toBe(200);
});
