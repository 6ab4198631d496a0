import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { roomLimits } from '../../src/edges/room.ts';
import { call } from '../support/call.ts';
import { startInstanceProcess } from '../support/instance-process.ts';

const FILES = 256;

/** A client that stays, with what it has been told. */
interface Guest {
  readonly socket: Socket;
  told: string;
}

/** Fulfilled when the client is in or out. */
async function guest(url: string): Promise<Guest> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const made: Guest = { socket, told: '' };
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    made.told += bytes;
  });
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise<void>((resolve) => {
    for (const event of ['data', 'close']) socket.once(event, () => resolve());
  });
  return made;
}

test.runIf(process.platform === 'linux')(
  'with more clients than descriptors, some are told to go, the control edge answers, and nothing ends',
  { timeout: 60_000 },
  async () => {
    const instance = await startInstanceProcess(FILES);
    onTestFinished(() => instance[Symbol.asyncDispose]());
    const plain = instance.edges.filter(({ name, url }) => name !== 'control' && url.startsWith('http:'));
    const live = async () => (await call(`${instance.url('control')}/livez`)).status;

    const atOne = await Promise.all(Array.from({ length: 250 }, () => guest(instance.url('internal'))));
    expect(await live()).toBe(200);
    // Others have room beside a crowd at one door.
    expect((await call(`${instance.url('application-gateway-health')}/v1/health`)).status).toBe(200);
    expect(atOne.some(({ told }) => told.startsWith('HTTP/1.1 503 ') && told.includes('ulimit -n'))).toBe(true);

    const atAll = await Promise.all(Array.from({ length: 250 }, (_, at) => guest(plain[at % plain.length]?.url ?? '')));
    expect(await live()).toBe(200);
    expect(instance.descriptors()).toBeLessThan(FILES);
    expect(atAll.filter(({ told }) => told === '').length).toBeGreaterThan(0);

    for (const { socket } of [...atOne, ...atAll]) socket.destroy();
    await expect
      .poll(async () => (await call(`${instance.url('internal')}/metrics`).catch(() => ({ status: 0 }))).status)
      .not.toBe(0);
    expect(instance.runs).toBe(true);
  },
);

test.each([64, 256, 1024, 1_048_576])('with %i descriptors there is room for everything', (openFiles) => {
  const { together, edge, reserved } = roomLimits(openFiles);
  expect(edge).toBeLessThan(together);
  if (openFiles >= 256) expect(together + 16 + reserved + 16 + 64).toBeLessThan(openFiles);
});
