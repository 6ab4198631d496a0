import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/log.ts';
import { createLogTap, type LogTap } from '../../../src/core/log-tap.ts';
import { readLogRequest, sendLogs } from '../../../src/kubernetes/streams/logs.ts';
import { call } from '../../support/call.ts';
import { ended, kubectl, kubectls, startKubectl } from './kubectl.ts';
import { type Started, start } from './start.ts';

async function started(): Promise<Started> {
  const instance = await start();
  const log = instance.logTap.log.child({ part: 'connector' });
  for (const message of ['one', 'two', 'three']) log.info(message);
  return instance;
}

const messages = (output: string) => [...output.matchAll(/"msg":"(\w+)"/g)].map(([, message]) => message);

describe.each(kubectls.slice(0, 1))('with $name', ({ program }) => {
  test.each([
    { args: [], lines: ['one', 'two', 'three'] },
    { args: ['-c', 'web', '--tail=2'], lines: ['two', 'three'] },
    { args: ['--tail=0'], lines: [] },
    { args: ['--since=1h'], lines: ['one', 'two', 'three'] },
    { args: ['--since-time=2999-01-01T00:00:00Z'], lines: [] },
  ])('logs $args', async ({ args, lines }) => {
    const { url } = await started();
    const result = await kubectl(url, ['logs', 'web', ...args], { program });
    expect(result.stderr).toBe('');
    expect(messages(result.stdout)).toEqual(lines);
  });

  test('logs -f goes on with new lines until the instance closes', async () => {
    const { url, logTap, streams } = await started();
    const child = startKubectl(url, ['logs', '-f', '--tail=1', 'web'], { program });
    expect(messages(String((await once(child.stdout, 'data'))[0]))).toEqual(['three']);
    logTap.log.child({ part: 'connector' }).info('four');
    expect(messages(String((await once(child.stdout, 'data'))[0]))).toEqual(['four']);
    const over = ended(child);
    await streams.close();
    await over;
  });
});

test('timestamps stand before each line', async () => {
  const { url } = await started();
  const { stdout } = await kubectl(url, ['logs', 'web', '--timestamps', '--tail=1']);
  expect(stdout).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \{"level".*\}\n$/);
});

test('no more bytes than wanted are sent', async () => {
  const { url } = await started();
  const { stdout } = await kubectl(url, ['logs', 'web', '--limit-bytes=12']);
  expect(stdout).toBe('{"level":"in');
});

/** Follows the log of a part of its own, and tells when the server has let go of the follower. */
async function follower() {
  const tap = createLogTap(silentLogger, { clock: systemClock });
  const stopped = Promise.withResolvers<void>();
  const follow: LogTap['follow'] = (part, listener) => {
    const stop = tap.follow(part, listener);
    return () => {
      stop();
      stopped.resolve();
    };
  };
  const wanted = readLogRequest(new URLSearchParams('follow=true'), 0);
  const server = createServer((_, response) => sendLogs(response, { ...tap, follow }, 'p', wanted));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const request = get({ port: (server.address() as AddressInfo).port, agent: false });
  request.on('error', () => {});
  const [response] = await once(request, 'response');
  return { request, response, log: tap.log.child({ part: 'p' }), stopped: stopped.promise };
}

test('a follower that leaves is forgotten', async () => {
  const { request, stopped } = await follower();
  request.destroy();
  await stopped;
});

test('a follower that does not read loses its connection instead of filling the memory', async () => {
  const { response, log, stopped } = await follower();
  response.on('error', () => {});
  let over = false;
  void stopped.then(() => {
    over = true;
  });
  await expect
    .poll(
      () => {
        for (let line = 0; line < 200; line++) log.info('x'.repeat(10_000));
        return over;
      },
      { timeout: 10_000 },
    )
    .toBe(true);
});

test.each([
  { what: 'an unknown pod', path: 'nosuch/log', status: 404, message: 'pods "nosuch" not found' },
  {
    what: 'an unknown container',
    path: 'web/log?container=x',
    status: 400,
    message: 'container x is not valid for pod web',
  },
  { what: 'a wrong number', path: 'web/log?tailLines=many', status: 400, message: 'tailLines: Invalid value: "many"' },
  { what: 'no time', path: 'web/log?sinceTime=soon', status: 400, message: 'sinceTime: Invalid value: "soon"' },
  {
    what: 'the log of an earlier container',
    path: 'web/log?previous=true',
    status: 400,
    message: 'previous terminated container "web" in pod "web" not found',
  },
  { what: 'a terminal', path: 'web/attach', status: 405, message: 'attach is not simulated' },
  {
    what: 'a plain request for a stream',
    path: 'web/exec?command=ls',
    status: 400,
    message: 'Upgrade request required',
  },
])('$what is refused with a Status', async ({ path, status, message }) => {
  const { url } = await started();
  const answer = await call(`${url}/api/v1/namespaces/default/pods/${path}`);
  const body = answer.json;
  expect(answer.status).toBe(status);
  expect(body).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status });
  expect(body.message).toContain(message);
});

test('the log of a pod in which nothing runs is refused in words', async () => {
  const { url, store } = await started();
  await store.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'own', namespace: 'default' },
    spec: { containers: [{ name: 'a' }] },
    status: { phase: 'Running' },
  });
  const { stderr, code } = await kubectl(url, ['logs', 'own']);
  expect(stderr).toMatch(/container "a" in pod "own" has no logs: Kymulator runs nothing in it/);
  expect(code).toBe(1);
});
