import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { ManualClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { createExternalSystemSites } from '../../src/external-system/system.ts';
import { pair } from '../../src/testing.ts';
import { edge, start } from '../support/instance.ts';
import { startHttpBin } from './bin.ts';
import { WatchedClock } from './clock.ts';
import { serve } from './serve.ts';
import { frame } from './websocket/frames.ts';

const demo = resolve(import.meta.dirname, '../../fixtures/demo');
const PATH = '/websocket/echo';
const handshake = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** An open WebSocket that ends with the test. */
async function open(url: string, options: ClientOptions = {}): Promise<WebSocket> {
  const client = new WebSocket(url.replace(/^http/, 'ws'), options);
  onTestFinished(() => client.terminate());
  await once(client, 'open');
  return client;
}

async function startEcho(query = '', clock = new ManualClock(0)) {
  const system = createExternalSystemSites({ clock, random: systemRandom });
  const port = await serve(system.http);
  return { system, port, client: await open(`http://127.0.0.1:${port}${PATH}${query}`) };
}

/** Sends a message. @returns the next one that comes, and whether it is binary */
async function exchange(client: WebSocket, message: string | Buffer): Promise<[Buffer, boolean]> {
  const answered = once(client, 'message');
  client.send(message);
  return (await answered) as [Buffer, boolean];
}

/** How the connection is closed. */
async function closing(client: WebSocket): Promise<[code: number, reason: string]> {
  const [code, reason] = await once(client, 'close');
  return [code, String(reason)];
}

/** A connection on which every byte is our own. */
async function rawClient(port: number, query = '', early: Buffer = Buffer.alloc(0)) {
  const socket: Socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
  });
  const lines = Object.entries({ Host: 'x', ...handshake }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET ${PATH}${query} HTTP/1.1\r\n${lines.join('')}\r\n`;
  socket.write(Buffer.concat([Buffer.from(request), early]));
  const body = () => {
    const at = received.indexOf('\r\n\r\n');
    return at < 0 ? '' : received.subarray(at + 4).toString('latin1');
  };
  return { socket, body };
}

test('text comes back as text, and bytes as bytes', async () => {
  const { client } = await startEcho();
  for (const message of ['zażółć', Buffer.from([0, 255]), '', Buffer.alloc(512 * 1024, 7)]) {
    const [answer, isBinary] = await exchange(client, message);
    expect(isBinary).toBe(typeof message !== 'string');
    expect(answer.equals(Buffer.from(message))).toBe(true);
  }
});

test('messages come back in their order, also when many are sent at once', async () => {
  const { client } = await startEcho();
  const texts = Array.from({ length: 100 }, (_, at) => `${at}`.repeat(1000));
  const received: string[] = [];
  client.on('message', (message) => received.push(String(message)));
  for (const text of texts) client.send(text);
  await expect.poll(() => received).toEqual(texts);
});

test('a ping is answered, between the fragments of a message too', async () => {
  const { client } = await startEcho();
  const pong = once(client, 'pong');
  const message = once(client, 'message');
  client.send('one ', { fin: false });
  client.ping('here');
  client.send('message', { fin: true });
  expect(String((await pong)[0])).toBe('here');
  expect(String((await message)[0])).toBe('one message');
});

test('a message comes back in fragments of the size that the client asks for', async () => {
  const { port } = await startEcho();
  const raw = await rawClient(port, '?max_fragment_size=3');
  raw.socket.write(Buffer.concat([frame(2, Buffer.from('abc'), false), frame(0, Buffer.from('defg').subarray(0, 3))]));
  await expect.poll(raw.body).toBe('\x02\x03abc\x80\x03def');
});

const excesses: [query: string, fragments: string[], code: number, reason: string][] = [
  ['?max_fragment_size=3', ['abcd'], 1002, 'frame payload size 4 exceeds maximum of 3 bytes'],
  ['?max_fragment_size=3&max_message_size=5', ['abc', 'def'], 1009, 'message size 6 exceeds maximum of 5 bytes'],
  ['', ['x'.repeat(524_289)], 1002, 'frame payload size 524289 exceeds maximum of 524288 bytes'],
  ['', ['x'.repeat(524_288), 'x'.repeat(524_288), 'x'], 1009, 'message size 1048577 exceeds maximum of 1048576 bytes'],
];

test.each(excesses)(
  'with "%s", what is too large closes the connection (%#)',
  async (query, fragments, code, reason) => {
    const { client } = await startEcho(query);
    const answers: unknown[] = [];
    client.on('message', (message) => answers.push(message));
    const closed = closing(client);
    for (const [at, text] of fragments.entries()) client.send(text, { fin: at === fragments.length - 1 });
    expect(await closed).toEqual([code, reason]);
    expect(answers).toEqual([]);
  },
);

test.each([
  ['text that is no UTF-8', frame(1, Buffer.from([0xff])), '\x88\x02\x03\xef'],
  ['an unknown kind of frame', frame(3), '\x88\x02\x03\xea'],
  ['a continuation of nothing', frame(0), '\x88\x02\x03\xea'],
])('%s closes the connection', async (_, bytes, expected) => {
  const { port } = await startEcho();
  const raw = await rawClient(port);
  const ended = once(raw.socket, 'end');
  raw.socket.write(bytes);
  await ended;
  expect(raw.body()).toBe(expected);
});

test('what comes along with the handshake counts too', async () => {
  const { port } = await startEcho();
  const fine = await rawClient(port, '', frame(1, Buffer.from('early')));
  await expect.poll(fine.body).toBe('\x81\x05early');
  const tooLarge = await rawClient(port, '?max_fragment_size=4', frame(1, Buffer.from('early')));
  await expect.poll(tooLarge.body).toBe('\x881\x03\xeaframe payload size 5 exceeds maximum of 4 bytes');
});

test('a close is answered', async () => {
  const { client } = await startEcho();
  const closed = closing(client);
  client.close(1000, 'bye');
  expect(await closed).toEqual([1000, 'bye']);
});

test('the handshake takes no subprotocol or extension, and may be read from any origin', async () => {
  const { port } = await startEcho();
  const client = new WebSocket(`ws://127.0.0.1:${port}${PATH}`, { origin: 'http://elsewhere' });
  onTestFinished(() => client.terminate());
  const [{ headers, statusCode }] = await once(client, 'upgrade');
  expect([statusCode, headers['sec-websocket-extensions'], headers['access-control-allow-origin']]).toEqual([
    101,
    undefined,
    'http://elsewhere',
  ]);
  const refused = new WebSocket(`ws://127.0.0.1:${port}${PATH}`, ['a', 'b']);
  const [error] = await once(refused, 'error');
  expect(error.message).toBe('Server sent no subprotocol');
});

test('a connection ends after ten seconds', async () => {
  const clock = new WatchedClock(0);
  const { client } = await startEcho('', clock);
  await clock.waiting(1);
  clock.advance(9_999);
  expect(String((await exchange(client, 'still here'))[0])).toBe('still here');
  const closed = closing(client);
  clock.advance(1);
  expect(await closed).toEqual([1006, '']);
});

test('a client that goes leaves no timer', async () => {
  const clock = new WatchedClock(0);
  const { client } = await startEcho('', clock);
  client.terminate();
  await expect.poll(() => clock.cancelled).toBe(1);
});

test('close() ends connections, and none begins later', async () => {
  const { system, port, client } = await startEcho();
  const closed = closing(client);
  await system.close();
  await system.close();
  expect(await closed).toEqual([1006, '']);
  const late = new WebSocket(`ws://127.0.0.1:${port}${PATH}`);
  await once(late, 'error');
});

const without = (name: string) => Object.fromEntries(Object.entries(handshake).filter(([key]) => key !== name));
const parse = (text: string) => `strconv.ParseInt: parsing "${text}"`;
const upTo = 'not in range [1, 1048576]';
const refusals: [query: string, headers: Record<string, string>, detail: string][] = [
  ['', {}, 'missing required `Upgrade: websocket` header'],
  ['', { ...handshake, Upgrade: 'demo' }, 'missing required `Upgrade: websocket` header'],
  ['', { ...handshake, 'Sec-WebSocket-Version': '8' }, 'only websocket version "13" is supported, got "8"'],
  ['', without('Sec-WebSocket-Version'), 'only websocket version "13" is supported, got ""'],
  ['', without('Sec-WebSocket-Key'), 'missing required `Sec-Websocket-Key` header'],
  ['', { ...handshake, 'Sec-WebSocket-Key': 'x' }, 'the `Sec-Websocket-Key` header must be 16 bytes in base64'],
  ['', without('Connection'), 'a WebSocket begins with GET and `Connection: upgrade`, without a body'],
  ['?max_fragment_size=0', handshake, `invalid max_fragment_size: 0 ${upTo}`],
  ['?max_fragment_size=1048577', handshake, `invalid max_fragment_size: 1048577 ${upTo}`],
  ['?max_fragment_size=x', {}, `invalid max_fragment_size: ${parse('x')}: invalid syntax`],
  ['?max_fragment_size=2147483648', {}, `invalid max_fragment_size: ${parse('2147483648')}: value out of range`],
  ['?max_message_size=-1', handshake, `invalid max_message_size: -1 ${upTo}`],
  ['?max_message_size=1048577', handshake, `invalid max_message_size: 1048577 ${upTo}`],
  ['?max_message_size=1', handshake, 'max_fragment_size 524288 must be less than or equal to max_message_size 1'],
];

test.each(refusals.map(([query, headers, detail]) => ({ query, headers, detail })))(
  'a handshake is refused: $detail',
  async ({ query, headers, detail }) => {
    const bin = await startHttpBin();
    const answer = await bin.ask({ path: PATH + query, headers });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([400, '*']);
    expect(answer.json()).toEqual({ status_code: 400, error: 'Bad Request', detail });
  },
);

test('other methods are not allowed, and other paths do not care about an upgrade', async () => {
  const bin = await startHttpBin();
  const posted = await bin.ask({ method: 'POST', path: PATH, headers: handshake });
  expect([posted.status, posted.headers.allow]).toEqual([405, 'GET, HEAD']);
  const shown = await bin.ask({ path: '/anything', headers: handshake });
  expect([shown.status, shown.json()]).toMatchObject([200, { headers: { Upgrade: ['websocket'] } }]);
});

test('the Application Gateway passes messages on in both directions', async () => {
  const instance = await start({ seed: [demo] });
  const client = await open(`${edge(instance, 'application-gateway')}/shop/httpbin${PATH}`);
  expect(String((await exchange(client, 'through'))[0])).toBe('through');
  const closed = closing(client);
  client.close(4000, 'enough');
  expect(await closed).toEqual([4000, 'enough']);
});

test('the listeners with mutual TLS have it too, for clients with a certificate', async () => {
  const instance = await start();
  await using shop = await pair(instance, 'shop');
  const identity = { cert: shop.certificate, key: shop.key, rejectUnauthorized: false };
  for (const name of ['external-system-tls', 'external-system-expired']) {
    const client = await open(edge(instance, name) + PATH, identity);
    expect(String((await exchange(client, name))[0])).toBe(name);
    const stranger = new WebSocket((edge(instance, name) + PATH).replace(/^http/, 'ws'), { rejectUnauthorized: false });
    expect(await once(stranger, 'error')).toMatchObject([
      { code: expect.stringMatching(/CERTIFICATE_REQUIRED|ECONNRESET/) },
    ]);
  }
});

test('a client certificate that has ended by the clock of the instance opens no WebSocket', async () => {
  const clock = new ManualClock();
  const instance = await start({ clock, certificateValidity: '1h' });
  await using shop = await pair(instance, 'shop');
  clock.advance(2 * 60 * 60 * 1000);
  const identity = { cert: shop.certificate, key: shop.key, ca: instance.ca.certificate };
  const refused = new WebSocket((edge(instance, 'external-system-tls') + PATH).replace(/^http/, 'ws'), identity);
  expect(await once(refused, 'error')).toMatchObject([{ message: 'socket hang up' }]);
});
