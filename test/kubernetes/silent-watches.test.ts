import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Backlog, type Reader } from '../../src/kubernetes/objects/backlog.ts';
import { type Cluster, configMap, startCluster, TOKEN } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';
const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'default' };

/** A watch whose client reads nothing behind its beginning. */
async function silentWatch(cluster: Cluster): Promise<Socket> {
  const { hostname, port } = new URL(cluster.url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write(`GET ${CMS}?watch=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
  await once(socket, 'readable');
  return socket.pause();
}

/** Writes so many versions of one object. */
async function write(cluster: Cluster, versions: number, size: number): Promise<void> {
  await cluster.store.create(configMap('a', { text: 'x'.repeat(size) }, { namespace: 'default' }));
  for (let version = 1; version < versions; version++) {
    await cluster.store.patch(reference, { metadata: { labels: { n: String(version) } } });
  }
}

/** The last line that a client finds when it reads again, as long as there is something to read or the stream ends. */
async function lastWords(socket: Socket): Promise<string> {
  let end = '';
  const whole = new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      end += bytes;
      if (end.includes('"n":"last"')) resolve();
      end = end.slice(-600);
    });
    for (const event of ['end', 'close']) socket.once(event, () => resolve());
  });
  socket.resume();
  await whole;
  return end;
}

test('a client that leaves too much unread finds the reason at the end of its watch', async () => {
  const cluster = await startCluster();
  const silent = await silentWatch(cluster);
  await write(cluster, 60, 256 * 1024);
  const words = await lastWords(silent);
  expect(words).toMatch(
    /\n\{"type":"ERROR","object":\{"kind":"Status".*"reason":"TooManyRequests".*"code":429\}\}\r?\n/s,
  );
});

test('all clients together have a bound, and those who read go on', async () => {
  const cluster = await startCluster();
  const crowd = await Promise.all(Array.from({ length: 40 }, () => silentWatch(cluster)));
  const other = await cluster.watch(`${CMS}?watch=true`);
  const heard = other.take(60);
  await write(cluster, 60, 100 * 1024);
  await cluster.store.patch(reference, { metadata: { labels: { n: 'last' } } });
  expect(await heard).toHaveLength(60);
  const words = await Promise.all(crowd.map(lastWords));
  const ended = words.filter((text) => text.includes('TooManyRequests'));
  // None of them had as much unread as one may have.
  expect(ended.length).toBeGreaterThan(10);
  expect(ended.length).toBeLessThan(40);
}, 60_000);

test('those who have read least go first', () => {
  const gone: string[] = [];
  const backlog = new Backlog(100);
  const reader = (name: string): Reader => ({ cutOff: () => void gone.push(name) });
  const [a, b, c] = ['a', 'b', 'c'].map(reader) as [Reader, Reader, Reader];
  backlog.set(a, 40);
  backlog.set(b, 50);
  backlog.set(a, 5);
  backlog.set(c, 40);
  expect(gone).toEqual([]);
  backlog.set(a, 11);
  expect(gone).toEqual(['b']);
});
