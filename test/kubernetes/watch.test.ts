import { expect, test } from 'vitest';
import { APPS, application, configMap, MERGE, startCluster } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';

test('a watch without a version tells what is there, then what happens', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a'));
  for (const query of ['watch=true', 'watch=1&resourceVersion=0']) {
    const watch = await cluster.watch(`${CMS}?${query}`);
    expect(watch.response.headers['content-type']).toBe('application/json');
    expect(await watch.summary(1)).toEqual(['ADDED a']);
    await cluster.patch(`${CMS}/a`, { data: { asked: query } }, MERGE);
    expect(await watch.summary(1)).toEqual(['MODIFIED a']);
  }
});

test('a watch from a version tells everything after it and nothing before', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(CMS, configMap('a'));
  await cluster.post(CMS, configMap('b'));
  await cluster.delete(`${CMS}/a`);
  const watch = await cluster.watch(`${CMS}?watch=true&resourceVersion=${json.metadata.resourceVersion}`);
  const events = await watch.take(2);
  expect(events.map(({ type, object }) => [type, object.kind, object.metadata.name])).toEqual([
    ['ADDED', 'ConfigMap', 'b'],
    ['DELETED', 'ConfigMap', 'a'],
  ]);
  expect(Number(events[1]?.object.metadata.resourceVersion)).toBeGreaterThan(
    Number(events[0]?.object.metadata.resourceVersion),
  );
});

test('what starts and what stops to match is added and deleted', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop'));
  const watch = await cluster.watch(`${APPS}?watch=true&labelSelector=tier%3Ddemo`);
  const label = (tier: string | null) => cluster.patch(`${APPS}/shop`, { metadata: { labels: { tier } } }, MERGE);
  await label('demo');
  await label('other');
  expect(await watch.summary(2)).toEqual(['ADDED shop', 'DELETED shop']);
});

test('one object can be followed by its name', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('a'));
  await cluster.post(APPS, application('b'));
  const watch = await cluster.watch(`${APPS}?fieldSelector=metadata.name%3Db&resourceVersion=0&watch=true`);
  await cluster.delete(`${APPS}/b`);
  expect(await watch.summary(2)).toEqual(['ADDED b', 'DELETED b']);
});

test('changes that are not kept any more end the watch with 410', async () => {
  const cluster = await startCluster({ changeLogSize: 3 });
  const { json } = await cluster.post(CMS, configMap('a'));
  for (const name of ['b', 'c', 'd', 'e']) await cluster.post(CMS, configMap(name));
  const since = json.metadata.resourceVersion;
  const watch = await cluster.watch(`${CMS}?watch=true&resourceVersion=${since}`);
  expect(await watch.take(2)).toEqual([
    {
      type: 'ERROR',
      object: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `too old resource version: ${since} (${await cluster.store.revision()})`,
        reason: 'Expired',
        code: 410,
      },
    },
  ]);
});

test('a streaming list ends with a bookmark and goes on', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a'));
  const query = 'allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&watch=true';
  const watch = await cluster.watch(`${CMS}?${query}`);
  const [, mark] = await watch.take(2);
  expect(mark).toMatchObject({
    type: 'BOOKMARK',
    object: {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: {
        resourceVersion: await cluster.store.revision(),
        annotations: { 'k8s.io/initial-events-end': 'true' },
      },
    },
  });
  await cluster.post(CMS, configMap('b'));
  expect(await watch.summary(1)).toEqual(['ADDED b']);
  expect((await cluster.get(`${CMS}?watch=true&sendInitialEvents=true`)).status).toBe(422);
});

test('bookmarks come every minute to those who want them', async () => {
  const cluster = await startCluster();
  const watch = await cluster.watch(`${CMS}?watch=true&allowWatchBookmarks=true`);
  const other = await cluster.watch(`${CMS}?watch=true`);
  cluster.clock.advance(60_000);
  expect((await watch.next())?.type).toBe('BOOKMARK');
  cluster.clock.advance(60_000);
  expect((await watch.next())?.type).toBe('BOOKMARK');
  await cluster.post(CMS, configMap('a'));
  expect(await other.summary(1)).toEqual(['ADDED a']);
});

test('a watch ends after the time that it was given, with a last bookmark', async () => {
  const cluster = await startCluster();
  const watch = await cluster.watch(`${CMS}?watch=true&timeoutSeconds=5&allowWatchBookmarks=true`);
  cluster.clock.advance(4_999);
  await cluster.post(CMS, configMap('a'));
  expect(await watch.summary(1)).toEqual(['ADDED a']);
  cluster.clock.advance(1);
  expect((await watch.next())?.type).toBe('BOOKMARK');
  expect(await watch.next()).toBeUndefined();
});

test('a watch of Tables describes its columns once', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a'));
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const watch = await cluster.watch(`${CMS}?watch=true`, { Accept: accept });
  await cluster.post(CMS, configMap('b'));
  const [first, second] = await watch.take(2);
  expect(first?.object).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', 0, '0s'] }] });
  expect([first?.object.columnDefinitions.length, second?.object.columnDefinitions]).toEqual([3, []]);
});

test('a watch with a selector that cannot be read is refused at once', async () => {
  const cluster = await startCluster();
  expect((await cluster.get(`${CMS}?watch=true&fieldSelector=x%3Dy`)).status).toBe(400);
  expect((await cluster.get(`${CMS}?watch=true&resourceVersion=abc`)).status).toBe(400);
});

test('a watch in one namespace hears nothing of others', async () => {
  const cluster = await startCluster();
  const watch = await cluster.watch(`${CMS}?watch=true`);
  await cluster.post('/api/v1/namespaces/kyma-system/configmaps', configMap('x'));
  await cluster.post(CMS, configMap('y'));
  expect(await watch.summary(1)).toEqual(['ADDED y']);
});
