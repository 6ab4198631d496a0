import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { createApplicationHostSite } from '../../src/gateway/host-site.ts';
import { readSecret, type SecretContent } from '../../src/gateway/login/secrets.ts';
import { gatewayDefaults } from '../../src/gateway/proxy-site.ts';
import { hostKey } from '../../src/gateway/routing/hosts.ts';
import { type ApiIndex, indexApis } from '../../src/gateway/routing/lookup.ts';
import { createGatewaySite } from '../../src/gateway/site.ts';
import type { Application, RemoteEnvironment } from '../../src/resources/application.ts';
import type { Secret } from '../../src/resources/core-kinds.ts';
import { applicationKind, remoteEnvironmentKind, secretKind } from '../../src/resources/kinds.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { createView } from '../../src/store/view.ts';
import { startHttpBin } from '../external-system/bin.ts';
import { ask, serve } from '../external-system/serve.ts';

const common = { name: 'svc', displayName: 'svc', description: '', providerDisplayName: '' };

test('what is written to the store is called at once, through every gateway', async () => {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, random: systemRandom });
  onTestFinished(() => store.close());
  const derive = indexApis;
  const applications = await createView<Application, ApiIndex>(store, applicationKind, { derive, key: hostKey });
  const remoteEnvironments = await createView<RemoteEnvironment, ApiIndex>(store, remoteEnvironmentKind, {
    derive,
    key: hostKey,
  });
  const secrets = await createView<Secret, SecretContent>(store, secretKind, { derive: readSecret });
  const options = { settings: gatewayDefaults, clock, log: silentLogger, secrets };
  const central = await serve(createGatewaySite({ ...options, form: 'standalone', applications }));
  const byHost = await serve(createApplicationHostSite({ ...options, applications, remoteEnvironments }));
  const bin = await startHttpBin();
  const status = async () => [
    (await ask(central, { path: '/shop/svc/uuid' })).status,
    (await ask(byHost, { path: '/uuid', headers: { Host: 'shop-id.kyma-integration' } })).status,
  ];
  expect(await status()).toEqual([404, 404]);

  const { apiVersion, kind } = applicationKind;
  const entries = [{ type: 'API' as const, targetUrl: `http://127.0.0.1:${bin.port}` }];
  const shop: Application = {
    apiVersion,
    kind,
    metadata: { name: 'shop' },
    spec: { services: [{ ...common, id: 'id', entries }] },
  };
  await store.create(shop);
  expect(await status()).toEqual([200, 200]);

  await store.update({ ...shop, spec: { services: [{ ...common, id: 'id', displayName: 'other', entries: [] }] } });
  expect(await status()).toEqual([404, 400]);

  await store.delete({ apiVersion, kind, name: 'shop' });
  expect(await status()).toEqual([404, 404]);
});
