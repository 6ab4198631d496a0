import { expect, test } from 'vitest';
import { startHttpBin } from './bin.ts';

const headers = { Host: 'bin.local' };

test.each([
  ['/redirect/1', 302, '/get'],
  ['/redirect/3', 302, '/relative-redirect/2'],
  ['/redirect/2?absolute=true', 302, 'http://bin.local/absolute-redirect/1'],
  ['/relative-redirect/1', 302, '/get'],
  ['/relative-redirect/2', 302, '/relative-redirect/1'],
  ['/absolute-redirect/1', 302, 'http://bin.local/get'],
  ['/redirect-to?url=/x', 302, '/x'],
  ['/redirect-to?url=http%3A%2F%2Fe.test%2F&status_code=307', 307, 'http://e.test/'],
])('%s answers %i to %s with an empty body', async (path, status, location) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path, headers });
  expect([answer.status, answer.headers.location, answer.text]).toEqual([status, location, '']);
});

test('absolute redirects keep the scheme by which the client came', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/absolute-redirect/1', headers: { ...headers, 'X-Forwarded-Proto': 'https' } });
  expect(answer.headers.location).toBe('https://bin.local/get');
});

test.each([
  ['/redirect/0', 'redirect count must be > 0'],
  ['/redirect/x', 'invalid redirect count: strconv.Atoi: parsing "x": invalid syntax'],
  ['/redirect-to', 'missing required query parameter: url'],
  ['/redirect-to?url=/x&status_code=200', 'invalid status code: 200 not in range [300, 399]'],
  ['/status/abc', 'invalid status code: "abc": strconv.Atoi: parsing "abc": invalid syntax'],
  ['/status/600', 'invalid status code: 600 not in range [100, 599]'],
  ['/status/99', 'invalid status code: 99 not in range [100, 599]'],
  ['/status/200,x', 'invalid choice value: "x"'],
  ['/status/200:x,404:1', 'invalid weight value: "x"'],
])('%s is refused: %s', async (path, detail) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path });
  expect(answer.status).toBe(400);
  expect(answer.json()).toEqual({ status_code: 400, error: 'Bad Request', detail });
});

test('a redirect to a relative place is forbidden', async () => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ path: '/redirect-to?url=get' });
  expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([403, 'text/plain', '']);
});

test.each([
  [200, 'text/plain; charset=utf-8', {}, /^$/],
  [204, 'text/plain; charset=utf-8', {}, /^$/],
  [304, undefined, {}, /^$/],
  [302, 'text/plain; charset=utf-8', { location: '/redirect/1' }, /^$/],
  [300, 'text/plain; charset=utf-8', { location: '/image/jpeg' }, /\/image\/png/],
  [308, 'text/plain; charset=utf-8', { location: '/image/jpeg' }, /\/image\/jpeg/],
  [401, 'text/plain; charset=utf-8', { 'www-authenticate': 'Basic realm="Fake Realm"' }, /^$/],
  [404, 'text/plain; charset=utf-8', {}, /^$/],
  [406, 'application/json; charset=utf-8', {}, /"Client did not request a supported media type",\n/],
  [407, 'text/plain; charset=utf-8', { 'proxy-authenticate': 'Basic realm="Fake Realm"' }, /^$/],
  [418, 'text/plain; charset=utf-8', { 'x-more-info': 'http://tools.ietf.org/html/rfc2324' }, /^I'm a teapot!$/],
  [500, 'text/plain; charset=utf-8', {}, /^$/],
])('/status/%i answers so', async (status, contentType, extra, body) => {
  const bin = await startHttpBin();
  const answer = await bin.ask({ method: 'POST', path: `/status/${status}` });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toBe(contentType);
  expect(answer.headers).toMatchObject(extra);
  expect(answer.text).toMatch(body);
});

test.each([
  ['/status/201,404', 404],
  ['/status/201:0.9,404:0.1', 201],
  ['/status/201:0,404', 404],
])('%s chooses by weight', async (path, expected) => {
  // The random number of these tests is one half.
  const bin = await startHttpBin();
  expect((await bin.ask({ path })).status).toBe(expected);
});
