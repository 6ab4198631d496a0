import { expect, test } from 'vitest';
import { rawTarget, startGateway } from '../start.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Answers the first call on each connection, and closes it upon the second. */
async function closingTarget() {
  let unanswered = 0;
  const target = await rawTarget((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    socket.once('data', () => {
      unanswered++;
      socket.destroy();
    });
  });
  return { target, unanswered: () => unanswered };
}

test.each(['GET', 'OPTIONS', 'TRACE'])('a %s that meets a closing connection is made again', async (method) => {
  const { target, unanswered } = await closingTarget();
  const gateway = await startGateway(target.url);
  const statuses = [];
  // Whether a call meets an open connection is a matter of chance, of many at least one does.
  for (let at = 0; at < 20; at++) statuses.push((await gateway.ask({ path: '/app/svc', method })).status);
  expect(statuses).toEqual(Array(20).fill(200));
  expect(unanswered()).toBeGreaterThan(0);
});

test('a call that changes something is not made again', async () => {
  const { target, unanswered } = await closingTarget();
  const gateway = await startGateway(target.url);
  const statuses = [];
  for (let at = 0; at < 20; at++) statuses.push((await gateway.ask({ path: '/app/svc', method: 'POST' })).status);
  expect(unanswered()).toBeGreaterThan(0);
  expect(statuses.filter((status) => status === 502).length).toBe(unanswered());
});

test('a target that closes a fresh connection is called once', async () => {
  let calls = 0;
  const target = await rawTarget((socket) => {
    calls++;
    socket.destroy();
  });
  const gateway = await startGateway(target.url);
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(502);
  expect(calls).toBe(1);
});

test('a call whose answer has begun is not made again', async () => {
  let calls = 0;
  const target = await rawTarget((socket) => {
    calls++;
    socket.write(OK);
    socket.once('data', () => {
      calls++;
      socket.end('HTTP/1.1 200');
    });
  });
  const gateway = await startGateway(target.url);
  await gateway.ask({ path: '/app/svc' });
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(502);
  expect(calls).toBe(2);
});
