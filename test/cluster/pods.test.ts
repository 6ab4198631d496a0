import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { createClusterPods } from '../../src/cluster/pods.ts';
import { ClusterTable } from '../../src/cluster/table.ts';
import { clientIdentityOf } from '../../src/http/client-identity.ts';
import type { Site } from '../../src/http/site.ts';
import type { PortTarget } from '../../src/kubernetes/streams/port-forward.ts';

const site = (name: string): Site => ({
  handle: (incoming, response) => {
    response.end(`${name} ${incoming.url} outside=${clientIdentityOf(incoming).outside}`);
  },
  upgrade: (_, socket) => socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${name}`),
  close: async () => {},
});

function pods() {
  const row = { namespaces: ['kyma-integration'], app: 'connector-service', logPart: 'connector' };
  const table = new ClusterTable();
  table.add([
    { ...row, service: 'internal', port: 8080, portName: 'a', site: site('internal') },
    { ...row, service: 'external', port: 8081, portName: 'b', site: site('external') },
  ]);
  const found = createClusterPods(table);
  onTestFinished(() => found.close());
  return found;
}

function connectTo(target: PortTarget | undefined) {
  if (!target || !('connect' in target)) throw new Error('nothing in this process');
  return target.connect();
}

test('each port of a pod leads to what its Service leads to', async () => {
  const { resolvePort } = pods();
  for (const [port, name] of [
    [8080, 'internal'],
    [8081, 'external'],
  ] as const) {
    const connection = connectTo(resolvePort('kyma-integration', 'connector-service-0', port));
    const outgoing = request({ createConnection: () => connection, path: '/path' });
    outgoing.end();
    const [response] = await once(outgoing, 'response');
    expect(await text(response)).toBe(`${name} /path outside=false`);
    connection.destroy();
  }
});

test('other protocols pass too', async () => {
  const connection = connectTo(pods().resolvePort('kyma-integration', 'connector-service-0', 8080));
  connection.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: any\r\n\r\n');
  expect(await text(connection)).toMatch(/^HTTP\/1\.1 101 [\s\S]*internal$/);
});

test.each([
  ['kyma-integration', 'connector-service-0', 9999],
  ['kyma-integration', 'other-0', 8080],
  ['default', 'connector-service-0', 8080],
])('nothing is behind %s/%s:%i', (namespace, pod, port) => {
  expect(pods().resolvePort(namespace, pod, port)).toBeUndefined();
});

test('closing ends open connections', async () => {
  const { resolvePort, close } = pods();
  const connection = connectTo(resolvePort('kyma-integration', 'connector-service-0', 8080));
  const closed = once(connection.resume(), 'close');
  close();
  await closed;
});

test.each([
  ['connector-service-0', 'connector'],
  ['other-0', undefined],
])('%s shows the log of %s', (pod, part) => {
  expect(pods().partOf('kyma-integration', pod)).toBe(part);
});
