import { Readable } from 'node:stream';
import { pino } from 'pino';
import { Client, type Dispatcher } from 'undici';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/core/log.ts';
import { type CreateClient, checkBufferRelease, createBufferRelease } from '../../../src/http/client/buffer-release.ts';

test('the undici that is installed does not look at a buffer again once its bytes have left', async () => {
  await expect(checkBufferRelease()).resolves.toBeUndefined();
});

/** A client that is undici's but for what is done to a request or its answer. */
const changed =
  (interceptor: Dispatcher.DispatcherComposeInterceptor): CreateClient =>
  (connect) => {
    const client = new Client('http://memory', { connect });
    const composed = client.compose(interceptor);
    return { dispatch: (options, handler) => composed.dispatch(options, handler), destroy: () => client.destroy() };
  };

/** Looks at each chunk again before it writes the next but one, as one that counts what was written would. */
const counting = changed((dispatch) => (options, handler) => {
  async function* body(): AsyncGenerator<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of options.body as AsyncIterable<Buffer>) {
      if (chunks.at(-2)?.length === 0) throw new Error('a chunk was empty');
      chunks.push(chunk);
      yield chunk;
    }
  }
  return dispatch({ ...options, body: Readable.from(body(), { highWaterMark: 1 }) }, handler);
});

/** Writes each chunk in two pieces of its own. */
const copying = changed((dispatch) => (options, handler) => {
  async function* body(): AsyncGenerator<Buffer> {
    for await (const chunk of options.body as AsyncIterable<Buffer>) {
      yield Buffer.from(chunk.subarray(0, 1));
      yield Buffer.from(chunk.subarray(1));
    }
  }
  return dispatch({ ...options, body: Readable.from(body()) }, handler);
});

/** Keeps what it delivers, and delivers it once more. */
const storing = changed((dispatch) => (options, handler) => {
  const chunks: Buffer[] = [];
  const inner = handler as Required<Dispatcher.DispatchHandler>;
  return dispatch(options, {
    onRequestStart: (controller, context) => inner.onRequestStart(controller, context),
    onResponseStart: (controller, ...head) => inner.onResponseStart(controller, ...head),
    onResponseData(controller, chunk) {
      chunks.push(chunk);
      inner.onResponseData(controller, chunk);
    },
    onResponseEnd(controller, trailers) {
      inner.onResponseData(controller, Buffer.concat(chunks));
      inner.onResponseEnd(controller, trailers);
    },
    onResponseError: (controller, error) => inner.onResponseError(controller, error),
  });
});

test.each<[what: string, client: CreateClient, reason: RegExp]>([
  ['counts what it has written', counting, /a chunk was empty/],
  ['copies what it writes', copying, /copied before they are written/],
  ['delivers what it has kept', storing, /detached/],
])('a client that %s is noticed', async (_, client, reason) => {
  await expect(checkBufferRelease(client)).rejects.toThrow(reason);
});

test('nothing is freed before it is known to be safe, and never when it is not', async () => {
  const outcome = Promise.withResolvers<void>();
  let checks = 0;
  const release = createBufferRelease(silentLogger, () => {
    checks++;
    return outcome.promise;
  });
  expect(checks).toBe(0);
  expect([release.isSafe, release.isSafe, checks]).toEqual([false, false, 1]);
  outcome.resolve();
  await expect.poll(() => release.isSafe).toBe(true);
  expect(checks).toBe(1);
});

test('the log says why it is not safe', async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const release = createBufferRelease(log, async () => {
    throw new Error('bytes of an answer have changed');
  });
  expect(release.isSafe).toBe(false);
  await expect.poll(() => lines.length).toBe(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, reason: 'bytes of an answer have changed' });
  expect(release.isSafe).toBe(false);
});
