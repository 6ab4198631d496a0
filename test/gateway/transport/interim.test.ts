import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { rawTarget, startGateway } from '../start.ts';

/** What a client gets for a request, byte by byte, until the end of the answer. */
async function told(port: number, request: string, end: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let got = '';
  socket.on('data', (bytes) => {
    got += bytes.toString('latin1');
  });
  await once(socket, 'connect');
  socket.write(request);
  await expect.poll(() => got).toContain(end);
  return got;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 2\r\n\r\nok';
const GET = 'GET /app/svc HTTP/1.1\r\nHost: x\r\n\r\n';

test.each([
  ['in one packet with the answer', [`HTTP/1.1 100 Continue\r\n\r\n${OK}`]],
  ['twice', [`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n${OK}`]],
  [
    'between others',
    [`HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${OK}`],
  ],
  ['in pieces', ['HTTP', '/1.1 100 Con', 'tinue\r\n\r', '\n', OK]],
])('a target may say 100 Continue unasked, %s', async (_, pieces) => {
  const target = await rawTarget((socket) => {
    socket.setNoDelay(true);
    const next = ([piece, ...rest]: string[]): void => {
      if (piece !== undefined) socket.write(piece, () => setImmediate(next, rest));
    };
    next(pieces);
  });
  const gateway = await startGateway(target.url);
  const answer = await gateway.ask({ method: 'POST', path: '/app/svc', body: 'all' });
  expect([answer.status, answer.text]).toEqual([200, 'ok']);
});

test.each([
  [
    'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload; as=style, </b.js>; rel=preload\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload; as=style, </b.js>; rel=preload\r\n\r\n',
  ],
  ['HTTP/1.1 103 Early Hints\r\nLink:\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: \r\n\r\n'],
  [
    'HTTP/1.1 102 Processing\r\nx-step: 1\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n',
    'HTTP/1.1 102 Processing\r\nX-Step: 1\r\n\r\n',
  ],
  ['HTTP/1.1 104 Upload Resumption Supported\r\n\r\n', 'HTTP/1.1 104 \r\n\r\n'],
])('what a target says before its answer is passed on: %j', async (interim, passed) => {
  const target = await rawTarget(interim + OK);
  const gateway = await startGateway(target.url);
  const got = await told(gateway.port, GET, 'ok');
  expect(got.startsWith(`${passed}HTTP/1.1 200 OK\r\n`)).toBe(true);
});

test.each([
  'HTTP/1.1 101 Switching Protocols\r\n\r\n',
  'HTTP/1.1 099 X\r\n\r\n',
  'HTTP/1.1 000 X\r\n\r\n',
  'HTTP/1.1 1000 X\r\n\r\n',
])('what is no status is not passed on: %j', async (interim) => {
  for (const upgrade of ['', 'Connection: Upgrade\r\nUpgrade: x\r\n']) {
    const target = await rawTarget(interim + OK);
    const gateway = await startGateway(target.url);
    const got = await told(gateway.port, `GET /app/svc HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`, '\r\n\r\n');
    expect(got).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
  }
});

test('a client of HTTP/1.0 gets nothing before its answer', async () => {
  const target = await rawTarget(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`);
  const gateway = await startGateway(target.url);
  const got = await told(gateway.port, 'GET /app/svc HTTP/1.0\r\nHost: x\r\n\r\n', 'ok');
  expect(got.startsWith('HTTP/1.1 200 OK\r\n')).toBe(true);
});
