import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type RequestListener, request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { listen } from '../../external-system/serve.ts';
import { makeCertificates } from '../certificates.ts';
import { startGateway } from '../start.ts';

const MEGABYTE = 1024 ** 2;
const GIGABYTE = 1024 * MEGABYTE;
/** Repeated to make a long body; buffers that were mixed up do not look like it. */
const pattern = randomBytes(MEGABYTE);

const repeated = (block: Buffer, times: number) =>
  Readable.from(
    (function* () {
      for (let sent = 0; sent < times; sent++) yield block;
    })(),
  );

/** Counts the bytes that are as they should be. */
class Checker extends Writable {
  count = 0;
  readonly #pause: (next: () => void) => void;

  /** @param pause what a reader does after each of its reads */
  constructor(pause = (next: () => void) => next()) {
    super();
    this.#pause = pause;
  }

  override _write(chunk: Buffer, _: unknown, done: (error?: Error) => void): void {
    for (let at = 0; at < chunk.length; ) {
      const from = this.count % pattern.length;
      const length = Math.min(chunk.length - at, pattern.length - from);
      if (pattern.compare(chunk, at, at + length, from, from + length) !== 0) {
        done(new Error(`other bytes than were sent, after ${this.count}`));
        return;
      }
      at += length;
      this.count += length;
    }
    this.#pause(done);
  }
}

async function listenSecurely(listener: RequestListener): Promise<number> {
  const { crt, key } = makeCertificates().server;
  const server = createServer({ cert: crt, key }, listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await promisify(server.close.bind(server))();
  });
  return (server.address() as AddressInfo).port;
}

async function startCold(targetUrl: string) {
  const child = fork(new URL('memory-child.ts', import.meta.url), [targetUrl], { execArgv: [] });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.disconnect();
    await once(child, 'exit');
  });
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the instance has ended with ${code}`)));
  failed.catch(() => {});
  const [{ url }] = (await Promise.race([once(child, 'message'), failed])) as [{ url: string }];
  return {
    url: `${url}/app/svc`,
    async megabytesGrown() {
      child.send('?');
      const [{ grownBy }] = (await once(child, 'message')) as [{ grownBy: number }];
      return grownBy / MEGABYTE;
    },
  };
}

test.each([
  ['with a length', { 'content-length': GIGABYTE }, listen],
  ['in chunks', {}, listen],
  ['over TLS', { 'content-length': GIGABYTE }, listenSecurely],
])(
  '1 GB in both directions %s arrives as sent, and memory grows by less than 64 MB',
  { timeout: 60_000 },
  async (_, length, serve) => {
    const port = await serve((incoming, response) => {
      response.writeHead(200, length);
      void pipeline(incoming, response);
    });
    const gateway = await startCold(`${serve === listen ? 'http' : 'https'}://localhost:${port}`);
    const outgoing = request(gateway.url, { method: 'POST', headers: length });
    const answered = once(outgoing, 'response');
    const uploaded = pipeline(repeated(pattern, 1024), outgoing);
    const [answer] = await answered;
    const checker = new Checker();
    await Promise.all([uploaded, pipeline(answer, checker)]);
    expect(checker.count).toBe(GIGABYTE);
    expect(await gateway.megabytesGrown()).toBeLessThan(64);
  },
);

test('1 GB that comes compressed is unpacked, and memory grows by less than 64 MB', { timeout: 60_000 }, async () => {
  const packed = gzipSync(pattern);
  const target = await listen((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    void pipeline(repeated(packed, 1024), response);
  });
  const gateway = await startCold(`http://localhost:${target}`);
  const [answer] = await once(request(gateway.url).end(), 'response');
  const checker = new Checker();
  await pipeline(answer, checker);
  expect(checker.count).toBe(GIGABYTE);
  expect(await gateway.megabytesGrown()).toBeLessThan(64);
});

test('many slow readers and uploads at the same time each get their own bytes', { timeout: 60_000 }, async () => {
  const target = await listen((incoming, response) => void pipeline(incoming, response));
  const gateway = await startGateway(`http://127.0.0.1:${target}`, { clock: systemClock });
  const counts = await Promise.all(
    Array.from({ length: 16 }, async (_, at) => {
      const outgoing = request({ port: gateway.port, method: 'POST', path: '/app/svc', agent: false });
      const answered = once(outgoing, 'response');
      const uploaded = pipeline(repeated(pattern, 16), outgoing);
      const [answer] = await answered;
      const checker = new Checker(at % 2 ? (next) => setTimeout(next, 1) : setImmediate);
      await Promise.all([uploaded, pipeline(answer, checker)]);
      return checker.count;
    }),
  );
  expect(counts).toEqual(Array(16).fill(16 * MEGABYTE));
});
