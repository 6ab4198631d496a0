import type { Socket } from 'node:net';
import { Duplex, Readable } from 'node:stream';
import { type buildConnector, Client, type Dispatcher } from 'undici';
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { type BufferRelease, disposableOnceWritten, SpentBuffers } from './spent-buffers.ts';
import { prepareSocket } from './target-socket.ts';

/**
 * Safe is what has been tried, since undici promises nobody that it does not look at a buffer again. The first question
 * has it tried; until that is done, and when it fails, buffers are left to the garbage collector.
 * (docs/decisions/long-bodies.md)
 */
export function createBufferRelease(log: Logger, check: () => Promise<void> = checkBufferRelease): BufferRelease {
  let asked = false;
  let isSafe = false;
  async function find(): Promise<void> {
    try {
      await check();
      isSafe = true;
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'long bodies need more memory than usual with this version of undici');
    }
  }
  return {
    get isSafe() {
      if (!asked) void find();
      asked = true;
      return isSafe;
    },
  };
}

/** Opens a client for one connection. */
export type CreateClient = (connect: buildConnector.connector) => {
  readonly dispatch: Dispatcher['dispatch'];
  destroy(): Promise<void>;
};

const ORIGIN = 'http://memory';
const COUNT = 6;
const SIZE = 64 * 1024;

/**
 * Passes long bodies through undici in both directions, over a connection in memory, and frees their buffers.
 * @throws Error when other bytes arrive, or when nothing can be freed
 */
export async function checkBufferRelease(createClient: CreateClient = defaultClient): Promise<void> {
  const sent = Array.from({ length: COUNT }, (_, at) => Buffer.allocUnsafeSlow(SIZE).fill(at + 1));
  const expected = Buffer.concat(sent);
  const socket = new MemorySocket(expected);
  // undici wants a socket, and takes any stream.
  const prepared = prepareSocket(socket as Duplex as Socket, new WeakSet());
  const client = createClient((_, callback) => setImmediate(() => callback(null, prepared)));
  try {
    const received = await exchange(client, sent);
    if (!received.equals(expected)) throw new Error('bytes of an answer have changed');
    if (!socket.body.equals(expected)) throw new Error('bytes of a request have changed');
    if (sent.some(({ length }) => length > 0)) throw new Error('buffers are copied before they are written');
  } finally {
    await client.destroy();
  }
}

const defaultClient: CreateClient = (connect) => new Client(ORIGIN, { connect, pipelining: 1 });

/** @returns the body of the answer */
function exchange(client: ReturnType<CreateClient>, body: readonly Buffer[]): Promise<Buffer> {
  const spent = new SpentBuffers();
  const received: Buffer[] = [];
  return new Promise((resolve, reject) => {
    client.dispatch(
      {
        origin: ORIGIN,
        path: '/',
        method: 'POST',
        headers: { 'content-length': String(COUNT * SIZE) },
        body: Readable.from(body.map((chunk) => disposableOnceWritten(chunk))),
      },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(controller, chunk) {
          received.push(Buffer.from(chunk));
          const written = spent.track(chunk);
          controller.pause();
          setImmediate(() => {
            written?.();
            controller.resume();
          });
        },
        onResponseEnd: () => resolve(Buffer.concat(received)),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}

/** A server at the other end, which takes what is written as a kernel does: by copying it, a moment later. */
class MemorySocket extends Duplex {
  readonly #answer: Buffer[];
  #received: Buffer = Buffer.alloc(0);

  constructor(answer: Buffer) {
    super();
    const bytes = Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n`), answer]);
    this.#answer = [];
    // A reader gets each piece in a buffer of its own.
    for (let at = 0; at < bytes.length; at += SIZE) {
      this.#answer.push(Buffer.concat([bytes.subarray(at, at + SIZE), Buffer.alloc(0)]));
    }
  }

  /** Of the request. */
  get body(): Buffer {
    return this.#received.subarray(this.#received.indexOf('\r\n\r\n') + 4);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    setImmediate(() => {
      this.#received = Buffer.concat([this.#received, chunk]);
      done();
      if (this.body.length === COUNT * SIZE) this.#send();
    });
  }

  override _read(): void {
    if (this.body.length === COUNT * SIZE) this.#send();
  }

  #send(): void {
    setImmediate(() => {
      const next = this.#answer.shift();
      if (next) this.push(next);
    });
  }
}
