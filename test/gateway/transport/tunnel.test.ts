import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { gatewayDefaults } from '../../../src/gateway/proxy-site.ts';
import { rawTarget, startGateway } from '../start.ts';

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: demo\r\nX-A: 1\r\n\r\nhello';

function upgrade(port: number, path = '/app/svc/x') {
  const headers = { Connection: 'Upgrade', Upgrade: 'demo', 'Sec-WebSocket-Key': 'k' };
  const outgoing = request({ host: '127.0.0.1', port, path, headers, agent: false });
  outgoing.on('error', () => {});
  outgoing.end();
  return outgoing;
}

test('a target that switches protocols is connected with the client', async () => {
  const target = await rawTarget((socket) => {
    socket.write(SWITCH);
    socket.on('data', (bytes) => socket.write(`<${bytes}>`));
  });
  const gateway = await startGateway(`${target.url}/base`);
  const [answer, socket, head] = await once(upgrade(gateway.port), 'upgrade');
  const client: Duplex = socket;
  expect([answer.statusCode, answer.headers.upgrade, answer.headers['x-a']]).toEqual([101, 'demo', '1']);
  if (head.length === 0) expect(String((await once(client, 'data'))[0])).toBe('hello');
  else expect(String(head)).toBe('hello');
  client.write('ping');
  expect(String((await once(client, 'data'))[0])).toBe('<ping>');
  expect(target.received[0]).toMatch(/^GET \/base\/x HTTP\/1\.1\r\n/);
  expect(target.received[0]).toMatch(/\r\nConnection: Upgrade\r\nUpgrade: demo\r\n/);
  client.destroy();
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
});

test.each<[what: string, answer: string]>([
  ['too much behind its answer', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloXXXX'],
  ['too much behind its chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nXXXX'],
  ['too much behind a refusal', 'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\nXXXX'],
])('a target that says %s is answered with what can be read of it', async (_, answer) => {
  const target = await rawTarget(answer);
  const gateway = await startGateway(target.url);
  const [incoming] = await once(upgrade(gateway.port), 'response');
  expect([200, 401]).toContain(incoming.statusCode);
  incoming.on('error', () => {});
  await new Promise((resolve) => incoming.resume().once('close', resolve));
  expect((await gateway.ask({ path: '/app/nobody' })).status).toBe(404);
});

test('a client that goes away before the target has answered ends the call', async () => {
  const target = await rawTarget(undefined);
  const gateway = await startGateway(target.url);
  const outgoing = upgrade(gateway.port);
  await expect.poll(() => target.received.length).toBe(1);
  outgoing.destroy();
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
});

test('what a client says before the target has switched arrives there', async () => {
  const target = await rawTarget(undefined);
  const gateway = await startGateway(target.url);
  const client = connect(gateway.port, '127.0.0.1');
  onTestFinished(() => void client.destroy());
  client.write('GET /app/svc HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: demo\r\n\r\nearly ');
  await expect.poll(() => target.received[0]).toMatch(/Upgrade: demo/);
  client.write('bird');
  await gateway.ask({ path: '/app/nobody' });
  target.sockets[0]?.write(SWITCH);
  await expect.poll(() => target.received[0]).toMatch(/early bird$/);
});

test('a header that cannot be sent answers 502', async () => {
  const entries = [{ type: 'API', targetUrl: 'http://127.0.0.1:1', requestParametersSecretName: 'p' }];
  const gateway = await startGateway('', {
    secrets: { p: { headers: '{"X Bad":["1"]}' } },
    spec: { services: [{ displayName: 'svc', entries }] },
  });
  const [answer] = await once(upgrade(gateway.port, '/app/svc'), 'response');
  expect([answer.statusCode, answer.headers['content-length']]).toEqual([502, '0']);
  answer.resume();
});

test('close() ends tunnels', async () => {
  const target = await rawTarget(SWITCH);
  const gateway = await startGateway(target.url);
  const [, socket] = await once(upgrade(gateway.port), 'upgrade');
  const closed = once(socket, 'close');
  socket.resume();
  await gateway.site.close();
  await closed;
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
});

test.each([
  ['/app/svc', 'HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\nnone', 404, 'none'],
  ['/app/svc', 'HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy', 502, 'busy'],
  ['/app/other', '', 404, '{"code":404,"error":"service with name other not found"}\n'],
])('an upgrade of %s that is refused is an ordinary answer', async (path, raw, status, text) => {
  const target = await rawTarget(raw);
  const gateway = await startGateway(target.url);
  const [answer] = await once(upgrade(gateway.port, path), 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  expect([answer.statusCode, Buffer.concat(chunks).toString()]).toEqual([status, text]);
});

test('an upgrade at a target that is not there answers 502', async () => {
  const gateway = await startGateway('http://127.0.0.1:1');
  const [answer] = await once(upgrade(gateway.port), 'response');
  expect(answer.statusCode).toBe(502);
  answer.resume();
});

test('an upgrade that is not answered is given up at proxyTimeout', async () => {
  const clock = new ManualClock(0);
  const target = await rawTarget(undefined);
  const gateway = await startGateway(target.url, { clock });
  const outgoing = upgrade(gateway.port);
  const answered = once(outgoing, 'response');
  await expect.poll(() => target.received.length).toBe(1);
  clock.advance(gatewayDefaults.proxyTimeout);
  const [answer] = await answered;
  expect(answer.statusCode).toBe(504);
  answer.resume();
  await expect.poll(() => target.sockets[0]?.destroyed).toBe(true);
});

test('with quirks a switch of protocols answers 502', async () => {
  const target = await rawTarget(SWITCH);
  const gateway = await startGateway(target.url, { settings: { quirks: true } });
  const [answer] = await once(upgrade(gateway.port), 'response');
  expect(answer.statusCode).toBe(502);
  answer.resume();
});

test('an upgrade logs in, and once more when it is refused', async () => {
  let calls = 0;
  const target = await rawTarget((socket) => {
    if (++calls === 1) socket.end('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n');
    else socket.write(SWITCH);
  });
  const entries = [{ type: 'API', targetUrl: target.url, credentials: { type: 'Basic', secretName: 'x' } }];
  const gateway = await startGateway('', {
    secrets: { x: { username: 'u', password: 'p' } },
    spec: { services: [{ displayName: 'svc', entries }] },
  });
  const [answer, socket] = await once(upgrade(gateway.port), 'upgrade');
  expect(answer.statusCode).toBe(101);
  const authorization = `\r\nAuthorization: Basic ${Buffer.from('u:p').toString('base64')}\r\n`;
  expect(target.received.map((bytes) => bytes.includes(authorization))).toEqual([true, true]);
  socket.destroy();
});

test('an upgrade whose Secret is missing is refused with the reason', async () => {
  const entries = [{ type: 'API', targetUrl: 'http://localhost:1', credentials: { type: 'Basic', secretName: 'x' } }];
  const gateway = await startGateway('', { spec: { services: [{ name: 's', displayName: 'svc', entries }] } });
  const [answer] = await once(upgrade(gateway.port), 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  expect([answer.statusCode, JSON.parse(Buffer.concat(chunks).toString())]).toEqual([
    500,
    { code: 500, error: "failed to read API for s service, secret 'x' not found" },
  ]);
});
