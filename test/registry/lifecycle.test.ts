import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { createLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { parseRelease } from '../../src/core/release.ts';
import { createRegistrySites } from '../../src/registry/sites.ts';
import { applicationKind } from '../../src/resources/kinds.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { call } from '../support/call.ts';
import { listen, minimal, registryNamespace, releases, startRegistry } from './start.ts';

test('closing twice is harmless, and closes what is being fetched', async () => {
  const asked = Promise.withResolvers<void>();
  const silent = await listen(() => asked.resolve());
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, random: systemRandom });
  const { apiVersion, kind } = applicationKind;
  await store.create({ apiVersion, kind, metadata: { name: 'shop' }, spec: {} });
  await store.create(registryNamespace);
  const lines: string[] = [];
  const log = await createLogger({ level: 'trace', format: 'json', stream: { write: (line) => lines.push(line) } });
  const registry = await createRegistrySites({
    release: parseRelease('1.24'),
    quirks: false,
    store,
    clock,
    random: systemRandom,
    log,
  });
  const url = await listen((request, response) => registry.site.handle(request, response));
  const specificationUrl = silent.replace('//', '//user:hidden@');
  const body = JSON.stringify({ ...minimal, api: { ...minimal.api, specificationUrl } });
  const answer = call(`${url}/shop/v1/metadata/services`, { method: 'POST', body });
  await asked.promise;
  await registry.close();
  expect((await answer).status).toBe(502);
  await registry.close();
  await store.close();
  expect(lines.join('')).not.toContain('hidden');
});

test('two registries in one process do not know each other', async () => {
  const [one, two] = [await startRegistry('1.24.0'), await startRegistry('0.4.3')];
  await one.register(minimal);
  expect((await two.list()).text).toBe('[]\n');
});

test.each(releases)('the metrics of %s count the endpoints', async (release) => {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, random: systemRandom });
  const { silentLogger: log } = await import('../../src/core/log.ts');
  const registry = await createRegistrySites({
    release: parseRelease(release),
    quirks: false,
    store,
    clock,
    random: systemRandom,
    log,
  });
  const url = await listen((request, response) => registry.site.handle(request, response));
  const metrics = await listen((request, response) => registry.metrics.handle(request, response));
  await call(`${url}/shop/v1/metadata/services`);
  await call(`${url}/v1/health`);
  const { text } = await call(`${metrics}/metrics`);
  const service = /^0\.[45]/.test(release) ? 'metadata_service' : 'application_registry';
  expect(text).toContain(`${service}_endpoints_responses{endpoint="/v1/health",method="GET",status="200"} 1`);
  expect(text).toMatch(
    new RegExp(`${service}_endpoints_responses\\{endpoint="/\\{application\\}/v1/metadata/services",`),
  );
  await registry.close();
  await store.close();
});
