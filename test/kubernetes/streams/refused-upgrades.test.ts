import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { edge, start } from '../../support/instance.ts';

const upgrade = (path: string, token: string, header = 'Upgrade: websocket') =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\n${header}\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n';

const POD = '/api/v1/namespaces/kyma-system/pods/central-application-gateway-0';

/** A client that sends on, never ends its side, and waits until the server has let the connection go. */
async function letGo(url: string, words: string): Promise<string> {
  const { port, protocol } = new URL(url);
  const plain = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  const socket = protocol === 'https:' ? connectTls({ socket: plain, rejectUnauthorized: false }) : plain;
  onTestFinished(() => void plain.destroy());
  let told = '';
  for (const each of [plain, socket]) each.on('error', () => {});
  socket.on('data', (bytes) => {
    told += bytes;
  });
  socket.write(`${words}x`);
  // Only a write tells whether the other side is still there.
  const knock = setInterval(() => socket.writable && socket.write('x'), 50);
  await new Promise((resolve) => plain.once('close', resolve));
  clearInterval(knock);
  return told;
}

test.each<[what: string, path: string, header: string | undefined, isKnown: boolean, status: number | undefined]>([
  ['nobody', `${POD}/exec?command=ls`, undefined, false, 401],
  ['a path that has no stream', '/api/v1/namespaces/default/pods', undefined, true, 404],
  ['a protocol that is not spoken', `${POD}/portforward`, 'Upgrade: telepathy', true, 400],
  ['a subprotocol that is not spoken', `${POD}/portforward`, undefined, true, 400],
  [
    'exec without leave',
    `${POD}/exec?command=ls`,
    'Upgrade: websocket\r\nSec-WebSocket-Protocol: v5.channel.k8s.io',
    true,
    403,
  ],
  [
    'a handshake that is wrong',
    `${POD}/portforward?ports=1`,
    'Upgrade: websocket\r\nSec-WebSocket-Protocol: v4.channel.k8s.io',
    true,
    400,
  ],
  [
    'a pod that is not there',
    '/api/v1/namespaces/default/pods/none/portforward',
    'Upgrade: spdy/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io',
    true,
    404,
  ],
])('an upgrade for %s leaves no connection', async (_, path, header, isKnown, status) => {
  const instance = await start();
  const token = isKnown ? instance.kubernetes.token : 'none';
  const told = await letGo(edge(instance, 'kubernetes'), upgrade(path, token, header));
  expect(told.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
});
