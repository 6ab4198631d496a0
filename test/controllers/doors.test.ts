import { expect, test } from 'vitest';
import type { Kymulator } from '../../src/kymulator.ts';
import { kubectl, request } from '../support/administrator.ts';
import { start } from '../support/instance.ts';

const apiVersion = 'applicationconnector.kyma-project.io/v1alpha1';
const kind = 'Application';

async function http(instance: Kymulator, method: string, path: string, body?: object): Promise<void> {
  const { status, text } = await request(instance, path, { method, ...(body && { body }) });
  expect([200, 201], text).toContain(status);
}

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

/** An instance with two Applications, what belongs to the first, and what belongs to both. */
async function startOwned() {
  const instance = await start();
  const { store } = instance;
  const ownerOf = async (name: string) => {
    const { metadata } = await store.create({ apiVersion, kind, metadata: { name }, spec: { services: [] } });
    return { apiVersion, kind, name, uid: metadata.uid };
  };
  const [shop, other] = [await ownerOf('shop'), await ownerOf('other')];
  await http(instance, 'POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  const own = (name: string, ...ownerReferences: object[]) => ({
    metadata: { name, namespace: 'kyma-integration', ownerReferences },
  });
  const secrets = '/api/v1/namespaces/kyma-integration/secrets';
  await http(instance, 'POST', secrets, { apiVersion: 'v1', kind: 'Secret', ...own('own', shop) });
  await http(instance, 'POST', secrets, { apiVersion: 'v1', kind: 'Secret', ...own('shared', shop, other) });
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', ...own('own', shop) };
  await http(instance, 'POST', secrets.replace('secrets', 'configmaps'), configMap);
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', ...own('own', shop) };
  await http(instance, 'POST', '/apis/example.com/v1/namespaces/kyma-integration/widgets', widget);
  const left = async () => {
    const kinds = [
      { apiVersion: 'v1', kind: 'ConfigMap' },
      { apiVersion: 'v1', kind: 'Secret' },
      { apiVersion: 'example.com/v1', kind: 'Widget' },
    ];
    const lists = await Promise.all(kinds.map((each) => store.list(each, { namespace: 'kyma-integration' })));
    const owned = lists.flatMap(({ items }) => items).filter(({ metadata }) => /^(own|shared)$/.test(metadata.name));
    return owned.map((found) => `${found.kind} ${found.metadata.name}`);
  };
  expect(await left()).toEqual(['ConfigMap own', 'Secret own', 'Secret shared', 'Widget own']);
  return { instance, left };
}

const path = `/apis/${apiVersion}/applications/shop`;

test.each<[door: string, remove: (instance: Kymulator) => Promise<unknown>]>([
  ['in the store', ({ store }) => store.delete({ apiVersion, kind, name: 'shop' })],
  ['by the Kubernetes API', (instance) => http(instance, 'DELETE', path)],
  ['by kubectl', (instance) => kubectl(instance, 'delete application shop')],
  ['by kubectl, and what belongs to it first', (instance) => kubectl(instance, 'delete app/shop --cascade=foreground')],
])(
  'an Application deleted %s takes what is its own, of any kind, and leaves what has another owner',
  async (_, remove) => {
    const { instance, left } = await startOwned();
    await remove(instance);
    await expect.poll(left).toEqual(['Secret shared']);
  },
);

test('an Application whose dependents are to stay leaves them without an owner, and those it shared with the other', async () => {
  const { instance, left } = await startOwned();
  await kubectl(instance, 'delete application shop --cascade=orphan');
  expect(await instance.store.get({ apiVersion, kind, name: 'shop' })).toBeUndefined();
  expect(await left()).toEqual(['ConfigMap own', 'Secret own', 'Secret shared', 'Widget own']);
  const place = { apiVersion: 'v1', namespace: 'kyma-integration' };
  const orphan = await instance.store.get({ ...place, kind: 'ConfigMap', name: 'own' });
  expect(orphan?.metadata).not.toHaveProperty('ownerReferences');
  const shared = await instance.store.get({ ...place, kind: 'Secret', name: 'shared' });
  expect(shared?.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['other']);
});

test('kubectl sees a definition and a namespace go after what is in them', async () => {
  const { instance } = await startOwned();
  const { store } = instance;
  await kubectl(instance, 'delete crd widgets.example.com --timeout=10s');
  expect((await store.list({ apiVersion: 'example.com/v1', kind: 'Widget' })).items).toEqual([]);
  await kubectl(instance, 'delete namespace kyma-integration --timeout=10s');
  const inside = { namespace: 'kyma-integration' };
  for (const kind of ['Secret', 'ConfigMap', 'Service', 'Pod', 'ServiceAccount']) {
    expect((await store.list({ apiVersion: 'v1', kind }, inside)).items, kind).toEqual([]);
  }
});
