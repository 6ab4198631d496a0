import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { type Kymulator, startKymulator } from '../../src/kymulator.ts';
import { call } from '../support/call.ts';
import { edge } from '../support/instance.ts';

/** The demo's services as a workload calls them, through the Application Gateway. */

const demo = resolve(import.meta.dirname, '../../fixtures/demo');
const clock = new ManualClock();
let instance: Kymulator;

beforeAll(async () => {
  instance = await startKymulator({ seed: [demo], clock });
});
afterAll(() => instance.close());

const through = (path: string, options = {}) => call(`${edge(instance, 'application-gateway')}/${path}`, options);

test.each([
  ['secured/open', 200],
  ['secured/basic', 200],
  ['secured/oauth', 200],
  ['secured/oauth-with-certificate', 200],
  ['secured/client-certificate', 200],
  ['secured/csrf-basic', 200],
  ['secured/csrf-oauth', 200],
  ['secured/csrf-oauth-with-certificate', 200],
  ['secured/csrf-client-certificate', 200],
  ['secured/request-parameters', 200],
  ['secured/oauth-short-lived', 200],
  ['secured/oauth-never-valid', 401],
  ['secured/oauth-wrong-secret', 502],
  ['secured/csrf-never-valid', 403],
  ['secured/status-codes/451', 451],
  ['secured/redirects/basic/target', 200],
  ['strict/expired-server-certificate', 502],
  ['shop/httpbin/uuid', 200],
])('%s answers %i', async (path, status) => {
  const answer = await through(path);
  expect(answer.status, answer.text).toBe(status);
});

test('a short-lived token is renewed when it has ended', async () => {
  expect((await through('secured/oauth-short-lived')).status).toBe(200);
  clock.advance(10_000);
  expect((await through('secured/oauth-short-lived')).status).toBe(200);
});

test('redirects lead back through the gateway', async () => {
  const answer = await through('secured/redirects/ok');
  expect([answer.status, answer.headers.location]).toEqual([307, '/secured/redirects/ok/target']);
  expect((await through('secured/redirects/ok/target')).status).toBe(200);
});

test('a call that is never answered ends with the proxy time-out', async () => {
  const pending = through('secured/timeout');
  let over = false;
  void pending.finally(() => {
    over = true;
  });
  await expect
    .poll(() => {
      clock.advance(10_000);
      return over;
    })
    .toBe(true);
  expect((await pending).status).toBe(504);
});

test('the echo shows what the gateway sends', async () => {
  const { json } = await through('secured/echo?a=1', { method: 'POST', body: 'hello', headers: { 'X-A': 'b' } });
  expect(json).toMatchObject({ body: 'aGVsbG8=', method: 'POST', query: 'a=1', headers: { 'X-A': ['b'] } });
});
