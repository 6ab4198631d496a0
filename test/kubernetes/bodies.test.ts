import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { type Cluster, configMap, startCluster, TOKEN } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';
const MB = 1024 * 1024;

/** Requests that share one connection as long as the server keeps it. */
function caller(cluster: Cluster) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return async (method: string, body: Buffer | string = '', headers: Record<string, string> = {}) => {
    const outgoing = request(cluster.url + CMS, {
      method,
      agent,
      headers: {
        Authorization: `Bearer ${TOKEN}`,
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        ...headers,
      },
    });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    await text(response);
    return [response.statusCode, response.headers.connection];
  };
}

test('a body that is far too large is refused on a connection that ends, and the client goes on with another', async () => {
  const call = caller(await startCluster());
  expect(await call('POST', Buffer.alloc(70 * MB, 'a'))).toEqual([413, 'close']);
  expect(await call('GET')).toEqual([200, 'keep-alive']);
});

test('a packed body of which the rest is not wanted leaves no dead connection behind', async () => {
  const call = caller(await startCluster());
  const packed = gzipSync(randomBytes(8 * MB), { level: 1 });
  expect(await call('POST', packed, { 'Content-Encoding': 'gzip' })).toEqual([413, 'close']);
  expect(await call('GET')).toEqual([200, 'keep-alive']);
});

test('one who goes on sending after the answer is cut off', async () => {
  const { hostname, port } = new URL((await startCluster()).url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const closed = new Promise((resolve) => socket.on('close', resolve));
  // Reset or just closed, depending on what was on its way.
  socket.on('error', () => {});
  const answered = once(socket, 'data');
  const head = [`POST ${CMS} HTTP/1.1`, 'Host: x', `Authorization: Bearer ${TOKEN}`, `Content-Length: ${10_000 * MB}`];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const chunk = Buffer.alloc(MB, 'a');
  const sendOn = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on('drain', sendOn);
  sendOn();
  expect(String(await answered)).toMatch(/^HTTP\/1.1 413 /);
  await closed;
}, 30_000);

test('a YAML body may have very many keys', async () => {
  const cluster = await startCluster();
  const keys = Array.from({ length: 50_000 }, (_, n) => `  k${n}: "v"\n`).join('');
  const { status, json } = await cluster.post(CMS, `metadata: {name: a}\ndata:\n${keys}`, 'application/yaml');
  expect([status, Object.keys(json.data).length]).toEqual([201, 50_000]);
}, 20_000);

test('other requests are answered while a large YAML body is read', async () => {
  const cluster = await startCluster();
  const order: string[] = [];
  const list = `metadata: {name: a}\ndata:\n${'- a\n'.repeat(100_000)}`;
  const large = cluster.post(CMS, list, 'application/yaml').then(({ status }) => order.push(`large ${status}`));
  for (let n = 0; n < 5; n++) await cluster.get('/livez');
  order.push('others');
  await large;
  expect(order).toEqual(['others', 'large 400']);
}, 20_000);

test.each([
  ['a key that stands twice has its last value', 'metadata: {name: a}\nmetadata: {name: b}\n', 201, '"name":"b"'],
  ['two documents are refused', 'metadata: {name: a}\n---\nmetadata: {name: b}\n', 400, 'more than one document'],
  ['lists within lists without end are refused', '['.repeat(50_000), 400, 'yaml parse error: nested too deeply'],
  ['an empty text is refused', '# nothing\n', 400, 'the body is not an object'],
])('in a YAML body, %s', async (_name, body, status, words) => {
  const cluster = await startCluster();
  const answer = await cluster.post(CMS, body, 'application/yaml');
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
});

test('the text of a version goes when there is a newer one', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a', { text: 'x'.repeat(500_000) }));
  const heap = await heapAfter(() => rewrite(5));
  expect((await heapAfter(() => rewrite(100))) - heap).toBeLessThan(15_000_000);

  async function rewrite(times: number) {
    for (let n = 0; n < times; n++) {
      const patch = { metadata: { annotations: { n: String(n) } } };
      await cluster.patch(`${CMS}/a`, patch, 'application/merge-patch+json');
      await cluster.get(`${CMS}/a`);
    }
  }
}, 30_000);

async function heapAfter(work: () => Promise<void>): Promise<number> {
  await work();
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  return process.memoryUsage().heapUsed;
}
