import { beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { parseRelease } from '../../../src/core/release.ts';
import { hostGatewaysOf } from '../../../src/gateway/releases/per-application.ts';
import type { ApiEntry, ConnectedSystem } from '../../../src/gateway/routing/lookup.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { type Answer, header, json, open, type Seen, secured } from '../secured.ts';
import { type SecretTexts, type StartOptions, startHostGateway, startNamespacedGateway } from '../start.ts';

const ID = '0a3f9f0e-6a52-4b1c-9c1e-0123456789ab';
const SECRET = { clientId: 'c', clientSecret: 's', username: 'u', password: 'p' };

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});

const system = (entry: ApiEntry): ConnectedSystem => ({
  metadata: { name: 'shop' },
  spec: { services: [{ id: ID, displayName: 'svc', entries: [{ type: 'API', ...entry }] }] },
});

/** The gateway of one Application as of a release. */
function start(release: string, entry: ApiEntry, options: StartOptions = {}) {
  return startHostGateway(
    { applications: [system(entry)] },
    {
      hostBehaviours: hostGatewaysOf(parseRelease(release)),
      secrets: { 'kyma-integration/x': { ...SECRET, ...certificates.client } },
      ...options,
    },
  );
}

const host = { Host: `app-shop-${ID}.kyma-integration` };

/** What the target gets of one call. */
async function called(release: string, entry: ApiEntry, headers = {}, path = '/'): Promise<Seen> {
  const target = await secured(open);
  const gateway = await start(release, { ...entry, targetUrl: `${target.url}${entry.targetUrl ?? ''}` });
  expect((await gateway.ask({ path, headers: { ...host, ...headers } })).text).toBe('welcome');
  const [seen] = target.seen;
  if (!seen) throw new Error('the target was not called');
  return seen;
}

const basic = { credentials: { type: 'Basic', secretName: 'x' } };

test.each([
  ['0.6', undefined],
  ['0.7', 'client'],
])('in %s the client certificate of the target connection is %s', async (release, name) => {
  const target = await secured(open, certificates);
  const entry = { targetUrl: target.url, credentials: { type: 'CertificateGen', secretName: 'x' } };
  const gateway = await start(release, entry, { settings: { trustedCertificates: [certificates.authority.crt] } });
  await gateway.ask({ path: '/', headers: host });
  expect(target.seen.map(({ certificate }) => certificate)).toEqual([name]);
});

test('0.6 knows Basic credentials', async () => {
  expect(header(await called('0.6', basic), 'authorization')).toEqual(['Basic dTpw']);
});

test.each([
  ['0.7', ['Go-http-client/1.1'], []],
  ['0.8', [], ['Basic Yzpz']],
])('in %s a token is asked for with User-Agent %j and Authorization %j', async (release, agent, authorization) => {
  const token = await secured((_, response) => json(response, { access_token: 't' }));
  await called(release, { credentials: { type: 'OAuth', secretName: 'x', authenticationUrl: token.url } });
  expect(token.seen.map((seen) => [header(seen, 'user-agent'), header(seen, 'authorization')])).toEqual([
    [agent, authorization],
  ]);
});

test.each([
  ['0.8', ['1.1.1.1, 127.0.0.1'], ['https']],
  ['0.9', ['127.0.0.1'], []],
])('in %s X-Forwarded-For is %j and -Proto %j', async (release, forwardedFor, proto) => {
  const seen = await called(release, {}, { 'X-Forwarded-For': '1.1.1.1', 'X-Forwarded-Proto': 'https' });
  expect([header(seen, 'x-forwarded-for'), header(seen, 'x-forwarded-proto')]).toEqual([forwardedFor, proto]);
});

test.each([
  ['0.8', [], ['z=9; a=0']],
  ['0.9', ['abc'], ['z=9; a=0', 'a=1']],
  ['1.4', ['abc'], ['a=1; z=9']],
])('in %s the CSRF token is %j and the cookies are %j', async (release, token, cookies) => {
  const endpoint = await secured((_, response) => {
    response.writeHead(200, { 'X-Csrf-Token': 'abc', 'Set-Cookie': 'a=1' }).end();
  });
  const credentials = { ...basic.credentials, csrfInfo: { tokenEndpointURL: endpoint.url } };
  const seen = await called(release, { credentials }, { Cookie: 'z=9; a=0' });
  expect([header(seen, 'x-csrf-token'), header(seen, 'cookie')]).toEqual([token, cookies]);
});

test.each([
  ['1.2', [], '/'],
  ['1.3', ['v'], '/?q=1'],
])('in %s the configured header is %j and the call goes to %s', async (release, values, path) => {
  const target = await secured(open);
  const secrets = { 'kyma-integration/p': { headers: '{"X-Own":["v"]}', queryParameters: '{"q":["1"]}' } };
  const gateway = await start(release, { targetUrl: target.url, requestParametersSecretName: 'p' }, { secrets });
  await gateway.ask({ path: '/', headers: host });
  expect(target.seen.map((seen) => [header(seen, 'x-own'), seen.line])).toEqual([[values, `GET ${path}`]]);
});

test.each([
  ['1.8', 'POST /'],
  ['1.9', 'POST /?q=1'],
])('in %s the token request is %s', async (release, line) => {
  const token = await secured((_, response) => json(response, { access_token: 't' }));
  const target = await secured(open);
  const credentials = { type: 'OAuth', secretName: 'x', authenticationUrl: token.url };
  const secrets = { 'kyma-integration/x': { ...SECRET, queryParameters: '{"q":["1"]}' } };
  const gateway = await start(release, { targetUrl: target.url, credentials }, { secrets });
  await gateway.ask({ path: '/', headers: host });
  expect(token.seen.map((seen) => seen.line)).toEqual([line]);
});

test.each([
  ['1.3', '', "/a%2Fb('1')", "GET /a%2Fb('1')"],
  ['1.3', '/base', "/a%2Fb('1')", 'GET /base/a/b%28%271%27%29'],
  ['1.4', '/base', "/a%2Fb('1')", "GET /base/a/b('1')"],
])('in %s with the target path %j %s is %s', async (release, targetUrl, path, line) => {
  expect((await called(release, { targetUrl }, {}, path)).line).toBe(line);
});

/** Refuses the first call. */
const refusing = (then: Answer): Answer => {
  let calls = 0;
  return (seen, response) => (calls++ === 0 ? void response.writeHead(401).end() : then(seen, response));
};

test('the repeated call is one of the gateway itself: it follows redirects and is not forwarded for anybody', async () => {
  const target = await secured(
    refusing(({ line }, response) => {
      if (line.endsWith('/moved')) response.end('there');
      else response.writeHead(307, { Location: '/moved' }).end();
    }),
  );
  const gateway = await start('1.24', { targetUrl: target.url, ...basic });
  const headers = { ...host, Connection: 'X-Hop', 'X-Hop': '1' };
  const answer = await gateway.ask({ method: 'POST', path: '/', headers, body: 'all' });
  expect([answer.status, answer.text]).toEqual([200, 'there']);
  const seen = target.seen.map((call) => [
    call.line,
    call.body,
    ...['authorization', 'user-agent', 'x-forwarded-for', 'x-hop'].map((name) => header(call, name).join()),
  ]);
  expect(seen).toEqual([
    ['POST /', 'all', 'Basic dTpw', '', '127.0.0.1', ''],
    ['POST /', 'all', 'Basic dTpw', 'Go-http-client/1.1', '', '1'],
    ['POST /moved', 'all', 'Basic dTpw', 'Go-http-client/1.1', '', '1'],
  ]);
});

test('a repeated call that is redirected without end answers 502', async () => {
  let step = 0;
  const target = await secured(
    refusing((_, response) => void response.writeHead(302, { Location: `/${++step}` }).end()),
  );
  const gateway = await start('1.24', { targetUrl: target.url });
  expect((await gateway.ask({ path: '/', headers: host })).status).toBe(502);
  expect(target.seen.length).toBe(12);
});

test.each([
  ['1.0', 502, ['all']],
  ['1.1', 200, ['all', 'all']],
])('with quirks, in %s a refused upload answers %i, and the target gets %j', async (release, status, bodies) => {
  const target = await secured(refusing(open));
  const gateway = await start(release, { targetUrl: target.url }, { settings: { quirks: true } });
  const answer = await gateway.ask({ method: 'POST', path: '/', headers: host, body: 'all' });
  expect(answer.status).toBe(status);
  expect(target.seen.map(({ body }) => body)).toEqual(bodies);
});

test('with quirks, a refused upload without another try still renews the token', async () => {
  let tokens = 0;
  const token = await secured((_, response) => json(response, { access_token: `t${++tokens}` }));
  const target = await secured((seen, response) => {
    response.writeHead(header(seen, 'authorization')[0] === 'Bearer t1' ? 401 : 200).end();
  });
  const credentials = { type: 'OAuth', secretName: 'x', authenticationUrl: token.url };
  const gateway = await start('1.0', { targetUrl: target.url, credentials }, { settings: { quirks: true } });
  const post = async () => (await gateway.ask({ method: 'POST', path: '/', headers: host, body: 'all' })).status;
  expect([await post(), await post()]).toEqual([502, 200]);
});

test('with quirks, a refused upload whose token cannot be renewed answers 502 too', async () => {
  let tokens = 0;
  const token = await secured((_, response) => json(response, { access_token: 't' }, tokens++ ? 500 : 200));
  const target = await secured((_, response) => void response.writeHead(401).end());
  const credentials = { type: 'OAuth', secretName: 'x', authenticationUrl: token.url };
  const gateway = await start('1.0', { targetUrl: target.url, credentials }, { settings: { quirks: true } });
  const answer = await gateway.ask({ method: 'POST', path: '/', headers: host, body: 'all' });
  expect([answer.status, tokens]).toEqual([502, 2]);
});

test('with quirks, 0.4 calls again after a 403, yet delivers the first answer', async () => {
  const token = await secured((_, response) => json(response, { access_token: 't' }));
  let calls = 0;
  const target = await secured((_, response) => void response.writeHead(calls++ ? 200 : 403).end(`answer ${calls}`));
  const entry = { type: 'API', targetUrl: target.url, oauthUrl: token.url, credentialsSecretName: 'x' };
  const remote = { metadata: { name: 'shop' }, spec: { services: [{ id: ID, entries: [entry] }] } };
  const gateway = await startHostGateway(
    { remoteEnvironments: [remote] },
    { secrets: { 'kyma-integration/x': SECRET }, settings: { quirks: true } },
  );
  const answer = await gateway.ask({ path: '/', headers: { Host: `re-shop-${ID}` } });
  expect([answer.status, answer.text]).toEqual([403, 'answer 1']);
  await expect.poll(() => target.seen.length).toBe(2);
  expect(token.seen.length).toBe(2);
});

test('what a gateway has read is used for two minutes, or until the target refuses it', async () => {
  const clock = new ManualClock(0);
  const secrets: SecretTexts = { 'kyma-integration/x': { username: 'old' } };
  let known = 'old';
  const target = await secured((seen, response) => {
    const user = Buffer.from(header(seen, 'authorization')[0]?.slice(6) ?? '', 'base64').toString();
    response.writeHead(user === `${known}:` ? 200 : 401).end(user);
  });
  const gateway = await start('1.24', { targetUrl: target.url, ...basic }, { clock, secrets, cacheDelays: true });
  const call = async () => (await gateway.ask({ path: '/', headers: host })).text;
  expect(await call()).toBe('old:');
  secrets['kyma-integration/x'] = { username: 'new' };
  expect(await call()).toBe('old:');
  known = 'new';
  expect(await call()).toBe('new:');
  secrets['kyma-integration/x'] = { username: 'newest' };
  clock.advance(119_999);
  expect(await call()).toBe('new:');
  known = 'newest';
  clock.advance(1);
  expect(await call()).toBe('newest:');
  expect(target.seen.length).toBe(6);
});

test('the gateway of a namespace keeps what it has read too', async () => {
  const clock = new ManualClock(0);
  const [before, after] = [await secured(open), await secured(open)];
  const secrets: SecretTexts = { 'ns/s': { A_TARGET_URL: before.url } };
  const gateway = await startNamespacedGateway({ secrets, clock, cacheDelays: true });
  const call = () => gateway.ask({ path: '/secret/s/api/A', headers: { Host: 'ns-gateway.ns' } });
  await call();
  secrets['ns/s'] = { A_TARGET_URL: after.url };
  await call();
  clock.advance(120_000);
  await call();
  expect([before.seen.length, after.seen.length]).toEqual([2, 1]);
});
