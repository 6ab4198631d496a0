import { EventEmitter, once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { createExternalSystemSites } from '../../src/external-system/system.ts';
import { basic, client, form, startSystem } from './secured.ts';
import { listen, serve } from './serve.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const withoutBody = { status: 200, text: '', headers: { 'content-length': '0' } };

test.each(['/v1/health', '/v1/api/unsecure/ok', '/v1/api/redirect/ok/target'])(
  'GET %s succeeds without a body and a content type',
  async (path) => {
    const system = await startSystem();
    const answer = await system.http({ path });
    expect(answer).toMatchObject(withoutBody);
    expect(answer.headers).not.toHaveProperty('content-type');
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  },
);

const nowhere: [method: string, path: string][] = [
  ['GET', '/v1/nowhere'],
  ['GET', '/v1/api/unsecure/code/x'],
  ['GET', '/v1/api/unsecure/code/'],
  ['GET', '/v1/api/mtls/ok'],
  ['HEAD', '/v1/api/basic/ok'],
  ['OPTIONS', '/v1/api/basic/ok'],
  ['GET', '/v1/api/oauth/token'],
  ['GET', '/v1/api/unsecure/echo'],
];

test.each(nowhere)('%s %s is not found', async (method, path) => {
  const system = await startSystem();
  const answer = await system.http({ method, path });
  expect(answer.status).toBe(404);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  if (method !== 'HEAD') expect(answer.text).toBe('404 page not found\n');
});

test('POST /v1/health is the one method that is not allowed', async () => {
  const system = await startSystem();
  expect(await system.http({ method: 'POST', path: '/v1/health' })).toMatchObject({ status: 405, text: '' });
});

test.each(['PUT', 'POST', 'DELETE'])('%s comes back from /echo', async (method) => {
  const system = await startSystem();
  const answer = await system.http({
    method,
    path: '/v1/api/unsecure/echo?a=1&b=<2>',
    headers: ['Host', 'h', 'x-b', '1', 'X-B', '2', 'content-type', 'text/plain', 'Content-Length', '5'],
    body: 'hello',
  });
  expect(answer.headers['content-type']).toBe('application/json');
  expect(answer.text).toBe(
    '{"body":"aGVsbG8=","headers":{"Connection":["close"],"Content-Length":["5"],"Content-Type":["text/plain"],"X-B":["1","2"]},' +
      `"method":"${method}","query":"a=1\\u0026b=\\u003c2\\u003e"}\n`,
  );
});

test('an empty body is an empty text', async () => {
  const system = await startSystem();
  const answer = await system.http({ method: 'POST', path: '/v1/api/unsecure/echo' });
  expect(answer.json()).toMatchObject({ body: '', query: '' });
});

test.each([
  ['200', 200, '200'],
  ['451', 451, '451'],
  ['307', 307, '307'],
  ['599', 599, '599'],
  ['999', 999, '999'],
  ['204', 204, ''],
  ['304', 304, ''],
])('/code/%s answers %i', async (digits, status, text) => {
  const system = await startSystem();
  const answer = await system.http({ path: `/v1/api/unsecure/code/${digits}` });
  expect([answer.status, answer.text]).toEqual([status, text]);
  expect(answer.headers.location).toBeUndefined();
  if (text) expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
});

test('an informational code goes ahead of a success', async () => {
  const port = await serve(createExternalSystemSites({ clock: new ManualClock(0), random: systemRandom }).http);
  const outgoing = request({ host: '127.0.0.1', port, path: '/v1/api/unsecure/code/123', agent: false });
  const ahead = once(outgoing, 'information');
  outgoing.end();
  const [[information], [answer]] = await Promise.all([ahead, once(outgoing, 'response')]);
  expect(information.statusCode).toBe(123);
  expect(answer.statusCode).toBe(200);
  expect((await answer.toArray()).join('')).toBe('123');
});

test.each(['0', '99', '1000', '99999999999999999999'])('/code/%s ends the connection', async (digits) => {
  const system = await startSystem();
  await expect(system.http({ path: `/v1/api/unsecure/code/${digits}` })).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test('/timeout never answers and ends with the system', async () => {
  const clock = new ManualClock(0);
  const system = createExternalSystemSites({ clock, random: systemRandom });
  const arrived = new EventEmitter();
  const port = await listen((incoming, response) => {
    system.http.handle(incoming, response);
    arrived.emit('request');
  }, system.http);
  const pending = request({ host: '127.0.0.1', port, path: '/v1/api/unsecure/timeout', agent: false });
  const answered: unknown[] = [];
  pending.on('response', (answer) => answered.push(answer));
  const failed = once(pending, 'error');
  pending.end();
  await once(arrived, 'request');
  clock.advance(24 * 60 * 60 * 1000);
  await system.close();
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' });
  expect(answered).toEqual([]);
});

const basicCases: [authorization: string | undefined, status: number][] = [
  [basic(), 200],
  [basic('user:wrong'), 403],
  [basic('other:passwd'), 403],
  ['Basic !', 403],
  [undefined, 403],
];

test.each(basicCases)('Basic with %j answers %i', async (authorization, status) => {
  const system = await startSystem();
  const headers = ['Host', 'h', ...(authorization ? ['Authorization', authorization] : [])];
  for (const path of ['/v1/api/basic/ok', '/v1/api/redirect/basic/target']) {
    const answer = await system.http({ path, headers });
    expect([answer.status, answer.text, answer.headers['www-authenticate']]).toEqual([status, '', undefined]);
  }
});

const tokenRequests: [name: string, path: string, headers: Record<string, string>, body: string, status: number][] = [
  ['a form', '', form, client, 200],
  ['a form with a charset', '', { 'Content-Type': `${form['Content-Type']}; charset=utf-8` }, client, 200],
  ['a query', `?${client}`, {}, '', 200],
  ['a form that overrules the query', '?client_id=other', form, client, 200],
  ['a query that the form overrules', `?${client}`, form, 'client_id=other', 403],
  ['a form of another type', '', { 'Content-Type': 'text/plain' }, client, 403],
  ['a wrong secret', '', form, client.replace('clientSecret', 'x'), 403],
  ['a wrong client', '', form, client.replace('clientID', 'x'), 403],
  ['another grant', '', form, client.replace('client_credentials', 'password'), 403],
  ['only a Basic header', '', { Authorization: basic('clientID:clientSecret') }, 'grant_type=client_credentials', 403],
  ['nothing', '', {}, '', 403],
  ['an unreadable form', '', form, `${client}&x=%zz`, 500],
];

test.each(tokenRequests)('a token request with %s', async (_, search, headers, body, status) => {
  const system = await startSystem();
  for (const path of ['/v1/api/oauth/token', '/v1/api/oauth/bad-token']) {
    const answer = await system.http({ method: 'POST', path: path + search, headers, body });
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.text).toBe('');
  }
});

test.each([
  ['', 300],
  ['?token_lifetime=5s', 5],
  ['?token_lifetime=1m30.9s', 90],
  ['?token_lifetime=soon', 300],
  ['?token_lifetime=5', 300],
])('a token of /token%s lives for %i seconds', async (search, seconds) => {
  const system = await startSystem();
  const answer = await system.http({
    method: 'POST',
    path: `/v1/api/oauth/token${search}`,
    headers: form,
    body: client,
  });
  expect(answer.headers['content-type']).toBe('application/json');
  const { access_token } = answer.json() as { access_token: string };
  expect(access_token).toMatch(UUID);
  expect(answer.text).toBe(`{"access_token":"${access_token}","token_type":"bearer","expires_in":${seconds}}\n`);

  const headers = { Authorization: `Bearer ${access_token}` };
  const use = async () => (await system.http({ path: '/v1/api/oauth/ok', headers })).status;
  system.clock.advance(seconds * 1000 - 1);
  expect(await use()).toBe(200);
  system.clock.advance(1001);
  expect(await use()).toBe(401);
});

test.each([
  [(token: string) => `Bearer ${token}`, 200],
  [(token: string) => `Bearer${token}`, 200],
  [(token: string) => `bearer ${token}`, 401],
  [(token: string) => `Basic ${token}`, 401],
  [() => 'Bearer unknown', 401],
  [() => 'Bearer', 401],
])('a token is recognised in %s: %i', async (authorization, status) => {
  const system = await startSystem();
  const headers = { Authorization: authorization(await system.token()) };
  expect(await system.http({ path: '/v1/api/oauth/ok', headers })).toMatchObject({ status, text: '' });
});

test('a token of /bad-token says no lifetime and is never valid', async () => {
  const system = await startSystem();
  const bad = await system.http({ method: 'POST', path: '/v1/api/oauth/bad-token', headers: form, body: client });
  expect(bad.text).toMatch(/^\{"access_token":"[0-9a-f-]{36}","token_type":"bearer"\}\n$/);
  const headers = { Authorization: `Bearer ${await system.token('/v1/api/oauth/bad-token')}` };
  expect((await system.http({ path: '/v1/api/oauth/ok', headers })).status).toBe(401);
});

test.each(['/v1/api/csrf/token', '/v1/api/csrf/bad-token'])('%s tells a token in header and cookie', async (path) => {
  const system = await startSystem();
  const answer = await system.http({ path });
  const token = answer.headers['x-csrf-token'];
  expect(token).toMatch(UUID);
  expect(answer.headers['set-cookie']).toEqual([`csrftokencookie=${token}`]);
  expect(answer).toMatchObject(withoutBody);
  expect(answer.headers).not.toHaveProperty('content-type');
});

test('with CSRF tokens the credentials count as without', async () => {
  const system = await startSystem();
  const csrf = await system.csrf();
  const bearer = `Bearer ${await system.token()}`;
  const status = async (path: string, headers: Record<string, string>) => (await system.http({ path, headers })).status;

  expect(await status('/v1/api/csrf-basic/ok', { ...csrf, Authorization: basic() })).toBe(200);
  expect(await status('/v1/api/csrf-basic/ok', { ...csrf, Authorization: basic('user:x') })).toBe(403);
  expect(await status('/v1/api/csrf-oauth/ok', { ...csrf, Authorization: bearer })).toBe(200);
  expect(await status('/v1/api/csrf-oauth/ok', csrf)).toBe(401);
  expect((await system.mutualTls({ path: '/v1/api/csrf-mtls/ok', headers: csrf })).status).toBe(200);
});

test('CSRF tokens live for ever, and header and cookie need not be the same', async () => {
  const system = await startSystem();
  const [one, two] = [await system.csrf(), await system.csrf()];
  system.clock.advance(365 * 24 * 60 * 60 * 1000);
  const headers = { ...one, Cookie: `a=1; ${two.Cookie}; b=2`, Authorization: basic() };
  expect((await system.http({ path: '/v1/api/csrf-basic/ok', headers })).status).toBe(200);
});

const csrfRefusals: [name: string, change: (csrf: Record<string, string>) => Record<string, string>][] = [
  ['no token at all', () => ({})],
  ['no cookie', ({ 'X-CSRF-Token': token = '' }) => ({ 'X-CSRF-Token': token })],
  ['no header', ({ Cookie = '' }) => ({ Cookie })],
  ['an unknown header', (csrf) => ({ ...csrf, 'X-CSRF-Token': 'x' })],
  ['an unknown cookie', (csrf) => ({ ...csrf, Cookie: 'csrftokencookie=x' })],
];

test.each(csrfRefusals)('%s is forbidden before credentials are looked at', async (_, change) => {
  const system = await startSystem();
  const headers = change(await system.csrf());
  for (const path of ['/v1/api/csrf-basic/ok', '/v1/api/csrf-oauth/ok']) {
    expect(await system.http({ path, headers })).toMatchObject({ status: 403, text: '' });
  }
  expect((await system.mutualTls({ path: '/v1/api/csrf-mtls/ok', headers })).status).toBe(403);
});

test('a CSRF token of /bad-token is never valid', async () => {
  const system = await startSystem();
  const headers = { ...(await system.csrf('/v1/api/csrf/bad-token')), Authorization: basic() };
  expect((await system.http({ path: '/v1/api/csrf-basic/ok', headers })).status).toBe(403);
});

const query = 'Qkey1=Qval1&Qkey2=Qval21&Qkey2=Qval22';
const good = ['Hkey1', 'Hval1', 'Hkey2', 'Hval21', 'Hkey2', 'Hval22'];
const parameters: [name: string, search: string, headers: string[], status: number][] = [
  ['everything', query, [...good, 'Authorization', basic()], 200],
  ['more than that', `${query}&Qkey1=x&y=z`, [...good, 'HKEY1', 'x', 'Authorization', basic()], 200],
  ['no credentials', query, good, 403],
  ['one header value missing', query, good.slice(0, 4), 400],
  ['two values in one line', query, ['Hkey1', 'Hval1', 'Hkey2', 'Hval21, Hval22', 'Authorization', basic()], 400],
  ['one query value missing', 'Qkey1=Qval1&Qkey2=Qval21', [...good, 'Authorization', basic()], 400],
  ['nothing', '', [], 400],
];

test.each(parameters)('request parameters with %s', async (_, search, headers, status) => {
  const system = await startSystem();
  const path = `/v1/api/request-parameters-basic/ok?${search}`;
  const answer = await system.http({ path, headers: ['Host', 'h', ...headers] });
  expect([answer.status, answer.text]).toEqual([status, '']);
});

test.each([
  ['ok', '/v1/api/redirect/ok/target'],
  ['basic', '/v1/api/redirect/basic/target'],
  ['external', 'http://central-application-gateway.kyma-system:8081/v1/health'],
])('/redirect/%s sends every method on', async (name, location) => {
  const system = await startSystem();
  for (const method of ['GET', 'POST', 'DELETE', 'HEAD']) {
    const answer = await system.http({ method, path: `/v1/api/redirect/${name}` });
    expect([answer.status, answer.headers.location]).toEqual([307, location]);
    expect(answer.text).toBe(method === 'GET' ? `<a href="${location}">Temporary Redirect</a>.\n\n` : '');
    const isPage = method === 'GET' || method === 'HEAD';
    expect(answer.headers['content-type']).toBe(isPage ? 'text/html; charset=utf-8' : undefined);
  }
});

const certificateRequests: [body: string, status: number][] = [
  ['client_id=clientID&grant_type=client_credentials', 200],
  [client.replace('clientSecret', 'anything'), 200],
  ['client_id=incorrect&grant_type=client_credentials', 403],
  ['client_id=clientID', 403],
];

test.each(certificateRequests)('with a certificate, a token request %s answers %i', async (body, status) => {
  const system = await startSystem();
  for (const ways of [{ headers: form, body }, { search: `?${body}` }]) {
    const { search = '', ...rest } = ways as { search?: string };
    const answer = await system.mutualTls({ method: 'POST', path: `/v1/api/mtls-oauth/token${search}`, ...rest });
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.text).toBe('');
  }
});

test('a token got with a certificate is good on plain HTTP, for five minutes though it says an hour', async () => {
  const system = await startSystem();
  const path = `/v1/api/mtls-oauth/token?${client}`;
  const answer = await system.mutualTls({ method: 'POST', path });
  expect(answer.text).toMatch(/^\{"access_token":"[0-9a-f-]{36}","token_type":"bearer","expires_in":3600\}\n$/);
  const headers = { Authorization: `Bearer ${(answer.json() as { access_token: string }).access_token}` };
  expect((await system.http({ path: '/v1/api/oauth/ok', headers })).status).toBe(200);
  system.clock.advance(300_000);
  expect((await system.http({ path: '/v1/api/oauth/ok', headers })).status).toBe(401);
});

test('behind mutual TLS there are the endpoints for certificates and nothing else', async () => {
  const system = await startSystem();
  for (const path of ['/v1/health', '/v1/api/mtls/ok']) {
    expect(await system.mutualTls({ path })).toMatchObject(withoutBody);
  }
  for (const path of ['/get', '/v1/api/basic/ok', '/v1/api/csrf/token']) {
    expect((await system.mutualTls({ path })).status).toBe(404);
  }
});
