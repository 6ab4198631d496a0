import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { parseRelease } from '../../../src/core/release.ts';
import { gatewayDefaults } from '../../../src/gateway/proxy-site.ts';
import { centralGatewayOf } from '../../../src/gateway/releases/central.ts';
import { cachedReads } from '../../../src/gateway/releases/delays.ts';
import { type ApiEntry, type ApiIndex, indexApis } from '../../../src/gateway/routing/lookup.ts';
import { createGatewaySite } from '../../../src/gateway/site.ts';
import { ask, serve } from '../../external-system/serve.ts';
import { header, open, secured } from '../secured.ts';
import { type SecretTexts, secretsOf } from '../start.ts';

const MINUTE = 60_000;

/** A gateway that is as late as the original, over a cluster that the test changes. */
async function start(release = 'latest') {
  const clock = new ManualClock(0);
  const applications = new Map<string, ApiIndex>();
  const secrets: SecretTexts = {};
  const behaviour = centralGatewayOf(parseRelease(release));
  const present = { applications, secrets: secretsOf(secrets) };
  const site = createGatewaySite({
    ...(behaviour.keepsReads ? cachedReads(present, clock) : present),
    behaviour,
    form: 'standalone',
    cacheDelays: true,
    settings: gatewayDefaults,
    clock,
    log: silentLogger,
  });
  onTestFinished(() => site.close());
  const port = await serve(site);
  const put = (entry: ApiEntry) =>
    applications.set('app', indexApis({ metadata: { name: 'app' }, spec: { services: [service(entry)] } }));
  return { clock, applications, secrets, put, call: async () => (await ask(port, { path: '/app/svc' })).status };
}

const service = (entry: ApiEntry) => ({ name: 'svc', displayName: 'svc', entries: [{ type: 'API', ...entry }] });

test('a new Application is seen at once, a deleted one up to five minutes later', async () => {
  const { clock, applications, put, call } = await start();
  const target = await secured(open);
  expect(await call()).toBe(404);
  put({ targetUrl: target.url });
  expect(await call()).toBe(200);
  applications.clear();
  clock.advance(5 * MINUTE - 1);
  expect(await call()).toBe(200);
  clock.advance(1);
  expect(await call()).toBe(404);
});

test('a changed targetUrl counts up to seven minutes later', async () => {
  const { clock, put, call } = await start();
  const [before, after] = [await secured(open), await secured(open)];
  put({ targetUrl: before.url });
  await call();
  put({ targetUrl: after.url });
  // The proxy object that is made anew just before the Application is read anew lives two minutes more.
  clock.advance(5 * MINUTE - 1);
  await call();
  clock.advance(2 * MINUTE - 1);
  await call();
  expect([before.seen.length, after.seen.length]).toEqual([3, 0]);
  clock.advance(1);
  await call();
  expect([before.seen.length, after.seen.length]).toEqual([3, 1]);
});

test('a changed Secret counts late, and a missing one is looked for each time', async () => {
  const { clock, secrets, put, call } = await start();
  const target = await secured(open);
  put({ targetUrl: target.url, credentials: { type: 'Basic', secretName: 'x' } });
  expect(await call()).toBe(500);
  secrets.x = { username: 'a' };
  expect(await call()).toBe(200);
  secrets.x = { username: 'b' };
  expect(await call()).toBe(200);
  clock.advance(5 * MINUTE);
  expect(await call()).toBe(200);
  const names = target.seen.map((seen) => Buffer.from(header(seen, 'authorization')[0]?.slice(6) ?? '', 'base64'));
  expect(names.map(String)).toEqual(['a:', 'a:', 'b:']);
});

test.each([
  ['2.5', [200, 200, 500]],
  ['2.6', [200, 500, 500]],
  ['2.8', [200, 404, 404]],
  ['latest', [200, 200, 200]],
])('in %s a deleted Application is called for two minutes, or five, or not at all', async (release, expected) => {
  const { clock, applications, put, call } = await start(release);
  put({ targetUrl: (await secured(open)).url });
  const statuses = [await call()];
  applications.clear();
  statuses.push(await call());
  clock.advance(2 * MINUTE);
  statuses.push(await call());
  expect(statuses).toEqual(expected);
});
