import { expect, test } from 'vitest';
import { admit } from '../../src/resources/admit.ts';
import type { Resource } from '../../src/resources/resource.ts';
import { applyResources } from '../../src/seed/apply.ts';
import { openMemory } from '../store/open.ts';
import { applicationNamed, type Shop } from '../store/resources.ts';

const apiVersion = 'applicationconnector.kyma-project.io/v1alpha1';
const service = (id: string, description = '') => ({
  id,
  name: id,
  displayName: id,
  description,
  providerDisplayName: '',
  entries: [],
});
const seed = (spec: object, metadata: object = {}): Resource =>
  admit({ apiVersion, kind: 'Application', metadata: { name: 'shop', ...metadata }, spec }).resource;
function servicesOf(resource: Resource | undefined): string[] {
  const services = (resource as Shop | undefined)?.spec?.services ?? [];
  return (services as { id: string; description: string }[]).map(({ id, description }) => id + description);
}

test('what is missing is created; the same again changes nothing', async () => {
  const { store } = openMemory();
  const resources = [seed({ services: [service('a')] }), { apiVersion: 'v1', kind: 'Any', metadata: { name: 'x' } }];
  expect(await applyResources(store, resources)).toEqual({ created: 2, changed: 0, unchanged: 0 });
  const revision = await store.revision();
  expect(await applyResources(store, resources)).toEqual({ created: 0, changed: 0, unchanged: 2 });
  expect(await store.revision()).toBe(revision);
});

test('what differs is replaced, but for what the server set', async () => {
  const { store } = openMemory();
  await applyResources(store, [seed({ description: 'old', tenant: 't' }, { labels: { a: 'b' } })]);
  const before = await store.get(applicationNamed('shop'));
  const next = seed({ description: 'new' }, { labels: { c: 'd' } });
  expect(await applyResources(store, [next])).toEqual({ created: 0, changed: 1, unchanged: 0 });
  expect(await store.get(applicationNamed('shop'))).toMatchObject({
    spec: { description: 'new', encodeUrl: true },
    metadata: { uid: before?.metadata.uid, labels: { c: 'd' }, generation: 2 },
  });
  expect((await store.get<Shop>(applicationNamed('shop')))?.spec).not.toHaveProperty('tenant');
});

test('services that were registered meanwhile stay, those of the seed are renewed', async () => {
  const { store } = openMemory();
  const resources = [seed({ services: [service('a'), service('b')] })];
  await applyResources(store, resources);
  const reference = applicationNamed('shop');
  await store.patch(reference, { spec: { services: [service('a', '!'), service('b'), service('registered')] } });
  await applyResources(store, resources);
  expect(servicesOf(await store.get(reference))).toEqual(['a', 'b', 'registered']);
  expect(await applyResources(store, resources)).toMatchObject({ unchanged: 1 });
  await applyResources(store, [seed({})]);
  expect(servicesOf(await store.get(reference))).toEqual(['a', 'b', 'registered']);
});

test('status, finalizers and owners that others set stay', async () => {
  const { store } = openMemory();
  const resources = [seed({ description: 'x' })];
  await applyResources(store, resources);
  const status = { installationStatus: { status: 'deployed', description: '' } };
  await store.patch(applicationNamed('shop'), { status, metadata: { finalizers: ['f'] } });
  expect(await applyResources(store, resources)).toMatchObject({ unchanged: 1 });
});

test('server-set metadata in an exported seed is ignored', async () => {
  const { store } = openMemory();
  const exported = seed({ description: 'x' }, { uid: 'u', resourceVersion: '7', generation: 9, managedFields: [] });
  expect(await applyResources(store, [exported])).toMatchObject({ created: 1 });
  expect(await applyResources(store, [exported])).toMatchObject({ unchanged: 1 });
  const { metadata } = (await store.get(applicationNamed('shop'))) ?? {};
  expect(metadata).toMatchObject({ uid: expect.stringMatching(/^0{8}-/), generation: 1 });
  expect(metadata).not.toHaveProperty('managedFields');
});
