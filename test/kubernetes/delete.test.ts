import { expect, test } from 'vitest';
import { APPS, application, configMap, JSON_PATCH, MERGE, startCluster } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';
const options = (content: object) => ({ kind: 'DeleteOptions', apiVersion: 'v1', ...content });

test('a deletion says what is gone', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(APPS, application('shop'));
  const deleted = await cluster.delete(`${APPS}/shop`, options({ propagationPolicy: 'Background' }));
  expect(deleted.json).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: 'shop',
      group: 'applicationconnector.kyma-project.io',
      kind: 'applications',
      uid: json.metadata.uid,
    },
  });
  expect((await cluster.get(`${APPS}/shop`)).status).toBe(404);
  expect((await cluster.delete(`${APPS}/shop`)).status).toBe(404);
});

test('a finalizer holds what is deleted until it is lifted', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop', {}, { finalizers: ['a/b'] }));
  const watch = await cluster.watch(`${APPS}?watch=true`);
  await watch.next();
  const deleted = await cluster.delete(`${APPS}/shop`);
  expect(deleted.json).toMatchObject({
    kind: 'Application',
    metadata: { deletionTimestamp: '2026-01-05T10:00:00Z', deletionGracePeriodSeconds: 0, generation: 2 },
  });
  cluster.clock.advance(5_000);
  expect((await cluster.delete(`${APPS}/shop`)).json).toEqual(deleted.json);
  const cleared = await cluster.patch(`${APPS}/shop`, { metadata: { deletionTimestamp: null } }, MERGE);
  expect(cleared.json.metadata.deletionTimestamp).toBe('2026-01-05T10:00:00Z');
  await cluster.patch(`${APPS}/shop`, [{ op: 'remove', path: '/metadata/finalizers' }], JSON_PATCH);
  expect(await watch.summary(2)).toEqual(['MODIFIED shop', 'DELETED shop']);
  expect((await cluster.get(`${APPS}/shop`)).status).toBe(404);
});

test('preconditions must hold', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(CMS, configMap('a'));
  const { uid, resourceVersion } = json.metadata;
  const wrong = await cluster.delete(`${CMS}/a`, options({ preconditions: { uid: 'other' } }));
  expect(wrong.json).toMatchObject({
    code: 409,
    message: `Operation cannot be fulfilled on configmaps "a": Precondition failed: UID in precondition: other, UID in object meta: ${uid}`,
  });
  expect((await cluster.delete(`${CMS}/a`, options({ preconditions: { resourceVersion: '1' } }))).status).toBe(409);
  expect((await cluster.delete(`${CMS}/a`, options({ preconditions: { uid, resourceVersion } }))).status).toBe(200);
});

test('of twenty deletions one finds the resource', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a'));
  const answers = await Promise.all(Array.from({ length: 20 }, () => cluster.delete(`${CMS}/a`)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(19);
});

test('a collection is deleted by selector, and answers what it was', async () => {
  const cluster = await startCluster();
  for (const name of ['a', 'b']) await cluster.post(CMS, configMap(name, {}, { labels: { name } }));
  const { json } = await cluster.delete(`${CMS}?labelSelector=name%3Da`);
  expect([json.kind, json.items.length, json.items[0].metadata.name]).toEqual(['ConfigMapList', 1, 'a']);
  expect((await cluster.get(CMS)).json.items).toHaveLength(1);
  for (const path of [
    '/api/v1/configmaps',
    '/api/v1/namespaces',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  ]) {
    expect((await cluster.delete(path)).status, path).toBe(405);
  }
});

test('what belongs to a resource goes with it, unless it is orphaned or has another owner', async () => {
  const cluster = await startCluster();
  const owner = async (name: string) => (await cluster.post(APPS, application(name))).json;
  const reference = ({ metadata }: { metadata: { name: string; uid: string } }) => ({
    apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
    kind: 'Application',
    name: metadata.name,
    uid: metadata.uid,
  });
  const [one, two, three] = [await owner('one'), await owner('two'), await owner('three')];
  const owned = (name: string, ...ownerReferences: object[]) =>
    cluster.post(CMS, configMap(name, {}, { ownerReferences }));
  const { json: first } = await owned('first', reference(one));
  await owned('second', { ...reference(first), apiVersion: 'v1', kind: 'ConfigMap' });
  await owned('shared', reference(one), reference(two));
  await owned('orphan', reference(three));
  await cluster.delete(`${APPS}/one`);
  await cluster.delete(`${APPS}/three`, options({ propagationPolicy: 'Orphan' }));
  const names = async () =>
    (await cluster.get(CMS)).json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  await expect.poll(names).toEqual(['orphan', 'shared']);
});

test.each([
  ['Foreground', 'foregroundDeletion'],
  ['Orphan', 'orphan'],
])(
  'a deletion with propagationPolicy %s answers with the resource that waits, and then it is gone',
  async (policy, finalizer) => {
    const cluster = await startCluster();
    await cluster.post(CMS, configMap('a', {}, { finalizers: ['a/b'] }));
    const watch = await cluster.watch(`${CMS}?watch=true`);
    await watch.next();
    const dry = await cluster.delete(`${CMS}/a?dryRun=All`, options({ propagationPolicy: policy }));
    expect(dry.json).toMatchObject({ kind: 'ConfigMap', metadata: { finalizers: ['a/b'] } });
    const { status, json } = await cluster.delete(`${CMS}/a`, options({ propagationPolicy: policy }));
    expect([status, json.kind, json.metadata.finalizers]).toEqual([200, 'ConfigMap', ['a/b', finalizer]]);
    expect(json.metadata.deletionTimestamp).toBe('2026-01-05T10:00:00Z');
    await expect.poll(async () => (await cluster.get(`${CMS}/a`)).json.metadata.finalizers).toEqual(['a/b']);
    await cluster.patch(`${CMS}/a`, { metadata: { finalizers: null } }, MERGE);
    expect((await cluster.get(`${CMS}/a`)).status).toBe(404);
    expect((await watch.summary(4)).at(-1)).toBe('DELETED a');
  },
);

test('preconditions must hold also where a deletion waits for others', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(CMS, configMap('a'));
  const { uid, resourceVersion } = json.metadata;
  const orphan = (preconditions: object) => options({ propagationPolicy: 'Orphan', preconditions });
  expect((await cluster.delete(`${CMS}/a`, orphan({ uid: 'other' }))).status).toBe(409);
  expect((await cluster.delete(`${CMS}/a`, orphan({ resourceVersion: '1' }))).status).toBe(409);
  expect((await cluster.get(`${CMS}/a`)).json.metadata).toEqual(json.metadata);
  expect((await cluster.delete(`${CMS}/a`, orphan({ uid, resourceVersion }))).status).toBe(200);
  await expect.poll(async () => (await cluster.get(`${CMS}/a`)).status).toBe(404);
});

test('an unknown propagation policy is refused', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a'));
  expect((await cluster.delete(`${CMS}/a`, options({ propagationPolicy: 'Sideways' }))).status).toBe(422);
});

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } };

test('a namespace goes with everything in it', async () => {
  const cluster = await startCluster();
  await cluster.post('/api/v1/namespaces', namespace);
  await cluster.post('/api/v1/namespaces/demo/configmaps', configMap('a'));
  const watch = await cluster.watch('/api/v1/namespaces?watch=true&fieldSelector=metadata.name%3Ddemo');
  await watch.next();
  const { json } = await cluster.delete('/api/v1/namespaces/demo');
  expect(json).toMatchObject({
    kind: 'Namespace',
    metadata: { deletionTimestamp: expect.any(String) },
    status: { phase: 'Terminating' },
  });
  expect((await cluster.get('/api/v1/namespaces/demo')).status).toBe(404);
  expect((await cluster.get('/api/v1/namespaces/demo/configmaps')).json.items).toEqual([]);
  expect(await watch.summary(3)).toEqual(['MODIFIED demo', 'MODIFIED demo', 'DELETED demo']);
});

test('a namespace waits for what is held in it, and takes nothing new', async () => {
  const cluster = await startCluster();
  await cluster.post('/api/v1/namespaces', namespace);
  await cluster.post('/api/v1/namespaces/demo/configmaps', configMap('a', {}, { finalizers: ['a/b'] }));
  await cluster.delete('/api/v1/namespaces/demo');
  expect((await cluster.get('/api/v1/namespaces/demo')).json.status.phase).toBe('Terminating');
  expect((await cluster.post('/api/v1/namespaces/demo/configmaps', configMap('b'))).json).toMatchObject({
    code: 403,
    message: expect.stringContaining('because it is being terminated'),
  });
  await cluster.patch('/api/v1/namespaces/demo/configmaps/a', { metadata: { finalizers: null } }, MERGE);
  await expect.poll(async () => (await cluster.get('/api/v1/namespaces/demo')).status).toBe(404);
});

test.each(['default', 'kube-system', 'kube-public'])('the namespace %s stays', async (name) => {
  const cluster = await startCluster();
  const { status, json } = await cluster.delete(`/api/v1/namespaces/${name}`);
  expect([status, json.reason]).toEqual([403, 'Forbidden']);
  expect(json.message).toBe(`namespaces "${name}" is forbidden: this namespace may not be deleted`);
});
