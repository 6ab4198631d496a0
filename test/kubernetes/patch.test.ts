import { expect, test } from 'vitest';
import { APPS, application, JSON_PATCH, MERGE, STRATEGIC, startCluster } from './cluster.ts';

const SERVICES = '/api/v1/namespaces/default/services';
const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', finalizers: ['a/b', 'c/d'] },
  spec: {
    selector: { app: 'web' },
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ],
  },
};

test('a merge patch sets, replaces and removes', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop', { description: 'a', labels: { x: '1', y: '2' } }));
  const { json } = await cluster.patch(`${APPS}/shop`, { spec: { description: 'b', labels: { x: null } } }, MERGE);
  expect(json.spec).toEqual({ description: 'b', labels: { y: '2' }, encodeUrl: true });
});

test('a patch with a version is refused when that is not the present one', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop'));
  const stale = { metadata: { resourceVersion: '1' }, spec: { description: 'x' } };
  expect((await cluster.patch(`${APPS}/shop`, stale, MERGE)).json).toMatchObject({ code: 409, reason: 'Conflict' });
});

test('a JSON patch runs its operations in their order', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop', { description: 'a' }, { labels: { 'x/y': '1' } }));
  const operations = [
    { op: 'test', path: '/spec/description', value: 'a' },
    { op: 'replace', path: '/spec/description', value: 'b' },
    { op: 'remove', path: '/metadata/labels/x~1y' },
    { op: 'add', path: '/metadata/labels/z', value: '2' },
  ];
  const { json } = await cluster.patch(`${APPS}/shop`, operations, JSON_PATCH);
  expect([json.spec.description, json.metadata.labels]).toEqual(['b', { z: '2' }]);
});

test.each([
  ['a test that fails', [{ op: 'test', path: '/spec/description', value: 'x' }], 422, 'Invalid'],
  ['a path that is not there', [{ op: 'remove', path: '/spec/nope' }], 422, 'Invalid'],
  ['an operation that is none', [{ op: 'jump', path: '/spec' }], 400, 'BadRequest'],
  ['something else than a list', { op: 'add' }, 400, 'BadRequest'],
])('a JSON patch with %s is refused as a whole', async (_, patch, code, reason) => {
  const cluster = await startCluster();
  const { text } = await cluster.post(APPS, application('shop', { description: 'a' }));
  const first = { op: 'replace', path: '/spec/description', value: 'changed' };
  const { json } = await cluster.patch(`${APPS}/shop`, Array.isArray(patch) ? [first, ...patch] : patch, JSON_PATCH);
  expect(json).toMatchObject({ code, reason });
  expect((await cluster.get(`${APPS}/shop`)).text).toBe(text);
});

// (kubernetes-api §6.3)
test.each([
  ['items merge by their key', { spec: { ports: [{ port: 81, name: 'z' }] } }, ['80 a', '81 z']],
  ['new items come last', { spec: { ports: [{ port: 82, name: 'n' }] } }, ['80 a', '81 b', '82 n']],
  ['items can be removed', { spec: { ports: [{ $patch: 'delete', port: 80 }] } }, ['81 b']],
  ['items can be put in order', { spec: { '$setElementOrder/ports': [{ port: 81 }, { port: 80 }] } }, ['81 b', '80 a']],
  ['a list can be replaced', { spec: { ports: [{ $patch: 'replace' }, { port: 90, name: 'r' }] } }, ['90 r']],
])('in a strategic merge patch %s', async (_, patch, ports) => {
  const cluster = await startCluster();
  await cluster.post(SERVICES, service);
  const { status, json } = await cluster.patch(`${SERVICES}/web`, patch, STRATEGIC);
  expect(status).toBe(200);
  expect(json.spec.ports.map(({ port, name }: { port: number; name: string }) => `${port} ${name}`)).toEqual(ports);
});

test('a strategic merge patch takes values out of sets, replaces maps and keeps named members', async () => {
  const cluster = await startCluster();
  await cluster.post(SERVICES, service);
  const patch = {
    metadata: { '$deleteFromPrimitiveList/finalizers': ['a/b'] },
    spec: { selector: { $patch: 'replace', other: 'x' } },
  };
  const { json } = await cluster.patch(`${SERVICES}/web`, patch, STRATEGIC);
  expect([json.metadata.finalizers, json.spec.selector]).toEqual([['c/d'], { other: 'x' }]);
});

test('custom resources have no strategic merge patch', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop'));
  const { json } = await cluster.patch(`${APPS}/shop`, {}, STRATEGIC);
  expect(json).toMatchObject({
    code: 415,
    reason: 'UnsupportedMediaType',
    message:
      'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  });
});

test('what a patch may not change stays', async () => {
  const cluster = await startCluster();
  const { json: before } = await cluster.post(APPS, application('shop'));
  const owned = { creationTimestamp: '2000-01-01T00:00:00Z', generation: 7, deletionTimestamp: '2000-01-01T00:00:00Z' };
  const { json } = await cluster.patch(`${APPS}/shop`, { metadata: owned }, MERGE);
  expect(json).toEqual(before);
  expect((await cluster.patch(`${APPS}/shop`, { metadata: { name: 'other' } }, MERGE)).status).toBe(400);
  expect((await cluster.patch(`${APPS}/shop`, { metadata: { uid: 'other' } }, MERGE)).status).toBe(409);
});

test('broken patches and patches of nothing are refused', async () => {
  const cluster = await startCluster();
  expect((await cluster.patch(`${APPS}/shop`, {}, MERGE)).status).toBe(404);
  await cluster.post(APPS, application('shop'));
  expect((await cluster.patch(`${APPS}/shop`, '{', MERGE)).status).toBe(400);
  expect((await cluster.patch(`${APPS}/shop`, '[]', MERGE)).status).toBe(400);
});
