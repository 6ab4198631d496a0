import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { configMap, startCluster, TOKEN } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';

test('ten thousand objects are listed in pages and watched from the middle', async () => {
  const cluster = await startCluster({ changeLogSize: 6_000 });
  const name = (index: number) => `m${String(index).padStart(5, '0')}`;
  let middle = '';
  for (let index = 0; index < 10_000; index++) {
    const { metadata } = await cluster.store.create(
      configMap(name(index), { index: String(index) }, { namespace: 'default' }),
    );
    if (index === 4_999) middle = metadata.resourceVersion;
  }
  const seen: string[] = [];
  const started = performance.now();
  for (let more = ''; ; ) {
    const { json } = await cluster.get(`${CMS}?limit=500${more}`);
    seen.push(...json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name));
    if (!json.metadata.continue) break;
    more = `&continue=${json.metadata.continue}`;
  }
  const pages = performance.now() - started;
  expect(seen).toEqual(Array.from({ length: 10_000 }, (_, index) => name(index)));

  const watch = await cluster.watch(`${CMS}?watch=true&resourceVersion=${middle}`);
  const events = await watch.summary(5_000);
  expect([events[0], events.at(-1)]).toEqual([`ADDED ${name(5_000)}`, `ADDED ${name(9_999)}`]);
  console.log(
    `10 000 objects: ${Math.round(pages)} ms for 20 pages, ${Math.round(process.memoryUsage().rss / 1048576)} MB resident`,
  );
}, 60_000);

test('two hundred watches hear of every change', async () => {
  const cluster = await startCluster();
  const watches = await Promise.all(Array.from({ length: 200 }, () => cluster.watch(`${CMS}?watch=true`)));
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'default' };
  await cluster.store.create(configMap('a', {}, { namespace: 'default' }));
  for (let index = 0; index < 20; index++) await cluster.store.patch(reference, { data: { k: String(index) } });
  const heard = await Promise.all(watches.map((watch) => watch.take(21)));
  for (const events of heard) expect(events.at(-1)?.object.data).toEqual({ k: '19' });
}, 60_000);

test('a client that does not read is cut off, and nobody waits for it', async () => {
  const cluster = await startCluster();
  const { hostname, port } = new URL(cluster.url);
  const deaf = connect(Number(port), hostname);
  onTestFinished(() => void deaf.destroy());
  await once(deaf, 'connect');
  deaf.write(`GET ${CMS}?watch=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
  await once(deaf, 'readable');
  deaf.pause();
  const closed = once(deaf, 'close');
  deaf.on('error', () => {});

  const other = await cluster.watch(`${CMS}?watch=true`);
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'default' };
  const text = 'x'.repeat(256 * 1024);
  await cluster.store.create(configMap('a', { text }, { namespace: 'default' }));
  await other.next();
  for (let index = 0; index < 200; index++) {
    await cluster.store.patch(reference, { metadata: { labels: { n: String(index) } } });
    expect((await other.next())?.object.metadata.labels.n).toBe(String(index));
  }
  deaf.resume();
  await closed;
}, 60_000);
