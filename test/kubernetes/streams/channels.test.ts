import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { listen, start } from './start.ts';

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io'];

/** A client of the channel protocol, as the JavaScript client library is one. */
async function connect(port: number, path: string) {
  const client = new WebSocket(`ws://127.0.0.1:${port}/api/v1/namespaces/default/pods/web/${path}`, protocols);
  const messages: Buffer[] = [];
  client.on('message', (message: Buffer) => messages.push(message));
  onTestFinished(() => client.terminate());
  await once(client, 'open');
  return {
    client,
    send: (channel: number, text: string) => client.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)])),
    bytes: (channel: number) =>
      Buffer.concat(messages.filter(([first]) => first === channel).map((message) => message.subarray(1))),
    closed: once(client, 'close'),
  };
}

test('forwards a port over two channels, each of which first tells the port', async () => {
  const backend = await listen((socket) => {
    socket.once('data', (data) => socket.end(String(data).toUpperCase()));
  });
  const { port } = await start({ backend });
  const { client, send, bytes, closed } = await connect(port, 'portforward?ports=8080');
  expect(client.protocol).toBe('v4.channel.k8s.io');
  send(0, 'hello');
  await closed;
  expect(bytes(0)).toEqual(Buffer.concat([Buffer.of(0x90, 0x1f), Buffer.from('HELLO')]));
  expect(bytes(1)).toEqual(Buffer.of(0x90, 0x1f));
});

test('tells on the error channel that a port is not there', async () => {
  const { port } = await start();
  const { bytes, closed } = await connect(port, 'portforward?ports=9999');
  await closed;
  expect(String(bytes(1).subarray(2))).toMatch(/error forwarding port 9999 to pod web: the pod has no such port/);
});

test('ends the connection to the backend with its own', async () => {
  const ended = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const backend = await listen((socket) => {
    opened.resolve();
    void buffer(socket)
      .catch(() => {})
      .then(() => ended.resolve());
    socket.once('end', () => socket.end());
  });
  const { port } = await start({ backend });
  const { client } = await connect(port, 'portforward?ports=8080');
  await opened.promise;
  client.terminate();
  await ended.promise;
});

test.each(['portforward', 'portforward?ports=0', 'portforward?ports=many', 'portforward?ports=65536'])(
  '%s is refused',
  async (path) => {
    const { port } = await start();
    const client = new WebSocket(`ws://127.0.0.1:${port}/api/v1/namespaces/default/pods/web/${path}`, protocols);
    const [, response] = await once(client, 'unexpected-response');
    expect(response.statusCode).toBe(400);
    expect(JSON.parse(String(await buffer(response))).message).toMatch(/"ports" must name at least one port/);
  },
);

test('the end of the input of a command is told by a message of its own', async () => {
  const { port } = await start();
  const { client, send, bytes, closed } = await connect(port, 'exec?command=cat&stdin=true&stdout=true');
  expect(client.protocol).toBe('v5.channel.k8s.io');
  send(0, 'text');
  client.send(Buffer.of(255, 0));
  await closed;
  expect(String(bytes(1))).toBe('text');
  expect(JSON.parse(String(bytes(3)))).toEqual({ metadata: {}, status: 'Success' });
});

test('the size of a terminal is no input', async () => {
  const { port } = await start();
  const { client, send, bytes, closed } = await connect(port, 'exec?command=cat&stdin=true&stdout=true&tty=true');
  send(4, '{"Width":80,"Height":24}');
  send(0, 'text');
  client.send(Buffer.of(255, 0));
  await closed;
  // Once as the echo of the terminal, once from the program.
  expect(String(bytes(1))).toBe('texttext');
});

test.each([
  { path: 'exec?stdout=true', message: 'you must specify at least one command for the container' },
  { path: 'exec?command=ls&stdout=false&stderr=0', message: 'you must specify at least 1 of stdin, stdout, stderr' },
])('$path is refused', async ({ path, message }) => {
  const { port } = await start();
  const client = new WebSocket(`ws://127.0.0.1:${port}/api/v1/namespaces/default/pods/web/${path}`, protocols);
  const [, response] = await once(client, 'unexpected-response');
  expect(response.statusCode).toBe(400);
  expect(JSON.parse(String(await buffer(response))).message).toBe(message);
});
