import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { type ListenerOptions, openListener } from '../../src/edges/listener.ts';
import { createAuthority, readAuthority } from '../../src/pki/authority.ts';
import { newServerPair } from '../../src/pki/key-pair.ts';
import { call } from '../support/call.ts';

const CROWD = 300;

async function open(options: Partial<ListenerOptions> = {}) {
  const listener = await openListener({
    name: 'test',
    flag: '--test-port',
    host: '127.0.0.1',
    port: 0,
    handle: (request, response) => {
      request.resume();
      request.once('end', () => response.end('heard'));
    },
    ...options,
  });
  onTestFinished(() => listener.close());
  return listener;
}

async function serverTls() {
  const now = systemClock.now();
  const made = await createAuthority([now], systemRandom);
  const { certificate, key } = await newServerPair({
    authority: readAuthority(made.certificatePem, made.privateKeyPem),
    names: ['localhost'],
    random: systemRandom,
    notBefore: now - 60_000,
    notAfter: now + 3_600_000,
  });
  return { key, cert: certificate };
}

/** A client that says something and leaves its side open whatever comes. */
function client(port: number, words: string, secure = false): Socket {
  const socket = secure
    ? connectTls({ socket: connect({ port, host: '127.0.0.1', allowHalfOpen: true }), rejectUnauthorized: false })
    : connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.write(words);
  return socket;
}

/** What comes back until the server has ended the connection. */
async function heard(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes;
  });
  await new Promise<void>((resolve) => {
    for (const event of ['end', 'close']) socket.once(event, () => resolve());
  });
  return text;
}

const BODY = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nbegun';
const go = { readTimeout: 300 };

test.each<[what: string, options: Partial<ListenerOptions>, secure: boolean]>([
  ['an edge', {}, false],
  ['an edge that passes bodies on', { streams: true }, false],
  ['an edge of Go', { streams: true, go }, false],
  ['a TLS edge', {}, true],
])('bodies that never end are given up on %s, and nobody waits for that', async (_, options, secure) => {
  const tls = secure ? await serverTls() : undefined;
  const { port } = await open({ times: { bodyPause: 300 }, tls, ...options });
  const other = await open();
  const crowd = Array.from({ length: CROWD }, () => heard(client(port, BODY, secure)));
  const began = performance.now();
  expect((await call(`http://127.0.0.1:${other.port}/`)).text).toBe('heard');
  expect(performance.now() - began).toBeLessThan(1000);
  for (const answer of await Promise.all(crowd)) expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
});

test.each<[what: string, options: Partial<ListenerOptions>]>([
  ['an edge', { times: { head: 300 } }],
  ['an edge of Go', { go }],
])('heads that never end are given up on %s', async (_, options) => {
  const { port } = await open(options);
  const crowd = Array.from({ length: CROWD }, () => heard(client(port, 'GET / HTTP/1.1\r\nHost:')));
  for (const answer of await Promise.all(crowd)) expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

/** Sends a byte of a chunked body from time to time. */
function trickle(port: number, bytes: number, every: number): Promise<string> {
  const socket = client(port, 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
  let left = bytes;
  const drip = setInterval(() => {
    if (left-- > 0) socket.write('1\r\nx\r\n');
    else clearInterval(drip.ref());
    if (left < 0 && socket.writable) socket.write('0\r\n\r\n');
  }, every);
  onTestFinished(() => clearInterval(drip));
  return heard(socket);
}

test('a body that is passed on takes as long as it likes while it moves', async () => {
  const { port } = await open({ streams: true, times: { bodyPause: 400, request: 200 } });
  expect(await trickle(port, 20, 50)).toMatch(/^HTTP\/1\.1 200 OK.*heard/s);
});

test('a body that hardly moves is given up in the end', async () => {
  const { port } = await open({ streams: true, times: { bodyPause: 400, request: 500 } });
  expect(await trickle(port, 1000, 200)).toMatch(/^HTTP\/1\.1 408 /);
});

test('nobody is given up whom we keep from sending', async () => {
  const { port } = await open({
    streams: true,
    times: { bodyPause: 100, request: 100 },
    handle: (request, response) => {
      setTimeout(() => request.resume(), 500);
      request.once('end', () => response.end('heard'));
    },
  });
  const body = Buffer.alloc(8 * 1024 * 1024);
  expect((await call(`http://127.0.0.1:${port}/`, { method: 'POST', body })).text).toBe('heard');
});

test('a client that sends no more and reads nothing is let go', async () => {
  const gone = Promise.withResolvers<void>();
  const { port } = await open({
    times: { halfOpen: 200 },
    handle: (_, response) => {
      response.once('close', () => gone.resolve());
      response.write(Buffer.alloc(64 * 1024 * 1024));
    },
  });
  const socket = client(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n').pause();
  socket.end();
  await gone.promise;
});

test.runIf(process.platform === 'linux')('a client that vanishes is asked for by TCP', async () => {
  const { port } = await open();
  const socket = client(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'data');
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const ours = readFileSync('/proc/self/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '01');
  // The timer of an idle connection: 02 is the one that keeps alive.
  expect(ours.map((fields) => fields[5]?.slice(0, 2))).toEqual(['02']);
});
