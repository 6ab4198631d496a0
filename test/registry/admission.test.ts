import { expect, test } from 'vitest';
import { minimal, registryNamespace, startRegistry } from './start.ts';

const detailed = { settings: { detailedErrorResponse: true } };
const basic = (password: string) => ({
  ...minimal,
  api: { ...minimal.api, credentials: { basic: { username: 'me', password } } },
});
const namespace = 'kyma-integration';

test('what the registry makes is completed as by an API server', async () => {
  const registry = await startRegistry('latest');
  await registry.register(minimal);
  const { items } = await registry.store.list({ apiVersion: 'v1', kind: 'Service' });
  expect(items).toEqual([
    expect.objectContaining({
      spec: expect.objectContaining({ type: 'ClusterIP', clusterIP: expect.stringMatching(/^10\.96\./) }),
    }),
  ]);
});

test.each([
  ['0.4.3', 'failed to add new API, failed to create access service, '],
  ['1.24.0', 'Adding API failed, '],
])('in %s objects that an API server refuses are refused in its words', async (release, context) => {
  const application = 'a'.repeat(64);
  const registry = await startRegistry(release, { ...detailed, applications: [application, 'shop'] });
  const refused = await registry.post(minimal, application);
  expect([refused.status, refused.json.error]).toEqual([
    500,
    expect.stringMatching(
      new RegExp(`^${context}Service "[-a-z0-9]+" is invalid: metadata\\.labels: Invalid value: "a{64}"`),
    ),
  ]);
  await registry.store.delete({ apiVersion: 'v1', kind: 'Namespace', name: registryNamespace.metadata.name });
  expect((await registry.post(minimal)).json).toEqual({
    code: 500,
    error: `${context}namespaces "kyma-integration" not found`,
  });
  expect((await registry.application()).spec.services).toEqual([]);
});

test('a Secret that somebody made immutable is not written over', async () => {
  const registry = await startRegistry('latest', detailed);
  const id = await registry.register(basic('one'));
  const secret = { apiVersion: 'v1', kind: 'Secret', namespace, name: `shop-${id}` };
  await registry.store.patch(secret, { immutable: true });
  const { status, json } = await registry.put(id, basic('two'));
  const start = `Updating ${id} service failed, Adding API failed, Secret "shop-${id}" is invalid: [data: Forbidden: `;
  expect([status, json.error]).toEqual([500, expect.stringContaining(start)]);
  expect(await registry.secret(secret.name)).toMatchObject({ password: 'one' });
});
