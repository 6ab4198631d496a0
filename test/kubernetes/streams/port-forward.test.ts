import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { ended, kubectls, portForward, startKubectl } from './kubectl.ts';
import { listen, start } from './start.ts';

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Sends, half-closes, and reads what comes back. */
async function exchange(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(bytes);
  return buffer(socket);
}

const ways = [
  ...kubectls.map((kubectl) => ({ ...kubectl, env: {} })),
  ...kubectls.slice(0, 1).map((kubectl) => ({
    ...kubectl,
    name: `${kubectl.name} without WebSockets`,
    env: { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' } as Record<string, string>,
  })),
];

describe.each(ways)('with $name', ({ program, env }) => {
  test('bytes pass unchanged both ways, also after one side has ended', async () => {
    // Answers only when the client has ended: a connection that is closed as a whole would bring nothing back.
    const backend = await listen((socket) => {
      void buffer(socket).then((bytes) => socket.end(Buffer.concat([Buffer.from(sha(bytes)), bytes])));
    });
    const { url } = await start({ backend });
    const { port } = await portForward(url, ['pod/web', ':8080'], { program, env });
    const bytes = randomBytes(3 * 1024 * 1024);
    const answer = await exchange(port, bytes);
    expect(answer.subarray(0, 64).toString()).toBe(sha(bytes));
    expect(answer.subarray(64).equals(bytes)).toBe(true);
  });

  test('many connections share one tunnel, by the name of a service', async () => {
    const backend = await listen((socket) => socket.pipe(socket));
    const { url } = await start({ backend });
    const { port } = await portForward(url, ['service/web', ':80'], { program, env });
    const messages = Array.from({ length: 30 }, (_, index) => Buffer.from(`message ${index} `.repeat(2000)));
    const answers = await Promise.all(messages.map((message) => exchange(port, message)));
    expect(answers.map(String)).toEqual(messages.map(String));
  });

  test('a port that the pod does not have is told by its number', async () => {
    const { url } = await start();
    const { port, child } = await portForward(url, ['pod/web', ':9999'], { program, env });
    let messages = '';
    child.stderr.on('data', (chunk) => {
      messages += chunk;
    });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'close');
    await expect
      .poll(() => messages, { timeout: 10_000 })
      .toMatch(/error forwarding port 9999 to pod web: the pod has no such port; its ports: 8080, 8081/);
  });
});

test('a backend that closes ends the local connection', async () => {
  const backend = await listen((socket) => socket.end('bye'));
  const { url } = await start({ backend });
  const { port } = await portForward(url, ['pod/web', ':8080']);
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  expect(String(await buffer(socket))).toBe('bye');
  socket.destroy();
});

test('a client that goes away ends its connection to the backend, and no other', async () => {
  const closed = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const backend = await listen((socket) => {
    socket.once('data', (first) => {
      if (String(first) !== 'leaving') {
        socket.write(first);
        return;
      }
      socket.once('close', () => closed.resolve());
      socket.once('end', () => socket.end());
      opened.resolve();
    });
  });
  const { url } = await start({ backend });
  const { port } = await portForward(url, ['pod/web', ':8080']);
  const leaving = connect(port, '127.0.0.1');
  leaving.write('leaving');
  const staying = connect(port, '127.0.0.1');
  await opened.promise;
  leaving.destroy();
  await closed.promise;
  staying.write('staying');
  const [echo] = await once(staying, 'data');
  expect(String(echo)).toBe('staying');
  staying.destroy();
});

test('a refused backend is told, and ends kubectl as in a cluster', async () => {
  // Nothing listens on port 1 of any machine that runs tests.
  const { url } = await start({ backend: 1 });
  const { port, child } = await portForward(url, ['pod/web', ':8080']);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const { stderr, code } = await ended(child);
  expect(stderr).toMatch(/ECONNREFUSED/);
  expect(code).toBe(1);
});

test('closing ends tunnels and the connections in them', async () => {
  const closed = Promise.withResolvers<void>();
  const backend = await listen((socket) => {
    socket.once('close', () => closed.resolve());
    socket.on('end', () => socket.end()).resume();
    socket.write('hello');
  });
  const { url, streams } = await start({ backend });
  const { port } = await portForward(url, ['pod/web', ':8080']);
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'data');
  const over = once(socket, 'close');
  await streams.close();
  await closed.promise;
  await over;
});

test('a pod that is not there is not found', async () => {
  const { url } = await start();
  const { stderr, code } = await ended(startKubectl(url, ['port-forward', 'pod/nosuch', ':8080']));
  expect(stderr).toMatch(/NotFound/);
  expect(code).toBe(1);
});
