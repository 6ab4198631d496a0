import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { unhurried } from '../../src/core/unhurried.ts';
import { listText } from '../../src/kubernetes/wire/portions.ts';
import { fitting } from '../../src/kubernetes/wire/warnings.ts';
import { APPS, application, type Cluster, configMap, startCluster, TOKEN } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';
const TABLE = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const METADATA = { Accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' };

async function fill(cluster: Cluster, count: number): Promise<void> {
  const value = 'x'.repeat(50_000);
  for (let n = 0; n < count; n++) {
    const metadata = { namespace: 'default', labels: { n: 'x' }, annotations: { value } };
    await cluster.store.create(configMap(`m${100 + n}`, {}, metadata));
  }
}

test.each<[string, string, object, 'items' | 'rows']>([
  ['all', CMS, {}, 'items'],
  ['a selection', `${CMS}?labelSelector=n%3Dx`, {}, 'items'],
  ['metadata', CMS, METADATA, 'items'],
  ['a table', CMS, TABLE, 'rows'],
])('a long list of %s is sent in portions, whole and in order', async (_name, path, headers, member) => {
  const cluster = await startCluster();
  await fill(cluster, 60);
  const answer = await cluster.get(path, headers);
  expect(answer.headers['transfer-encoding']).toBe('chunked');
  const list: { metadata?: { name: string }; object?: { metadata: { name: string } } }[] = answer.json[member];
  const names = list.map(({ metadata, object }) => (metadata ?? object?.metadata)?.name);
  expect(names).toEqual(Array.from({ length: 60 }, (_, n) => `m${100 + n}`));
});

test('a short list has a length', async () => {
  const cluster = await startCluster();
  await fill(cluster, 2);
  const { headers, text } = await cluster.get(CMS);
  expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
});

test('the deletion of many resources answers with all of them', async () => {
  const cluster = await startCluster();
  await fill(cluster, 60);
  const { json } = await cluster.delete(CMS);
  expect(json.items).toHaveLength(60);
  expect((await cluster.get(CMS)).json.items).toEqual([]);
});

test('a client that leaves in the middle of a long list is no trouble', async () => {
  const cluster = await startCluster();
  await fill(cluster, 400);
  const { hostname, port } = new URL(cluster.url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.write(`GET ${CMS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
  await once(socket, 'readable');
  socket.destroy();
  expect((await cluster.get(`${CMS}/m100`)).status).toBe(200);
});

test.each([
  ['is whole when it is short', ['a', 'b'], '[a,b]'],
  ['may be empty', [], '[]'],
])('the text of a list %s', (_name, items, expected) => {
  expect(listText({ head: '[', items, textOf: (item) => item, tail: ']' })).toBe(expected);
});

test('the portions of a long text are made one by one', () => {
  const made: number[] = [];
  const items = Array.from({ length: 10 }, (_, n) => n);
  const textOf = (n: number) => {
    made.push(n);
    return String(n).repeat(600_000);
  };
  const text = listText({ head: '[', items, textOf, tail: ']' });
  expect(made).toEqual([0, 1]);
  expect([...text].join('')).toBe(`[${items.map((n) => String(n).repeat(600_000)).join(',')}]`);
});

test('going through many things lets others have their turn', async () => {
  const seen: string[] = [];
  setImmediate(() => seen.push('another'));
  for await (const n of unhurried(Array.from({ length: 50 }, (_, index) => index))) seen.push(String(n));
  expect(seen).toHaveLength(51);
  expect(seen.indexOf('another')).toBeLessThan(50);
});

test.each<[string, readonly string[], readonly string[]]>([
  ['few ones as they are', ['a', 'b'.repeat(4_000)], ['a', 'b'.repeat(4_000)]],
  ['too long ones shortened', ['a', 'b'.repeat(5_000)], ['a', 'b'.repeat(256)]],
  ['no more than fit', Array(100).fill('c'.repeat(256)), Array(16).fill('c'.repeat(256))],
])('of warnings, a client is told %s', (_name, texts, shown) => {
  expect(fitting(texts)).toEqual(shown);
});

test('a resource with thousands of unknown fields is accepted, with as many warnings as a client can take', async () => {
  const cluster = await startCluster();
  const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`unknown${n}`, 1]));
  const { status, headers } = await cluster.post(APPS, application('shop', unknown));
  expect(status).toBe(201);
  expect(headers.warning).toMatch(/^299 - "unknown field \\"spec.unknown0\\""/);
  expect(String(headers.warning).length).toBeLessThan(8_192);
});
