import { expect, onTestFinished, test } from 'vitest';
import { WorkQueue } from '../../src/controllers/work-queue.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { settled } from './start.ts';

function startQueue(work: (key: string, signal: AbortSignal) => Promise<void>) {
  const clock = new ManualClock();
  const queue = new WorkQueue({ clock, log: silentLogger, work });
  onTestFinished(() => queue.close());
  return { clock, queue };
}

test('a key is worked on once however often it was added, and again when it is added meanwhile', async () => {
  const done: string[] = [];
  const { queue } = startQueue(async (key) => {
    done.push(key);
    if (key === 'again' && done.length === 3) queue.add('again');
    await settled();
  });
  for (const key of ['a', 'b', 'a', 'again', 'a']) queue.add(key);
  expect(done).toEqual([]);
  await expect.poll(() => done).toEqual(['a', 'b', 'again', 'again']);
  queue.add('a');
  await expect.poll(() => done.length).toBe(5);
});

test('work that fails is tried again later, once for each key, and stops nothing else', async () => {
  const done: string[] = [];
  const { queue, clock } = startQueue(async (key) => {
    done.push(key);
    if (key === 'bad') throw new Error('no');
  });
  for (const key of ['bad', 'good']) queue.add(key);
  await settled();
  queue.add('bad');
  await settled();
  expect(done).toEqual(['bad', 'good', 'bad']);
  clock.advance(29_999);
  await settled();
  expect(done).toHaveLength(3);
  clock.advance(1);
  await settled();
  expect(done).toHaveLength(4);
});

test('a queue that closes waits for the work under way, and begins no more', async () => {
  const done: string[] = [];
  const finish = Promise.withResolvers<void>();
  const { queue, clock } = startQueue(async (key, signal) => {
    if (key === 'bad') throw new Error('no');
    await finish.promise;
    done.push(`${key} ${signal.aborted}`);
  });
  for (const key of ['bad', 'a', 'b']) queue.add(key);
  await settled();
  const closed = queue.close();
  queue.add('c');
  finish.resolve();
  await closed;
  expect(done).toEqual(['a true']);
  clock.advance(60_000);
  await settled();
  expect(done).toEqual(['a true']);
});
