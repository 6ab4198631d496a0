import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Application } from '../../src/resources/application.ts';
import { serviceName } from '../../src/resources/names.ts';
import { readSeed } from '../../src/seed/read.ts';

const demo = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const read = () => readSeed(demo, { variables: { EXTERNAL_SYSTEM_URL: 'http://localhost:4711' } });

test('the demo has the shop and the two systems of the 2018 guide under both kinds', async () => {
  expect((await read()).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'RemoteEnvironment ec-default',
    'RemoteEnvironment hmc-default',
    'Application ec-default',
    'Application hmc-default',
    'Application shop',
  ]);
});

test("the shop's service leads to the external system and is named as the registry would name it", async () => {
  const shop = (await read()).find(({ metadata }) => metadata.name === 'shop') as Application;
  const [service, ...more] = shop.spec?.services ?? [];
  expect(more).toEqual([]);
  expect(service).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    displayName: 'HTTPBin',
    entries: [{ type: 'API', targetUrl: 'http://localhost:4711' }],
  });
  expect(service?.name).toBe(serviceName('HTTPBin', service?.id ?? ''));
});
