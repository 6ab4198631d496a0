import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect, test } from 'vitest';
import { startHttpBin } from './bin.ts';
import { WatchedClock } from './clock.ts';

/** Reads an answer as it comes. */
async function follow(port: number, path: string) {
  const outgoing = request({ host: '127.0.0.1', port, path, agent: false });
  outgoing.on('error', () => {});
  outgoing.end();
  const answered = once(outgoing, 'response').then(([answer]: IncomingMessage[]) => {
    if (!answer) throw new Error('no answer');
    return { answer, parts: answer.setEncoding('utf8')[Symbol.asyncIterator]() };
  });
  return {
    outgoing,
    answered: async () => (await answered).answer,
    /** The next part; undefined at the end. */
    async next(): Promise<string | undefined> {
      const { done, value } = await (await answered).parts.next();
      return done ? undefined : value;
    },
  };
}

test('/sse sends one event at a time, and its timing behind them', async () => {
  const clock = new WatchedClock(0);
  const { port } = await startHttpBin(clock);
  const { next, answered } = await follow(port, '/sse?count=3&duration=4s&delay=1s');
  await clock.waiting(1);
  clock.advance(1000);
  const answer = await answered();
  expect(answer.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    trailer: 'Server-Timing',
  });
  expect(await next()).toBe('event: ping\ndata: {"id":0,"timestamp":1000}\n\n');
  for (const id of [1, 2]) {
    await clock.waiting(id + 1);
    const part = next();
    clock.advance(2000);
    expect(await part).toBe(`event: ping\ndata: {"id":${id},"timestamp":${1000 + id * 2000}}\n\n`);
  }
  expect(await next()).toBeUndefined();
  expect(clock.waits).toEqual([1000, 2000, 2000]);
  expect(answer.trailers['server-timing']).toBe(
    'total_duration;dur=5000.00;desc="total request duration", initial_delay;dur=1000.00;desc="initial delay", ' +
      'write_duration;dur=4000.00;desc="duration of writes after initial delay", ' +
      'pause_per_write;dur=2000.00;desc="computed pause between writes"',
  );
});

test('/jsonl shows the request in every line, with time between them', async () => {
  const clock = new WatchedClock(0);
  const { port } = await startHttpBin(clock);
  const { next, answered } = await follow(port, '/jsonl?count=2&duration=4s');
  expect((await answered()).headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
  const line = (id: number) =>
    new RegExp(`^{"id":${id},"args":{"count":\\["2"],.*"url":"http://127\\.0\\.0\\.1:.*"}\n$`);
  expect(await next()).toMatch(line(0));
  await clock.waiting(1);
  const part = next();
  clock.advance(4000);
  expect(await part).toMatch(line(1));
  expect(await next()).toBeUndefined();
});

test('parts that are late do not delay those behind them', async () => {
  const clock = new WatchedClock(0);
  const { port } = await startHttpBin(clock);
  const { next } = await follow(port, '/sse?count=4&duration=3s');
  await next();
  await clock.waiting(1);
  clock.advance(2500);
  await clock.waiting(2);
  expect(clock.waits).toEqual([1000, 500]);
});

test('/drip answers after its delay, byte by byte', async () => {
  const clock = new WatchedClock(0);
  const { port } = await startHttpBin(clock);
  const { next, answered } = await follow(port, '/drip?numbytes=2&duration=3&code=201');
  await clock.waiting(1);
  clock.advance(2000);
  const answer = await answered();
  expect(answer.statusCode).toBe(201);
  expect(answer.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'content-length': '2' });
  expect(await next()).toBe('*');
  await clock.waiting(2);
  const part = next();
  clock.advance(3000);
  expect(await part).toBe('*');
  expect(clock.waits).toEqual([2000, 3000]);
});

test('a client that leaves in the middle of a stream leaves no timer behind', async () => {
  const clock = new WatchedClock(0);
  const { port } = await startHttpBin(clock);
  const { next, outgoing } = await follow(port, '/sse?count=2&duration=4s');
  await next();
  await clock.waiting(1);
  outgoing.destroy();
  await expect.poll(() => clock.cancelled).toBe(1);
});
