import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { GoServerOptions } from '../../src/edges/go-server.ts';
import { openListener } from '../../src/edges/listener.ts';

async function start(options: Partial<GoServerOptions> = {}) {
  const listener = await openListener({
    name: 'test',
    flag: '--test-port',
    host: '127.0.0.1',
    port: 0,
    streams: true,
    go: { readTimeout: 10_000, brokenBody: 400, ...options },
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

test.each<[brokenBody: 400 | 502, line: string]>([
  [400, 'HTTP/1.1 400 Bad Request'],
  [502, 'HTTP/1.1 502 Bad Gateway'],
])('a bad chunk is answered with an empty %i', async (brokenBody, line) => {
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  expect(await told(await start({ brokenBody }), head, '2\r\nok\r\n', 'nonsense\r\n')).toBe(
    `${line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
});

test('half a head is answered, silence is not, and an idle connection is closed', async () => {
  const port = await start({ readTimeout: 100 });
  const asked = 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n';
  const answers = await Promise.all([told(port, 'GET / HTTP/1.1\r\nHos'), told(port), told(port, asked)]);
  expect(answers.slice(0, 2)).toEqual([page('400 Bad Request'), '']);
  expect(answers[2]).toMatch(/GET \/1$/);
});
