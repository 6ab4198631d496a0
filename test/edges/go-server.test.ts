import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openListener } from '../../src/edges/listener.ts';
import type { GoServerOptions } from '../../src/http/go-server-options.ts';
import type { Refusal } from '../../src/http/refusal.ts';

async function start(options: Partial<GoServerOptions> = {}) {
  const listener = await openListener({
    name: 'test',
    flag: '--test-port',
    host: '127.0.0.1',
    port: 0,
    streams: true,
    go: { readTimeout: 10_000, ...options },
    handle: (request, response) => {
      request.resume();
      request.once('end', () => response.end(`${request.method} ${request.url}`));
    },
  });
  onTestFinished(() => listener.close());
  return listener.port;
}

/** Everything that comes back until the server closes the connection. */
async function told(port: number, ...packets: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let got = '';
  socket.on('data', (bytes) => {
    got += bytes.toString('latin1');
  });
  const closed = once(socket, 'close');
  for (const packet of packets) await new Promise((resolve) => socket.write(packet, 'latin1', resolve));
  await closed;
  return got;
}

const page = (status: string, text = status) =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${text}`;

test.each<[what: string, request: string, answer: string]>([
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', page('400 Bad Request', '400 Bad Request: missing required Host header')],
  [
    'two Hosts',
    'GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n',
    page('400 Bad Request', '400 Bad Request: too many Host headers'),
  ],
  [
    'an odd Host',
    'GET / HTTP/1.1\r\nHost: a b\r\n\r\n',
    page('400 Bad Request', '400 Bad Request: malformed Host header'),
  ],
  [
    'another transfer encoding',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    page('501 Not Implemented', 'Unsupported transfer encoding'),
  ],
  ['an odd header', 'GET / HTTP/1.1\r\nHost: a\r\nX A: 1\r\n\r\n', page('400 Bad Request')],
  ['no HTTP at all', 'hello\r\n\r\n', page('400 Bad Request')],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx',
    page('400 Bad Request'),
  ],
  [
    'a head beyond 1 MiB',
    `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(1024 * 1024)}\r\n\r\n`,
    page('431 Request Header Fields Too Large'),
  ],
])('%s is answered as Go does', async (_, request, answer) => {
  expect(await told(await start(), request)).toBe(answer);
});

test('a head of many lines and hundreds of kilobytes is read', async () => {
  const lines = Array.from({ length: 5000 }, (_, at) => `X-${at}: ${'x'.repeat(50)}\r\n`).join('');
  const answer = await told(await start(), `GET /all HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines}\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\nGET \/all$/s);
});

test('a kept connection is not talked about', async () => {
  const answer = await told(
    await start(),
    'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  const [first = '', second = ''] = answer.split('GET /1');
  expect(first).not.toMatch(/connection|keep-alive/i);
  expect(second).toMatch(/\r\nConnection: close\r\n/);
});

test.each([
  ['OPTIONS', '200 OK', ''],
  ['GET', '200 OK', 'GET *'],
])('%s * is %s', async (method, status, body) => {
  const answer = await told(await start(), `${method} * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(answer.startsWith(`HTTP/1.1 ${status}\r\n`) && answer.endsWith(`\r\n\r\n${body}`)).toBe(true);
});

test('CONNECT is a request like others where it is to be one', async () => {
  const request = 'CONNECT shop:443 HTTP/1.1\r\nHost: shop\r\n\r\n';
  expect(await told(await start({ connects: true }), request)).toMatch(/^HTTP\/1\.1 200 OK.*CONNECT shop:443$/s);
  expect(await told(await start(), request)).toMatch(/^HTTP\/1\.1 405 .*no proxy for TLS/s);
});

test.each<[what: string, refusal: Refusal | undefined, answer: string]>([
  ['as a bad request', undefined, page('400 Bad Request')],
  [
    'as it is to be',
    { status: 502, text: '' },
    'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  ],
])('a bad chunk is answered %s', async (_, refusal, answer) => {
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  const port = await start({ brokenBody: () => refusal });
  expect(await told(port, head, '2\r\nok\r\n', 'nonsense\r\n')).toBe(answer);
});

/** Lets one answer wait until it is told, and counts the requests that came through. */
async function startHeld(options: Partial<GoServerOptions> = {}) {
  const seen: string[] = [];
  const held = Promise.withResolvers<void>();
  const upgraded: string[] = [];
  const listener = await openListener({
    name: 'test',
    flag: '--test-port',
    host: '127.0.0.1',
    port: 0,
    streams: true,
    go: { readTimeout: 10_000, connects: true, ...options },
    handle: (request, response) => {
      seen.push(request.url ?? '');
      if (request.url === '/slow') void held.promise.then(() => response.end('slow'));
      else if (request.url === '/begun') response.write('begun');
      else response.end(request.url);
    },
    upgrade: (request, socket) => {
      upgraded.push(request.url ?? '');
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nbye');
    },
  });
  onTestFinished(() => listener.close());
  return { port: listener.port, seen, upgraded, release: () => held.resolve() };
}

const SLOW = 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n';
const GOOD = 'GET /good HTTP/1.1\r\nHost: a\r\n\r\n';

test.each([
  ['without a Host', 'GET /bad HTTP/1.1\r\n\r\n', /slow.*400 Bad Request: missing required Host header$/s],
  [
    'with another transfer encoding',
    'POST /bad HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    /slow.*Unsupported transfer encoding$/s,
  ],
  ['that is no HTTP', 'XX YY ZZ\r\n\r\n', /slow.*400 Bad Request$/s],
  ['to another protocol', 'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', /slow.*bye$/s],
  [
    'to another protocol without a Host',
    'GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    /slow.*400 .*Host header$/s,
  ],
  ['to a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', /slow.*a:1$/s],
])('a request %s behind another one waits for the answer of that', async (_, bad, expected) => {
  const { port, seen, release } = await startHeld();
  const answer = told(port, SLOW + bad);
  await expect.poll(() => seen).toContain('/slow');
  release();
  expect(await answer).toMatch(expected);
});

test.each([
  ['GET /bad HTTP/1.1\r\n\r\n'],
  ['GET /bad HTTP/1.1\r\nHost: a b\r\n\r\n'],
  ['POST /bad HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
])('nothing is read behind a refused request: %j', async (bad) => {
  const { port, seen } = await startHeld();
  await told(port, bad + GOOD, GOOD);
  expect(seen).toEqual([]);
});

test('an answer that has begun breaks off when its request turns out to be malformed', async () => {
  const { port } = await startHeld();
  const head = 'POST /begun HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n';
  const socket = connect(port, '127.0.0.1');
  let got = '';
  socket.on('data', (bytes) => {
    got += bytes;
  });
  socket.write(GOOD + head);
  await expect.poll(() => got).toMatch(/begun/);
  const closed = once(socket, 'close');
  socket.write('zz\r\n');
  await closed;
  expect(got).not.toMatch(/400/);
});

test.each([
  ['an unknown expectation', 'Expect: magic\r\n', /^HTTP\/1\.1 417 Expectation Failed\r\n(?!.*keep-alive)/is],
  ['an empty one', 'Expect:\r\nConnection: close\r\n', /^HTTP\/1\.1 200 OK.*GET \/$/s],
])('%s', async (_, header, expected) => {
  expect(await told(await start(), `GET / HTTP/1.1\r\nHost: a\r\n${header}\r\n`)).toMatch(expected);
});

test('half a head is answered, silence is not, and an idle connection is closed', async () => {
  const port = await start({ readTimeout: 100 });
  const asked = 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n';
  const answers = await Promise.all([told(port, 'GET / HTTP/1.1\r\nHos'), told(port), told(port, asked)]);
  expect(answers.slice(0, 2)).toEqual([page('400 Bad Request'), '']);
  expect(answers[2]).toMatch(/GET \/1$/);
});
