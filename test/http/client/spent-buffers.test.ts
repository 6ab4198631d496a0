import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { disposableOnceWritten, SpentBuffers } from '../../../src/http/client/spent-buffers.ts';
import { prepareSocket } from '../../../src/http/client/target-socket.ts';

const large = () => Buffer.allocUnsafeSlow(64 * 1024);
const isFreed = (buffer: Buffer) => buffer.length === 0;

test('a buffer is freed when all of it is written and the reader is at its next', () => {
  const spent = new SpentBuffers();
  const [first, second] = [large(), large()];
  const done = [spent.track(first.subarray(0, 100)), spent.track(first.subarray(100))];
  done[0]?.();
  done[1]?.();
  expect(isFreed(first)).toBe(false);
  spent.track(second);
  expect([isFreed(first), isFreed(second)]).toEqual([true, false]);
});

test('a buffer that the reader has left behind is freed with its last write', () => {
  const spent = new SpentBuffers();
  const [first, second] = [large(), large()];
  const done = [spent.track(first.subarray(0, 100)), spent.track(first.subarray(100))];
  spent.track(second);
  done[1]?.();
  expect(isFreed(first)).toBe(false);
  done[0]?.();
  expect(isFreed(first)).toBe(true);
});

test('a buffer whose write failed is left to the collector', () => {
  const spent = new SpentBuffers();
  const first = large();
  const done = spent.track(first);
  spent.track(large());
  done?.(new Error('gone'));
  expect(isFreed(first)).toBe(false);
});

test('small buffers are not tracked, and those of the shared pool are never freed', () => {
  const spent = new SpentBuffers();
  expect(spent.track(Buffer.allocUnsafeSlow(100))).toBeUndefined();
  const pooled = Buffer.from('pooled');
  spent.track(pooled)?.();
  spent.track(large());
  expect(pooled.toString()).toBe('pooled');
});

test('a socket frees what is marked once it is written, and nothing else', async () => {
  const server = createServer((socket: Socket) => socket.resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = prepareSocket(connect((server.address() as { port: number }).port, '127.0.0.1'), new WeakSet());
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  const [marked, plain, part] = [large(), large(), large()];
  socket.write(disposableOnceWritten(marked));
  socket.write(disposableOnceWritten(part.subarray(0, 20_000)));
  expect(isFreed(marked)).toBe(false);
  await new Promise<void>((resolve) => socket.write(plain, () => resolve()));
  expect([marked, part, plain].map(isFreed)).toEqual([true, false, false]);
});
