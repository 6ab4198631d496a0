import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { openListener } from '../../src/edges/listener.ts';
import { startKymulator } from '../../src/kymulator.ts';
import { createAuthority, readAuthority } from '../../src/pki/authority.ts';
import { newServerPair } from '../../src/pki/key-pair.ts';
import { call } from '../support/call.ts';
import { start } from '../support/instance.ts';

/** Milliseconds within which an instance is closed, whoever is connected. */
const SOON = 1500;

/** A connection that says no more than this, and never ends. */
async function silent(url: string, words = Buffer.alloc(0)): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: 'localhost', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(words);
  return socket.resume();
}

/** Fulfilled when the other side has ended a connection, in whatever way. */
const ended = (socket: Duplex) =>
  new Promise<void>((resolve) => {
    if (socket.readableEnded || socket.closed) resolve();
    for (const event of ['end', 'close']) socket.once(event, () => resolve());
  });

/** The first bytes of a TLS greeting that announces more. */
const greeting = Buffer.from('16030102000100', 'hex');

test.each([
  ['say nothing', Buffer.alloc(0)],
  ['begin a handshake', greeting],
  ['speak HTTP to TLS', Buffer.from('GET / HTTP/1.1\r\n')],
])('clients that %s on every edge do not keep an instance from closing', async (_, words) => {
  const instance = await startKymulator();
  onTestFinished(() => instance.close());
  expect(instance.edges.filter(({ url }) => url.startsWith('https:'))).toHaveLength(5);
  const sockets = await Promise.all(instance.edges.map(({ url }) => silent(url, words)));
  // Behind these nobody waits to be accepted any more.
  await Promise.all(instance.edges.map(({ url }) => call(url, { rejectUnauthorized: false }).catch(() => {})));
  const began = performance.now();
  await instance.close();
  expect(performance.now() - began).toBeLessThan(SOON);
  await Promise.all(sockets.map(ended));
});

async function secureListener(handshakeTimeout?: number) {
  const now = systemClock.now();
  const made = await createAuthority([now], systemRandom);
  const { certificate, key } = await newServerPair({
    authority: readAuthority(made.certificatePem, made.privateKeyPem),
    names: ['localhost'],
    notBefore: now - 60_000,
    notAfter: now + 86_400_000,
    random: systemRandom,
  });
  const listener = await openListener({
    name: 'test',
    flag: '--test-port',
    host: '127.0.0.1',
    port: 0,
    // Answers never, until it is asked for something else.
    handle: (request, response) => void (request.url === '/' && response.end('in')),
    tls: { key, cert: certificate },
    handshakeTimeout,
  });
  onTestFinished(() => listener.close());
  return { listener, ca: made.certificatePem, url: `https://localhost:${listener.port}` };
}

test('a client that never finishes its handshake is let go; one that has may take its time', async () => {
  const { url, ca, listener } = await secureListener(200);
  const patient = connectTls({ port: listener.port, host: 'localhost', ca });
  onTestFinished(() => void patient.destroy());
  await once(patient, 'secureConnect');
  const sockets = await Promise.all([silent(url), silent(url, greeting)]);
  await Promise.all(sockets.map(ended));
  patient.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const [answer] = (await once(patient, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
});

test('a request that never ends gets a moment, and then its connection and all others are closed', async () => {
  const { url, ca, listener } = await secureListener();
  await Promise.all([silent(url), silent(url, greeting)]);
  const unanswered = call(`${url}/never`, { ca }).catch((error: Error) => error.message);
  const idle = connectTls({ port: listener.port, host: 'localhost', ca });
  idle.on('error', () => {});
  await once(idle, 'secureConnect');
  expect((await call(url, { ca })).text).toBe('in');
  const began = performance.now();
  await listener.close();
  expect(performance.now() - began).toBeLessThan(SOON);
  expect(await unanswered).toMatch(/socket hang up|ECONNRESET/);
});

test('an upgrade that the Kubernetes API refuses ends the connection, whatever the client still sends', async () => {
  const { kubernetes, ca } = await start();
  const port = Number(new URL(kubernetes.url).port);
  const options = { port, host: 'localhost', ca: ca.certificate, allowHalfOpen: true };
  const socket = connectTls(options);
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  socket.write(
    'GET /api/v1/namespaces/default/pods/a/exec HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n',
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n.*"reason":"Unauthorized"/s);
  // The client never ends its side; a byte now and then tells whether the other one is still there.
  const gone = new Promise((resolve) => socket.once('close', resolve));
  const knock = setInterval(() => socket.write('x'), 20);
  await gone;
  clearInterval(knock);
});
