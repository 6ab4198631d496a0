import { expect, test } from 'vitest';
import { createGatewayHealthSite } from '../../src/gateway/health.ts';
import { ask, serve } from '../external-system/serve.ts';

const start = () => serve(createGatewayHealthSite());

test('/v1/health is empty', async () => {
  const answer = await ask(await start(), { path: '/v1/health' });
  expect([answer.status, answer.text]).toEqual([200, '']);
});

test('before 2.19 there is no log level', async () => {
  const port = await serve(createGatewayHealthSite({ hasLogLevel: false }));
  expect((await ask(port, { path: '/v1/loglevel' })).status).toBe(404);
});

test.each([
  ['/metrics', 'GET', 404, 'Requested resource could not be found.'],
  ['/v1/health/', 'GET', 404, 'Requested resource could not be found.'],
  ['/constructor', 'GET', 404, 'Requested resource could not be found.'],
  ['/v1/health', 'POST', 405, 'Method not allowed.'],
  ['/v1/loglevel', 'DELETE', 405, 'Method not allowed.'],
])('%s with %s answers %i', async (path, method, status, error) => {
  const answer = await ask(await start(), { path, method });
  expect([answer.status, answer.headers['content-type'], answer.json()]).toEqual([
    status,
    'application/json;charset=UTF-8',
    { code: status, error },
  ]);
});

test('HEAD is not allowed', async () => {
  expect((await ask(await start(), { path: '/v1/health', method: 'HEAD' })).status).toBe(405);
});

test.each([
  ['//v1/health', '/v1/health'],
  ['/x/../v1/health?a', '/v1/health?a'],
])('%s is sent on to %s', async (path, location) => {
  const answer = await ask(await start(), { path });
  expect([answer.status, answer.headers.location]).toEqual([301, location]);
});

const form = 'application/x-www-form-urlencoded';

test('the level of a form may stand in the query', async () => {
  const headers = { 'Content-Type': form };
  const answer = await ask(await start(), { path: '/v1/loglevel?level=warn', method: 'PUT', headers });
  expect(answer.json()).toEqual({ level: 'warn' });
});

test.each<[contentType: string | undefined, body: string, status: number, answer: object, level: string]>([
  [undefined, '{"level":"debug"}', 200, { level: 'debug' }, 'debug'],
  [undefined, '{"level":"WARN"}', 200, { level: 'warn' }, 'warn'],
  [undefined, '{"level":""}', 200, { level: 'info' }, 'info'],
  [form, 'level=error', 200, { level: 'error' }, 'error'],
  [undefined, '{}', 400, { error: 'must specify logging level' }, 'info'],
  [form, 'level=', 400, { error: 'must specify logging level' }, 'info'],
  [undefined, '{"level":"nope"}', 400, { error: 'malformed request body: unrecognized level: "nope"' }, 'info'],
  [form, 'level=nope', 400, { error: 'unrecognized level: "nope"' }, 'info'],
  [
    undefined,
    'x',
    400,
    { error: "malformed request body: invalid character 'x' looking for beginning of value" },
    'info',
  ],
])('the log level is set by %j body %j', async (contentType, body, status, expected, level) => {
  const port = await start();
  const answer = await ask(port, {
    path: '/v1/loglevel',
    method: 'PUT',
    headers: contentType ? { 'Content-Type': contentType } : {},
    body,
  });
  expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
    status,
    'text/plain; charset=utf-8',
    `${JSON.stringify(expected)}\n`,
  ]);
  expect((await ask(port, { path: '/v1/loglevel' })).json()).toEqual({ level });
});
