import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { gatewayDefaults } from '../../../src/gateway/proxy-site.ts';
import type { ConnectedService, EntryCredentials } from '../../../src/gateway/routing/lookup.ts';
import { readTokenAnswer, usableUntil } from '../../../src/kyma/oauth-token.ts';
import { type Answer, header, json, open, secured } from '../secured.ts';
import { rawTarget, type SecretTexts, type StartOptions, startGateway } from '../start.ts';

const service = (targetUrl: string, name: string, credentials: EntryCredentials): ConnectedService => ({
  name,
  displayName: name,
  entries: [{ type: 'API', targetUrl, credentials }],
});

const oauth = (authenticationUrl: string, secretName = 'creds'): EntryCredentials => ({
  type: 'OAuth',
  secretName,
  authenticationUrl,
});

const CREDS = { clientId: 'id+ü', clientSecret: 'a&b*~' };

async function start(authenticationUrl: string, options: StartOptions & { target?: string } = {}) {
  const { target: given, secrets = { creds: CREDS }, ...rest } = options;
  const target = await secured(open);
  const services = [service(given ?? target.url, 'svc', oauth(authenticationUrl))];
  return { target, gateway: await startGateway('', { ...rest, secrets, spec: { services } }) };
}

/** Answers with a new token each time. */
function numbered(expiresIn: unknown): Answer {
  let count = 0;
  return (_, response) => json(response, { access_token: `t${++count}`, expires_in: expiresIn });
}

test('the token request is exactly what Go sends', async () => {
  const body = '{"ACCESS_TOKEN":"abc"}';
  const token = await rawTarget(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const { gateway, target } = await start(`${token.url}/oauth/token?x=1`, {
    secrets: {
      creds: {
        ...CREDS,
        headers: '{"X-Tenant":["t 1","t2"],"authorization":["no"],"Content-Type":["no"],"User-Agent":["no"]}',
        queryParameters: '{"b":["2 3"],"x":["no"],"a":["1"]}',
      },
    },
  });
  expect((await gateway.ask({ path: '/app/svc', headers: { Cookie: 'a=1', 'X-Own': 'x' } })).text).toBe('welcome');
  const [head, form] = token.received[0]?.split('\r\n\r\n') ?? [];
  expect(form).toBe('client_id=id%2B%C3%BC&client_secret=a%26b%2A~&grant_type=client_credentials');
  expect(head?.split('\r\n').filter((line) => !/^connection: keep-alive$/i.test(line))).toEqual([
    'POST /oauth/token?a=1&b=2+3&x=1 HTTP/1.1',
    `host: ${token.url.slice('http://'.length)}`,
    `Authorization: Basic ${Buffer.from('id+ü:a&b*~').toString('base64')}`,
    'Content-Type: application/x-www-form-urlencoded',
    'X-Tenant: t 1',
    'X-Tenant: t2',
    'Accept-Encoding: gzip',
    `content-length: ${form?.length}`,
  ]);
  expect(target.seen.map((seen) => header(seen, 'authorization'))).toEqual([['Bearer abc']]);
});

test.each<[name: string, raw: string, status: number, error: string]>([
  [
    'refuses',
    'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n',
    502,
    "incorrect response code '401' while getting token from URL",
  ],
  [
    'answers 201',
    'HTTP/1.1 201 OK\r\nContent-Length: 2\r\n\r\n{}',
    502,
    "incorrect response code '201' while getting token from URL",
  ],
  [
    'answers nothing',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    502,
    'failed to unmarshal token response body: unexpected end of JSON input',
  ],
  [
    'answers HTML',
    'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>',
    502,
    "failed to unmarshal token response body: invalid character '<' looking for beginning of value",
  ],
  [
    'gives a lifetime as text',
    'HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n{"expires_in":"10"}',
    502,
    'failed to unmarshal token response body: json: cannot unmarshal string into Go struct field oauthResponse.expires_in of type int',
  ],
])('a token endpoint that %s is a gateway error', async (_, raw, status, error) => {
  const token = await rawTarget(raw);
  const { gateway, target } = await start(`${token.url}/t`);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.json()]).toEqual([
    status,
    { code: status, error: error.replace('URL', `${token.url}/t`) },
  ]);
  expect(target.seen).toEqual([]);
});

test('a token endpoint that breaks off is told apart from one that says nothing', async () => {
  const token = await rawTarget((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"access'));
  const { gateway } = await start(token.url);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect(answer.status).toBe(502);
  expect(answer.json()).toMatchObject({
    error: expect.stringMatching(`^failed to read token response body from '${token.url}': `),
  });
});

test.each([
  [
    'http://localhost:1/t',
    502,
    /^failed to make a request to 'http:\/\/localhost:1\/t': Post "http:\/\/localhost:1\/t": ./,
  ],
  ['', 502, /^failed to make a request to '': Post "": unsupported protocol scheme ""$/],
  [
    'localhost/t',
    502,
    /^failed to make a request to 'localhost\/t': Post "localhost\/t": unsupported protocol scheme ""$/,
  ],
  ['http:///t', 502, /: http: no Host in request URL$/],
  ['%zz', 500, /^failed to create token request: parse "%zz": invalid URL escape "%zz"$/],
  [
    'http://u:secret@localhost:1',
    502,
    /^failed to make a request to 'http:\/\/u:\*\*\*@localhost:1': Post "http:\/\/u:\*\*\*@/,
  ],
])('the token URL %j answers %i', async (url, status, error) => {
  const { gateway } = await start(url);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.json()]).toEqual([status, { code: status, error: expect.stringMatching(error) }]);
});

test('a token endpoint that never answers is given up at proxyTimeout', async () => {
  const clock = new ManualClock(0);
  const token = await rawTarget(undefined);
  const { gateway } = await start(token.url, { clock });
  const answer = gateway.ask({ path: '/app/svc' });
  await expect.poll(() => token.received.length).toBe(1);
  clock.advance(gatewayDefaults.proxyTimeout);
  const error = `failed to make a request to '${token.url}': Post "${token.url}": context deadline exceeded`;
  expect([(await answer).status, (await answer).json()]).toEqual([502, { code: 502, error }]);
  await expect.poll(() => token.sockets[0]?.destroyed).toBe(true);
});

test('redirects of a token endpoint are followed as a GET, with the login kept for the host', async () => {
  const elsewhere = await secured((_, response) => json(response, { access_token: 'moved' }));
  const token = await secured((seen, response) => {
    const next = seen.line.endsWith('/1') ? '/2' : elsewhere.url.replace('localhost', '127.0.0.1');
    response.writeHead(302, { Location: next }).end();
  });
  const { gateway, target } = await start(`${token.url}/1`);
  await gateway.ask({ path: '/app/svc' });
  expect(token.seen.map(({ line, body }) => [line, body === ''])).toEqual([
    ['POST /1', false],
    ['GET /2', true],
  ]);
  expect(token.seen.map((seen) => header(seen, 'authorization').length)).toEqual([1, 1]);
  expect(elsewhere.seen.map((seen) => header(seen, 'authorization').length)).toEqual([0]);
  expect(header(token.seen[1] ?? { line: '', headers: [], body: '', certificate: '' }, 'referer')).toEqual([
    `${token.url}/1`,
  ]);
  expect(target.seen.map((seen) => header(seen, 'authorization'))).toEqual([['Bearer moved']]);
});

test('the tenth redirect is the last', async () => {
  const token = await secured((seen, response) => {
    response.writeHead(303, { Location: `/${Number(seen.line.replace(/\D/g, '')) + 1}` }).end();
  });
  const { gateway } = await start(`${token.url}/0`);
  const answer = await gateway.ask({ path: '/app/svc' });
  const error = `failed to make a request to '${token.url}/0': Post "${token.url}/10": stopped after 10 redirects`;
  expect(answer.json()).toEqual({ code: 502, error });
  expect(token.seen.length).toBe(10);
});

test.each<[expiresIn: unknown, seconds: number, tokens: string[]]>([
  [60, 58, ['Bearer t1', 'Bearer t1']],
  [60, 59, ['Bearer t1', 'Bearer t2']],
  [2, 1e9, ['Bearer t1', 'Bearer t1']],
  [-5, 1e9, ['Bearer t1', 'Bearer t1']],
  [undefined, 1e9, ['Bearer t1', 'Bearer t1']],
])('a token that lives for %j seconds is used after %i seconds: %j', async (expiresIn, seconds, expected) => {
  const clock = new ManualClock(0);
  const token = await secured(numbered(expiresIn));
  const { gateway, target } = await start(token.url, { clock });
  await gateway.ask({ path: '/app/svc' });
  clock.advance(seconds * 1000);
  await gateway.ask({ path: '/app/svc' });
  expect(target.seen.map((seen) => header(seen, 'authorization')[0])).toEqual(expected);
});

test('services with the same client and endpoint share a token; another secret or endpoint has its own', async () => {
  const token = await secured(numbered(3600));
  const target = await secured(open);
  const at = (name: string, path: string, secret: string) =>
    service(target.url, name, oauth(`${token.url}${path}`, secret));
  const gateway = await startGateway('', {
    secrets: { one: CREDS, same: { ...CREDS }, other: { ...CREDS, clientSecret: 'x' } },
    spec: { services: [at('a', '/1', 'one'), at('b', '/1', 'same'), at('c', '/2', 'one'), at('d', '/1', 'other')] },
  });
  for (const name of ['a', 'b', 'c', 'd', 'a']) await gateway.ask({ path: `/app/${name}` });
  expect(target.seen.map((seen) => header(seen, 'authorization')[0]?.slice(-1))).toEqual(['1', '1', '2', '3', '1']);
});

test('twenty calls at the same time fetch one token', async () => {
  const token = await secured(numbered(3600));
  const { gateway } = await start(token.url);
  const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.ask({ path: '/app/svc' })));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(token.seen.length).toBe(1);
});

test('a failed fetch is not kept', async () => {
  let status = 500;
  const token = await secured((_, response) => json(response, { access_token: 't' }, status));
  const { gateway } = await start(token.url);
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(502);
  status = 200;
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(200);
});

test('a token that no header can carry is an empty 502', async () => {
  const token = await secured((_, response) => json(response, { access_token: 'a\nX-Evil: 1' }));
  const { gateway, target } = await start(token.url);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.text, target.seen]).toEqual([502, '', []]);
});

test('a changed Secret counts for the next call', async () => {
  const token = await secured(numbered(3600));
  const secrets: SecretTexts = { creds: CREDS };
  const { gateway, target } = await start(token.url, { secrets });
  await gateway.ask({ path: '/app/svc' });
  secrets.creds = { ...CREDS, clientSecret: 'new' };
  await gateway.ask({ path: '/app/svc' });
  delete secrets.creds;
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(500);
  expect(target.seen.map((seen) => header(seen, 'authorization')[0])).toEqual(['Bearer t1', 'Bearer t2']);
});

test.each([
  ['{"access_token":"a","expires_in":5}', { token: 'a', expiresIn: 5 }],
  ['{"Access_Token":"a","EXPIRES_IN":null}', { token: 'a', expiresIn: 0 }],
  ['null', { token: '', expiresIn: 0 }],
  ['[]', { problem: 'json: cannot unmarshal array into Go value of type oauth.oauthResponse' }],
  [
    '{"access_token":1}',
    { problem: 'json: cannot unmarshal number into Go struct field oauthResponse.access_token of type string' },
  ],
  [
    '{"expires_in":1.5}',
    { problem: 'json: cannot unmarshal number 1.5 into Go struct field oauthResponse.expires_in of type int' },
  ],
])('the token answer %s is %j', (body, expected) => {
  expect(readTokenAnswer(body)).toEqual(expected);
});

test.each([
  [3600, 3_598_000],
  [3, 1000],
  [2, Number.POSITIVE_INFINITY],
  [0, Number.POSITIVE_INFINITY],
])('a lifetime of %i seconds ends at %i', (expiresIn, until) => {
  expect(usableUntil(0, expiresIn)).toBe(until);
});
