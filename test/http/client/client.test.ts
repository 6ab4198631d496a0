import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { ClientError } from '../../../src/http/client/request.ts';
import { rawTarget } from '../../gateway/start.ts';
import { startClient } from './start.ts';

const EMPTY = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const linesOf = (received: string | undefined) => received?.split('\r\n') ?? [];

test('a request has what the caller says, and gzip', async () => {
  const server = await rawTarget('HTTP/1.1 201 Made it\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nhi');
  const { ask } = startClient();
  const headers = ['x-Odd', '1', 'x-Odd', '\xc3\xbc', 'HOST', 'other', 'Content-Length', '9', 'Trailer', 'x'];
  const {
    status,
    statusText,
    headers: answered,
    body,
  } = await ask(`${server.url}/p`, {
    method: 'POST',
    headers,
    body: 'a=b',
  });
  expect([status, statusText, answered, String(body)]).toEqual([
    201,
    'Made it',
    ['X-A', '1', 'x-a', '2', 'Content-Length', '2'],
    'hi',
  ]);
  expect(linesOf(server.received[0])).toEqual([
    'POST /p HTTP/1.1',
    `host: ${server.url.slice('http://'.length)}`,
    'connection: keep-alive',
    'x-Odd: 1',
    'x-Odd: \xc3\xbc',
    'Accept-Encoding: gzip',
    'content-length: 3',
    '',
    'a=b',
  ]);
});

test.each([
  ['/', 'GET / HTTP/1.1'],
  ['', 'GET / HTTP/1.1'],
  ['/a/../%2fb?x=1 2&y=%zz', 'GET /a/../%2fb?x=1%202&y=%zz HTTP/1.1'],
  ['/p?#f', 'GET /p? HTTP/1.1'],
])('the URL path %j is asked for as Go spells it', async (path, line) => {
  const server = await rawTarget(EMPTY);
  await startClient().ask(server.url + path);
  expect(linesOf(server.received[0])[0]).toBe(line);
});

test('an encoding of the caller stands in the place of gzip', async () => {
  const server = await rawTarget(EMPTY);
  await startClient().ask(server.url, { headers: ['accept-encoding', 'br'] });
  const encodings = linesOf(server.received[0]).filter((line) => /^accept-encoding/i.test(line));
  expect(encodings).toEqual(['accept-encoding: br']);
});

test.each([
  [true, [], [`Authorization: Basic ${Buffer.from('us er:p:w').toString('base64')}`]],
  [true, ['Authorization', 'own'], ['Authorization: own']],
  [false, [], []],
])('user and password of a URL are a login: %j with the headers %j sends %j', async (logsInByUrl, headers, sent) => {
  const server = await rawTarget(EMPTY);
  await startClient({ logsInByUrl }).ask(server.url.replace('//', '//us%20er:p:w@'), { headers });
  expect(linesOf(server.received[0]).filter((line) => /^authorization/i.test(line))).toEqual(sent);
});

test.each([
  ['ftp://h/x', 'unsupported protocol scheme "ftp"'],
  ['h/x', 'unsupported protocol scheme ""'],
  ['http:///x', 'http: no Host in request URL'],
  ['http://h:99999/x', 'invalid host or port in "h:99999"'],
])('%s cannot be asked', async (url, reason) => {
  await expect(startClient().ask(url)).rejects.toEqual(new ClientError('request', reason));
});

test('a server that says nothing is given up when the time of our clock is over', async () => {
  const clock = new ManualClock(0);
  const server = await rawTarget(undefined);
  const asked = startClient({ clock }).ask(server.url);
  await expect.poll(() => server.received.length).toBe(1);
  clock.advance(10_000);
  await expect(asked).rejects.toMatchObject({ stage: 'request', message: 'too late' });
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});

test('the time is for the body too', async () => {
  const clock = new ManualClock(0);
  const server = await rawTarget('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf');
  const asked = startClient({ clock }).ask(server.url);
  await expect.poll(() => server.sockets[0]?.bytesWritten).toBeGreaterThan(0);
  // Both ends are in this process: what was written is read in the next turns of its loop.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(10_000);
  await expect(asked).rejects.toMatchObject({ stage: 'body', message: 'too late' });
  await expect.poll(() => server.sockets[0]?.destroyed).toBe(true);
});

test('a call is given up when its caller says so', async () => {
  const server = await rawTarget(undefined);
  const controller = new AbortController();
  const asked = startClient().ask(server.url, { signal: controller.signal });
  await expect.poll(() => server.received.length).toBe(1);
  controller.abort(new Error('no longer of interest'));
  await expect(asked).rejects.toMatchObject({ stage: 'request', message: 'no longer of interest' });
});

test.each([
  [true, 2, 'answered'],
  [false, 1, 'failed'],
])('a connection that is reset before an answer is tried once more: %j', async (retriesReset, calls, outcome) => {
  let count = 0;
  const server = await rawTarget((socket) => void (count++ === 0 ? socket.resetAndDestroy() : socket.write(EMPTY)));
  const asked = startClient({ retriesReset }).ask(server.url);
  expect(await asked.then(() => 'answered').catch(() => 'failed')).toBe(outcome);
  expect(server.received.length).toBe(calls);
});

test('a server that always resets is asked twice', async () => {
  const server = await rawTarget((socket) => void socket.resetAndDestroy());
  await expect(startClient({ retriesReset: true }).ask(server.url)).rejects.toMatchObject({ stage: 'request' });
  expect(server.received.length).toBe(2);
});

test('an interim answer that nobody asked for is left out', async () => {
  const server = await rawTarget(`HTTP/1.1 100 Continue\r\n\r\n${EMPTY}`);
  expect((await startClient().ask(server.url)).status).toBe(200);
});

test('connections are used again, unless the caller says otherwise', async () => {
  const keeping = await rawTarget((socket) => {
    socket.on('data', () => socket.write(EMPTY));
    socket.write(EMPTY);
  });
  const { ask } = startClient();
  for (let call = 0; call < 6; call++) await ask(keeping.url);
  // A call that comes in the very turn in which the one before has ended still gets a connection of its own.
  expect(keeping.sockets.length).toBeLessThanOrEqual(2);

  const closing = await rawTarget(EMPTY);
  await startClient({ closesConnection: true }).ask(closing.url);
  expect(linesOf(closing.received[0])).toContain('connection: close');
  await expect.poll(() => closing.sockets[0]?.destroyed).toBe(true);
});

test('what is closed leaves no call and no connection behind', async () => {
  const silent = await rawTarget(undefined);
  const idle = await rawTarget(EMPTY);
  const { client, ask } = startClient();
  await ask(idle.url);
  const asked = ask(silent.url);
  await expect.poll(() => silent.received.length).toBe(1);
  await Promise.all([client.close(), expect(asked).rejects.toMatchObject({ message: 'the client is closing' })]);
  await client.close();
  await expect.poll(() => [idle, silent].map(({ sockets }) => sockets[0]?.destroyed)).toEqual([true, true]);
  await expect(ask(idle.url)).rejects.toMatchObject({ stage: 'request' });
});
