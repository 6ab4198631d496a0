import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { roomLimits } from '../../src/edges/room.ts';
import { call } from '../support/call.ts';

const FILES = 256;

interface Address {
  readonly name: string;
  readonly url: string;
}

/** An instance that may have no more than so many descriptors. */
async function startSmall() {
  const child = spawn(
    'sh',
    ['-c', `ulimit -n ${FILES}; exec "$0" "$1"`, process.execPath, join(import.meta.dirname, 'crowded-child.ts')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    if (child.exitCode === null && child.kill()) await ended;
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const edges = JSON.parse(line) as Address[];
  const urlOf = (name: string) => edges.find((edge) => edge.name === name)?.url ?? '';
  return { child, edges, urlOf, descriptors: () => readdirSync(`/proc/${child.pid}/fd`).length };
}

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
    const { child, edges, urlOf, descriptors } = await startSmall();
    const plain = edges.filter(({ name, url }) => name !== 'control' && url.startsWith('http:'));
    const live = async () => (await call(`${urlOf('control')}/livez`)).status;

    const atOne = await Promise.all(Array.from({ length: 250 }, () => guest(urlOf('internal'))));
    expect(await live()).toBe(200);
    // Others have room beside a crowd at one door.
    expect((await call(`${urlOf('application-gateway-health')}/v1/health`)).status).toBe(200);
    expect(atOne.some(({ told }) => told.startsWith('HTTP/1.1 503 ') && told.includes('ulimit -n'))).toBe(true);

    const atAll = await Promise.all(Array.from({ length: 250 }, (_, at) => guest(plain[at % plain.length]?.url ?? '')));
    expect(await live()).toBe(200);
    expect(descriptors()).toBeLessThan(FILES);
    expect(atAll.filter(({ told }) => told === '').length).toBeGreaterThan(0);

    for (const { socket } of [...atOne, ...atAll]) socket.destroy();
    await expect
      .poll(async () => (await call(`${urlOf('internal')}/metrics`).catch(() => ({ status: 0 }))).status)
      .not.toBe(0);
    expect(child.exitCode).toBe(null);
  },
);

test.each([64, 256, 1024, 1_048_576])('with %i descriptors there is room for everything', (openFiles) => {
  const { together, edge, reserved } = roomLimits(openFiles);
  expect(edge).toBeLessThan(together);
  if (openFiles >= 256) expect(together + 16 + reserved + 16 + 64).toBeLessThan(openFiles);
});
