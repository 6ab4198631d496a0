import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { gatewayDefaults } from '../../../src/gateway/proxy-site.ts';
import type { EntryCredentials } from '../../../src/gateway/routing/lookup.ts';
import { mergeCookies, readSetCookies } from '../../../src/go/cookies.ts';
import { header, json, open, secured } from '../secured.ts';
import { rawTarget, type StartOptions, startGateway } from '../start.ts';

const SECRETS = { creds: { username: 'u', password: 'p', clientId: 'c', clientSecret: 's' } };

async function start(csrfUrl: string, credentials: EntryCredentials = {}, options: StartOptions = {}) {
  const target = await secured(open);
  const full = { type: 'Basic', secretName: 'creds', csrfInfo: { tokenEndpointURL: csrfUrl }, ...credentials };
  const entries = [{ type: 'API', targetUrl: target.url, credentials: full }];
  const services = [{ name: 'svc', displayName: 'svc', entries }];
  return { target, gateway: await startGateway('', { secrets: SECRETS, ...options, spec: { services } }) };
}

test('the request for a CSRF token is exactly what Go sends', async () => {
  const endpoint = await rawTarget(
    'HTTP/1.1 200 OK\r\nX-CSRF-Token: abc\r\nSet-Cookie: s=1; Secure\r\nContent-Length: 0\r\n\r\n',
  );
  const { gateway, target } = await start(`${endpoint.url}/csrf?x=1`);
  const headers = { Cookie: 'z=1', 'X-Own': 'x', 'X-Csrf-Token': 'mine' };
  expect((await gateway.ask({ path: '/app/svc?y=2', headers })).status).toBe(200);
  expect(endpoint.received[0]?.split('\r\n').filter((line) => !/^connection: keep-alive$/i.test(line))).toEqual([
    'GET /csrf?x=1 HTTP/1.1',
    `host: ${endpoint.url.slice('http://'.length)}`,
    'User-Agent: Go-http-client/1.1',
    'Accept: */*',
    `Authorization: Basic ${Buffer.from('u:p').toString('base64')}`,
    'Cache-Control: no-cache',
    'X-Csrf-Token: fetch',
    'Accept-Encoding: gzip',
    '',
    '',
  ]);
  const call = target.seen[0];
  expect(call && [header(call, 'x-csrf-token'), header(call, 'cookie')]).toEqual([['abc'], ['s=1; z=1']]);
});

test('an answer without a token gives an empty one', async () => {
  const endpoint = await rawTarget('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  const { gateway, target } = await start(endpoint.url);
  await gateway.ask({ path: '/app/svc', headers: { 'X-Csrf-Token': 'mine', Cookie: 'a=1' } });
  const call = target.seen[0];
  expect(call && [header(call, 'x-csrf-token'), header(call, 'cookie')]).toEqual([[''], ['a=1']]);
});

test.each<[url: string, status: number, error: RegExp]>([
  [
    'http://localhost:1/c',
    502,
    /^failed to make a request to 'http:\/\/localhost:1\/c': Get "http:\/\/localhost:1\/c": ./,
  ],
  ['localhost/c', 502, /Get "localhost\/c": unsupported protocol scheme ""$/],
  ['http://:x', 500, /^failed to create token request: parse "http:\/\/:x": invalid port ":x" after host$/],
])('the CSRF URL %j answers %i', async (url, status, error) => {
  const { gateway, target } = await start(url);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.json()]).toEqual([status, { code: status, error: expect.stringMatching(error) }]);
  expect(target.seen).toEqual([]);
});

test('an answer whose body never ends is as good as any', async () => {
  const endpoint = await rawTarget('HTTP/1.1 200 OK\r\nX-Csrf-Token: abc\r\nContent-Length: 99\r\n\r\nhalf');
  const { gateway, target } = await start(endpoint.url);
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(200);
  expect(target.seen.map((seen) => header(seen, 'x-csrf-token'))).toEqual([['abc']]);
  await expect.poll(() => endpoint.sockets[0]?.destroyed).toBe(true);
});

test.each([204, 404, 500])('an endpoint that answers %i is a gateway error', async (status) => {
  const endpoint = await rawTarget(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`);
  const { gateway } = await start(endpoint.url);
  const answer = await gateway.ask({ path: '/app/svc' });
  const error = `incorrect response code '${status}' while getting token from ${endpoint.url}`;
  expect([answer.status, answer.json()]).toEqual([502, { code: 502, error }]);
});

test('an endpoint that never answers is given up at proxyTimeout', async () => {
  const clock = new ManualClock(0);
  const endpoint = await rawTarget(undefined);
  const { gateway } = await start(endpoint.url, {}, { clock });
  const answer = gateway.ask({ path: '/app/svc' });
  await expect.poll(() => endpoint.received.length).toBe(1);
  clock.advance(gatewayDefaults.proxyTimeout);
  const error = `failed to make a request to '${endpoint.url}': Get "${endpoint.url}": context deadline exceeded`;
  expect((await answer).json()).toEqual({ code: 502, error });
});

test('the login of the CSRF request fails with a text of its own when the client has brought a token', async () => {
  const token = await secured((_, response) => json(response, {}, 403));
  const { gateway } = await start('http://localhost:1', { type: 'OAuth', authenticationUrl: token.url });
  const answer = await gateway.ask({ path: '/app/svc', headers: { 'Access-Token': 'Bearer mine' } });
  const error = `failed to create token request: incorrect response code '403' while getting token from ${token.url}`;
  expect([answer.status, answer.json()]).toEqual([500, { code: 500, error }]);
});

test('a token belongs to its endpoint, whoever asks, and never gets old', async () => {
  const clock = new ManualClock(0);
  const endpoint = await secured((_, response) => void response.setHeader('X-Csrf-Token', 't').end());
  const target = await secured(open);
  const entry = (secretName: string) => ({
    type: 'API',
    targetUrl: target.url,
    credentials: { type: 'Basic', secretName, csrfInfo: { tokenEndpointURL: endpoint.url } },
  });
  const services = [
    { displayName: 'a', entries: [entry('one')] },
    { displayName: 'b', entries: [entry('two')] },
  ];
  const gateway = await startGateway('', { clock, secrets: { one: {}, two: { username: 'x' } }, spec: { services } });
  await Promise.all(['/app/a', '/app/a', '/app/b'].map((path) => gateway.ask({ path })));
  clock.advance(1e12);
  await gateway.ask({ path: '/app/b' });
  expect([endpoint.seen.length, target.seen.length]).toEqual([1, 4]);
});

test.each<[fetched: string[][], client: string[], merged: string]>([
  [[['a=1; Path=/', 'b=2']], ['z=9; a=0'], 'a=1; b=2; z=9'],
  [[['a=1']], [], 'a=1'],
  [[['a=1']], ['x=1; x=2', 'y=3'], 'a=1; x=1; y=3'],
  [[['a=1', 'b=1'], ['a=2']], ['z=9'], 'a=2; b=1; z=9'],
  [[['a=x y', 'b="q"', 'c=1,2']], [], 'a="x y"; b="q"; c="1,2"'],
  [[['a=1', 'bad name=1', '=1']], ['b a d; ok=1'], 'a=1; ok=1'],
])("the cookies %j and the client's %j become %s", (fetched, client, merged) => {
  expect(mergeCookies(fetched.map(readSetCookies), client)).toBe(merged);
});
