import { expect, test } from 'vitest';
import { APPS, application, type Cluster, configMap, startCluster } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';

async function withMaps(count: number): Promise<Cluster> {
  const cluster = await startCluster();
  for (let index = 0; index < count; index++) {
    await cluster.store.create(
      configMap(`m${index}`, {}, { namespace: 'default', labels: { odd: String(index % 2) } }),
    );
  }
  return cluster;
}

interface Named {
  metadata: { name: string; namespace?: string };
}
const names = (json: { items: Named[] }) => json.items.map(({ metadata }) => metadata.name);

test('a list has its kind, the present version and items in order', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('b'));
  await cluster.post(APPS, application('a'));
  const { json } = await cluster.get(APPS);
  expect(json).toMatchObject({
    kind: 'ApplicationList',
    apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
    metadata: { resourceVersion: await cluster.store.revision() },
  });
  expect(names(json)).toEqual(['a', 'b']);
  expect(json.items[0]).toMatchObject({ apiVersion: expect.any(String), kind: 'Application' });
});

test('without a namespace those of all namespaces are listed, ordered by namespace', async () => {
  const cluster = await startCluster();
  for (const namespace of ['kyma-system', 'default']) {
    await cluster.post(`/api/v1/namespaces/${namespace}/configmaps`, configMap('x'));
  }
  const { json } = await cluster.get('/api/v1/configmaps');
  expect(json.items.map(({ metadata }: Named) => metadata.namespace)).toEqual(['default', 'kyma-system']);
});

test('pages of one list belong together, whatever is written meanwhile', async () => {
  const cluster = await withMaps(5);
  const first = (await cluster.get(`${CMS}?limit=2`)).json;
  expect([names(first), first.metadata.remainingItemCount]).toEqual([['m0', 'm1'], 3]);
  await cluster.delete(`${CMS}/m2`);
  const second = (await cluster.get(`${CMS}?limit=2&continue=${first.metadata.continue}`)).json;
  const third = (await cluster.get(`${CMS}?limit=2&continue=${second.metadata.continue}`)).json;
  expect([names(second), names(third), third.metadata.continue]).toEqual([['m2', 'm3'], ['m4'], undefined]);
  expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
});

test('with a selector nobody knows how much is left', async () => {
  const cluster = await withMaps(5);
  const { metadata } = (await cluster.get(`${CMS}?limit=1&labelSelector=odd%3D0`)).json;
  expect(metadata).toHaveProperty('continue');
  expect(metadata).not.toHaveProperty('remainingItemCount');
});

test('an old continue token has expired, and a made-up one is none', async () => {
  const cluster = await withMaps(3);
  const { metadata } = (await cluster.get(`${CMS}?limit=1`)).json;
  cluster.clock.advance(10 * 60_000);
  expect((await cluster.get(`${CMS}?limit=1&continue=${metadata.continue}`)).json).toMatchObject({
    code: 410,
    reason: 'Expired',
    message: expect.stringContaining('The provided continue parameter is too old'),
  });
  expect((await cluster.get(`${CMS}?continue=nonsense`)).json).toMatchObject({
    code: 400,
    message: expect.stringContaining('continue key is not valid'),
  });
});

test.each([
  ['labelSelector=odd', ['m0', 'm1', 'm2']],
  ['labelSelector=odd%3D1', ['m1']],
  ['labelSelector=odd+in+(0,x)', ['m0', 'm2']],
  ['labelSelector=%21odd', []],
  ['fieldSelector=metadata.name%3Dm1', ['m1']],
  ['fieldSelector=metadata.name%21%3Dm1,metadata.namespace%3D%3Ddefault', ['m0', 'm2']],
])('%s selects', async (query, expected) => {
  const cluster = await withMaps(3);
  expect(names((await cluster.get(`${CMS}?${query}`)).json)).toEqual(expected);
});

test('kinds have further fields to select by, where an empty value means that there is none', async () => {
  const cluster = await startCluster();
  const event = (name: string, involvedObject: object) => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name },
    involvedObject,
    type: 'Normal',
    reason: 'Created',
  });
  const path = '/api/v1/namespaces/default/events';
  await cluster.post(path, event('a', { kind: 'Application', name: 'shop' }));
  await cluster.post(path, event('b', { kind: 'Pod', name: 'shop', namespace: 'default' }));
  const of = async (selector: string) =>
    names((await cluster.get(`${path}?fieldSelector=${encodeURIComponent(selector)}`)).json);
  expect(await of('involvedObject.name=shop,involvedObject.namespace=,involvedObject.kind=Application')).toEqual(['a']);
  expect(await of('involvedObject.namespace=default,reason=Created,type!=Warning')).toEqual(['b']);
});

test.each([
  ['labelSelector=a%3D%3D%3Db', 'label selector'],
  ['fieldSelector=spec.x%3D1', 'field label not supported: spec.x'],
  ['limit=many', 'invalid syntax'],
  ['resourceVersion=abc', 'resourceVersion is not a number'],
])('%s is a bad request', async (query, text) => {
  const cluster = await startCluster();
  const { json } = await cluster.get(`${APPS}?${query}`);
  expect(json).toMatchObject({ code: 400, message: expect.stringContaining(text) });
});

test('a version that is not there yet is not waited for', async () => {
  const cluster = await startCluster();
  const { json, headers } = await cluster.get(`${APPS}?resourceVersion=99999999999999`);
  expect(json).toMatchObject({
    code: 504,
    reason: 'Timeout',
    details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
  });
  expect(headers['retry-after']).toBe('1');
  expect((await cluster.get(`${APPS}?resourceVersion=0&resourceVersionMatch=NotOlderThan`)).status).toBe(200);
});

test('metadata alone is answered to those who want no more', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop', { description: 'd' }));
  const accept = (as: string) => ({ Accept: `application/json;as=${as};g=meta.k8s.io;v=v1` });
  expect((await cluster.get(`${APPS}/shop`, accept('PartialObjectMetadata'))).json).toMatchObject({
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { name: 'shop' },
  });
  const list = (await cluster.get(APPS, accept('PartialObjectMetadataList'))).json;
  expect([list.kind, list.items[0].kind, list.items[0].spec]).toEqual([
    'PartialObjectMetadataList',
    'PartialObjectMetadata',
    undefined,
  ]);
});

test('what clients accept decides, and protobuf is never answered', async () => {
  const cluster = await startCluster();
  const protobuf = 'application/vnd.kubernetes.protobuf';
  const both = await cluster.get(APPS, { Accept: `${protobuf},application/json` });
  expect([both.status, both.headers['content-type']]).toEqual([200, 'application/json']);
  expect((await cluster.get(APPS, { Accept: protobuf })).json).toMatchObject({ code: 406, reason: 'NotAcceptable' });
});
