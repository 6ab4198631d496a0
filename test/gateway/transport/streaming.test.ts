import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gatewayDefaults } from '../../../src/gateway/proxy-site.ts';
import { listen } from '../../external-system/serve.ts';
import { CountingClock } from '../counting-clock.ts';
import { rawTarget, startGateway } from '../start.ts';

const MEGABYTE = 1024 * 1024;

/** Opens a call and leaves its answer unread. */
function open(port: number, options: { method?: string; path?: string; headers?: Record<string, string> } = {}) {
  const outgoing = request({ host: '127.0.0.1', port, path: '/app/svc', agent: false, ...options });
  outgoing.on('error', () => {});
  return { outgoing, answer: once(outgoing, 'response').then(([answer]) => answer as IncomingMessage) };
}

const nextChunk = async (answer: IncomingMessage) => String((await once(answer, 'data'))[0]);

/** A target that hands over its request and response. */
async function heldTarget() {
  let arrived: (held: { request: IncomingMessage; response: ServerResponse }) => void = () => {};
  const held = new Promise<{ request: IncomingMessage; response: ServerResponse }>((resolve) => {
    arrived = resolve;
  });
  const port = await listen((request, response) => arrived({ request, response }));
  return { url: `http://127.0.0.1:${port}`, held };
}

test.each([
  ['sized', { 'Content-Length': String(20 * MEGABYTE) }],
  ['chunked', { 'Transfer-Encoding': 'chunked' }],
])('twenty megabytes go through unchanged in both directions, %s', async (_, headers: Record<string, string>) => {
  const targetPort = await listen((incoming, response) => {
    const length = incoming.headers['content-length'];
    response.writeHead(200, { 'content-type': 'a/b', ...(length && { 'content-length': length }) });
    incoming.pipe(response);
  });
  const gateway = await startGateway(`http://127.0.0.1:${targetPort}`);
  const body = randomBytes(20 * MEGABYTE);
  const { outgoing, answer } = open(gateway.port, { method: 'POST', headers });
  outgoing.end(body);
  const incoming = await answer;
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of incoming) {
    hash.update(chunk);
    size += chunk.length;
  }
  expect(incoming.headers['content-length']).toBe(headers['Content-Length']);
  expect(size).toBe(body.length);
  expect(hash.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
});

test('a client that reads slowly holds the target back', async () => {
  const { url, held } = await heldTarget();
  const gateway = await startGateway(url);
  const { outgoing, answer } = open(gateway.port);
  outgoing.end();
  const { response } = await held;
  response.writeHead(200, { 'content-type': 'a/b' });
  const piece = Buffer.alloc(MEGABYTE);
  let written = 0;
  const pump = () => {
    while (written < 400 && response.write(piece)) written++;
  };
  pump();
  response.on('drain', () => {
    written++;
    pump();
  });
  const incoming = await answer;
  // Nobody reads: the pipe fills and stays full, which shows in the count standing still.
  let before = -1;
  await expect
    .poll(
      () => {
        const stands = written === before;
        before = written;
        return stands && response.writableNeedDrain;
      },
      { interval: 100 },
    )
    .toBe(true);
  expect(written).toBeLessThan(100);
  incoming.resume();
  await expect.poll(() => written, { timeout: 10_000 }).toBeGreaterThanOrEqual(400);
  response.end();
  await once(incoming, 'end');
});

test.each([
  ['typed', { 'content-type': 'text/event-stream' }],
  ['untyped', {}],
])('events arrive one by one, %s', async (_, headers) => {
  const { url, held } = await heldTarget();
  const gateway = await startGateway(url);
  const { outgoing, answer } = open(gateway.port);
  outgoing.end();
  const { response } = await held;
  response.writeHead(200, headers);
  response.write('data: 1\n\n');
  const incoming = await answer;
  expect(await nextChunk(incoming)).toBe('data: 1\n\n');
  response.write('data: 2\n\n');
  expect(await nextChunk(incoming)).toBe('data: 2\n\n');
  response.end();
  await once(incoming, 'end');
});

test('the head of an answer does not wait for its body', async () => {
  const { url, held } = await heldTarget();
  const gateway = await startGateway(url);
  const { outgoing, answer } = open(gateway.port);
  outgoing.end();
  const { response } = await held;
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  expect((await answer).statusCode).toBe(200);
});

test('early hints are passed on before the answer', async () => {
  const target = await rawTarget(
    'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  );
  const gateway = await startGateway(target.url);
  const { outgoing, answer } = open(gateway.port);
  const hinted = once(outgoing, 'information');
  outgoing.end();
  const [hint] = await hinted;
  expect([hint.statusCode, hint.headers.link]).toEqual([103, '</a.css>; rel=preload']);
  expect((await answer).statusCode).toBe(200);
  outgoing.destroy();
});

test('the upload reaches the target piece by piece', async () => {
  const { url, held } = await heldTarget();
  const gateway = await startGateway(url);
  const { outgoing, answer } = open(gateway.port, { method: 'POST' });
  outgoing.write('first');
  const { request: incoming, response } = await held;
  expect(await nextChunk(incoming)).toBe('first');
  outgoing.end('second');
  expect(await nextChunk(incoming)).toBe('second');
  response.end();
  (await answer).resume();
});

test('a gzip answer that the client has not asked for is unpacked on the way', async () => {
  const packed = gzipSync('hello '.repeat(1000));
  const targetPort = await listen((incoming, response) => {
    expect(incoming.headers['accept-encoding']).toBe('gzip');
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
  });
  const gateway = await startGateway(`http://127.0.0.1:${targetPort}`);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect(answer.text).toBe('hello '.repeat(1000));
  expect(answer.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8' });
  expect(answer.headers['content-encoding']).toBeUndefined();
});

test('a gzip answer that the client has asked for stays packed', async () => {
  const packed = gzipSync('hello');
  const targetPort = await listen((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
  const gateway = await startGateway(`http://127.0.0.1:${targetPort}`);
  const answer = await gateway.ask({ path: '/app/svc', headers: { 'Accept-Encoding': 'gzip, br' } });
  expect(answer.headers['content-encoding']).toBe('gzip');
  expect(answer.bytes).toEqual(packed);
});

const brokenOff: [name: string, head: string, body: Buffer][] = [
  ['sized', 'Content-Length: 100\r\n', Buffer.from('half')],
  ['chunked', 'Transfer-Encoding: chunked\r\n', Buffer.from('4\r\nhalf\r\n')],
  ['gzip', 'Content-Encoding: gzip\r\n', gzipSync('hello'.repeat(100)).subarray(0, 20)],
  ['no gzip', 'Content-Encoding: gzip\r\n', Buffer.from('this is no gzip')],
];

test.each(brokenOff)('an answer that breaks off does not look complete: %s', async (_, head, body) => {
  const target = await rawTarget((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n${head}\r\n`);
    socket.end(body);
  });
  const gateway = await startGateway(target.url);
  await expect(gateway.ask({ path: '/app/svc' })).rejects.toMatchObject({ code: 'ECONNRESET' });
});

test.each<[string, Parameters<typeof rawTarget>[0]]>([
  ['resets the connection', (socket) => socket.resetAndDestroy()],
  ['closes without an answer', (socket) => socket.end()],
  ['speaks something else', 'SSH-2.0-demo\r\n'],
  ['sends half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\nX-A: ')],
])('a target that %s answers 502 with an empty body', async (_, behaviour) => {
  const target = await rawTarget(behaviour);
  const gateway = await startGateway(target.url);
  for (const method of ['GET', 'POST']) {
    const answer = await gateway.ask({ method, path: '/app/svc', body: method === 'POST' ? 'x' : undefined });
    expect([answer.status, answer.text, answer.headers['content-length']]).toEqual([502, '', '0']);
  }
});

test('a target that never answers is given up at proxyTimeout', async () => {
  const clock = new CountingClock(0);
  const target = await rawTarget(undefined);
  const gateway = await startGateway(target.url, { clock });
  const answer = gateway.ask({ path: '/app/svc' });
  await expect.poll(() => target.received.length).toBe(1);
  clock.advance(gatewayDefaults.proxyTimeout - 1);
  expect(clock.pending).toBe(1);
  clock.advance(1);
  expect([(await answer).status, (await answer).text, (await answer).headers['content-length']]).toEqual([
    504,
    '',
    '0',
  ]);
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
  expect(clock.pending).toBe(0);
});

test.each([5000, 10_000])('a client that does not send its body is given up after %i ms', async (requestTimeout) => {
  const clock = new CountingClock(0);
  const target = await rawTarget(undefined);
  const gateway = await startGateway(target.url, { clock, settings: { requestTimeout } });
  const { outgoing, answer } = open(gateway.port, { method: 'POST', headers: { 'Content-Length': '10' } });
  outgoing.write('half');
  await expect.poll(() => target.received[0]).toContain('half');
  clock.advance(requestTimeout);
  const incoming = await answer;
  expect([incoming.statusCode, incoming.headers['content-length']]).toEqual([502, '0']);
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
  outgoing.destroy();
});

test('an answer that flows is not cut at proxyTimeout', async () => {
  const clock = new CountingClock(0);
  const { url, held } = await heldTarget();
  const gateway = await startGateway(url, { clock });
  const { outgoing, answer } = open(gateway.port);
  outgoing.end();
  const { response } = await held;
  response.writeHead(200, { 'content-type': 'a/b' });
  response.write('1');
  const incoming = await answer;
  expect(await nextChunk(incoming)).toBe('1');
  clock.advance(10 * gatewayDefaults.proxyTimeout);
  const ended = once(incoming, 'end');
  response.end('2');
  expect(await nextChunk(incoming)).toBe('2');
  await ended;
  expect(clock.pending).toBe(0);
});

test.each([
  ['before the answer', false],
  ['during the answer', true],
])('a client that goes away %s ends the call to the target', async (_, answering) => {
  const clock = new CountingClock(0);
  const { url, held } = await heldTarget();
  const gateway = await startGateway(url, { clock });
  const { outgoing, answer } = open(gateway.port);
  answer.catch(() => {});
  outgoing.end();
  const { response } = await held;
  const closed = once(response, 'close');
  if (answering) {
    response.writeHead(200, { 'content-type': 'a/b' });
    response.write('1');
    await nextChunk(await answer);
  }
  outgoing.destroy();
  await closed;
  expect(response.writableFinished).toBe(false);
  expect(clock.pending).toBe(0);
});

test('a client that goes away during its upload ends the call to the target', async () => {
  const { url, held } = await heldTarget();
  const gateway = await startGateway(url);
  const { outgoing, answer } = open(gateway.port, { method: 'POST' });
  answer.catch(() => {});
  outgoing.write('half');
  const { request: incoming } = await held;
  const closed = new Promise((resolve) => incoming.once('close', resolve));
  outgoing.destroy();
  await closed;
  expect(incoming.complete).toBe(false);
});

test('a connection to the target is used again', async () => {
  const target = await rawTarget((socket) => {
    const answer = () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    socket.on('data', answer);
    answer();
  });
  const gateway = await startGateway(target.url);
  for (let count = 0; count < 3; count++) expect((await gateway.ask({ path: '/app/svc' })).status).toBe(200);
  expect(target.sockets.length).toBe(1);
});

test('an answer in the middle of the upload is passed on', async () => {
  const target = await rawTarget('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig');
  const gateway = await startGateway(target.url);
  const { outgoing, answer } = open(gateway.port, { method: 'POST', headers: { 'Content-Length': '1000' } });
  outgoing.write('x');
  const incoming = await answer;
  expect([incoming.statusCode, await nextChunk(incoming)]).toEqual([413, 'big']);
  outgoing.destroy();
});
