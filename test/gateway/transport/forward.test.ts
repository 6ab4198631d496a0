import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { effective } from '../../../src/gateway/releases/behaviour.ts';
import { centralGateway } from '../../../src/gateway/releases/central.ts';
import type { Call } from '../../../src/gateway/transport/call.ts';
import { forward } from '../../../src/gateway/transport/forward.ts';
import { createDispatchers } from '../../../src/http/client/dispatchers.ts';
import { ask, listen } from '../../external-system/serve.ts';
import { rawTarget } from '../start.ts';

const identity = { skipVerify: false, certificate: undefined };
const login = { identity, authorization: undefined, csrf: [], login: undefined };

/** A server that forwards everything to one target. @returns its port */
async function forwarding(origin: string, options: Partial<Call>): Promise<number> {
  const dispatchers = createDispatchers([]);
  onTestFinished(() => dispatchers.close());
  const call: Call = {
    dispatchers,
    origin,
    path: '/',
    host: 'target',
    added: [],
    behaviour: effective(centralGateway, { quirks: false }),
    limits: { clock: new ManualClock(0), proxyTimeout: 1000, requestTimeout: 1000, retryBodyLimit: 1024 },
    bufferRelease: { isSafe: true },
    authenticate: () => login,
    isRetried: (status) => status === 401,
    rewriteLocation: () => undefined,
    refuse: (response, error) => void response.writeHead(500).end(String(error)),
    answered: () => {},
    failed: () => {},
    ...options,
  };
  return listen((incoming, response) => forward(incoming, response, call));
}

const later = async () => login;

test.each<[when: string, authenticate: Call['authenticate']]>([
  ['at once', () => login],
  ['after a login that took its time', later],
])('what is thrown %s ends the call and not the process', async (_, authenticate) => {
  const dispatchers = createDispatchers([]);
  const broken = {
    ...dispatchers,
    for() {
      throw new Error('no dispatcher');
    },
  };
  const port = await forwarding('http://127.0.0.1:1', { authenticate, dispatchers: broken });
  for (let at = 0; at < 2; at++) {
    const answer = await ask(port, { path: '/' });
    expect([answer.status, answer.text]).toEqual([500, 'Error: no dispatcher']);
  }
});

test('what is thrown after a second login is an empty 502', async () => {
  const target = await rawTarget('HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n');
  const dispatchers = createDispatchers([]);
  onTestFinished(() => dispatchers.close());
  let calls = 0;
  const breaking = {
    ...dispatchers,
    for() {
      if (calls++ > 0) throw new Error('no dispatcher');
      return dispatchers.for(identity);
    },
  };
  const port = await forwarding(target.url, { authenticate: later, dispatchers: breaking });
  const answer = await ask(port, { path: '/' });
  expect([answer.status, answer.text, calls]).toEqual([502, '', 2]);
});

test('what is thrown when a time is up breaks the answer off', async () => {
  const target = await rawTarget(undefined);
  const clock = new ManualClock(0);
  const port = await forwarding(target.url, {
    limits: { clock, proxyTimeout: 1000, requestTimeout: 1000, retryBodyLimit: 1024 },
    failed() {
      throw new Error('the log is full');
    },
  });
  const outgoing = request({ port, agent: false }).end();
  const failed = once(outgoing, 'error');
  await expect.poll(() => target.received.length).toBe(1);
  clock.advance(1000);
  expect((await failed)[0].code).toBe('ECONNRESET');
});

test.each([true, false])('long bodies arrive as sent, whether their buffers may be freed: %j', async (isSafe) => {
  const bytes = randomBytes(4 * 1024 * 1024);
  const target = await listen((incoming, response) => void pipeline(incoming, response));
  const asked: boolean[] = [];
  const bufferRelease = {
    get isSafe() {
      asked.push(isSafe);
      return isSafe;
    },
  };
  const port = await forwarding(`http://127.0.0.1:${target}`, { bufferRelease });
  const answer = await ask(port, { method: 'POST', path: '/', body: bytes });
  expect([answer.status, answer.bytes.equals(bytes)]).toEqual([200, true]);
  expect(asked.length).toBeGreaterThan(0);
});
