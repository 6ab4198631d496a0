import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { parseRelease } from '../../src/core/release.ts';
import { setClientIdentity } from '../../src/http/client-identity.ts';
import { createRegistrySites } from '../../src/registry/sites.ts';
import { applicationKind } from '../../src/resources/kinds.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createValidatorSite } from '../../src/validator/sites.ts';
import { listen, registryNamespace } from '../registry/start.ts';
import { call } from '../support/call.ts';
import { certificateOf, subject } from './start.ts';

/** The registry of a release behind its validator, and a client with the certificate of `shop`. */
async function start(release: string) {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, random: systemRandom });
  const { apiVersion, kind } = applicationKind;
  await store.create(registryNamespace);
  await store.create({ apiVersion, kind, metadata: { name: 'shop' }, spec: {} });
  const common = {
    release: parseRelease(release),
    quirks: false,
    store,
    clock,
    random: systemRandom,
    log: silentLogger,
  };
  const registry = await createRegistrySites(common);
  const validator = await createValidatorSite({ ...common, backends: { metadata: registry.site, events: undefined } });
  const url = await listen((request, response) => {
    setClientIdentity(request, { outside: true, certificate: certificateOf(subject('CN=shop')) });
    validator.site.handle(request, response);
  });
  onTestFinished(async () => {
    await validator.close();
    await registry.close();
    await store.close();
  });
  return { url: `${url}/shop/v1/metadata/services`, clock };
}

const definition = { provider: 'p', name: 'n', description: 'd', api: { targetUrl: 'http://x.y' } };

test.each(['0.6.1', '1.1.0', '1.24.0', '2.2.0', 'latest'])(
  'a client of %s registers through the gateway',
  async (release) => {
    const { url } = await start(release);
    const { json } = await call(url, { method: 'POST', body: JSON.stringify(definition) });
    expect((await call(`${url}/${json.id}`)).json).toMatchObject({ name: 'n' });
    expect((await call(`${url}/${json.id}`, { method: 'DELETE' })).status).toBe(204);
  },
);

test('a registry that gives up on a request is a 503 of the gateway', async () => {
  const asked = Promise.withResolvers<void>();
  const silent = await listen(() => asked.resolve());
  const { url, clock } = await start('1.24.0');
  const body = JSON.stringify({ ...definition, api: { ...definition.api, specificationUrl: silent } });
  const answer = call(url, { method: 'POST', body });
  await asked.promise;
  clock.advance(10_000);
  expect([(await answer).status, (await answer).text]).toEqual([
    503,
    expect.stringContaining('upstream connect error'),
  ]);
});
