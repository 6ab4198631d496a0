import { isMarkedAsUntransferable } from 'node:worker_threads';

/** Whether buffers may be freed as soon as their bytes have left. See `createBufferRelease`. */
export interface BufferRelease {
  readonly isSafe: boolean;
}

const always: BufferRelease = { isSafe: true };

/** Bytes from which giving a buffer back at once is worth more than leaving it to the garbage collector. */
const LARGE = 16 * 1024;

/**
 * Gives the memory of a stream's buffers back as soon as their bytes have left. The collector sees the small objects
 * and not the 64 KiB behind each of them, so a fast stream would pile up a hundred megabytes before it is run, and then
 * have it run all the time. (docs/decisions/long-bodies.md)
 */
export class SpentBuffers {
  readonly #release: BufferRelease;
  #current: { readonly memory: ArrayBufferLike; pending: number; isRead: boolean } | undefined;

  /** @param release asked only for large buffers; default: always */
  constructor(release = always) {
    this.#release = release;
  }

  /**
   * Call it right before a write of bytes that came from a reader which fills one buffer after the other.
   * @returns what to call when the write is done; undefined for buffers that are not worth it
   */
  track(chunk: Buffer): WriteDone | undefined {
    const memory = chunk.buffer;
    if (this.#current?.memory !== memory) this.#turnOver(memory);
    const current = this.#current;
    if (!current) return undefined;
    current.pending++;
    return (error) => {
      // What could not be written may still be in the hands of the operating system.
      if (error) return;
      current.pending--;
      if (current.isRead && current.pending === 0) free(current.memory);
    };
  }

  /** The reader is at its next buffer, and so will not look at the one before again. */
  #turnOver(memory: ArrayBufferLike): void {
    const last = this.#current;
    this.#current =
      memory.byteLength < LARGE || !this.#release.isSafe ? undefined : { memory, pending: 0, isRead: false };
    if (!last) return;
    last.isRead = true;
    if (last.pending === 0) free(last.memory);
  }
}

export type WriteDone = (error?: Error | null) => void;

const disposable = Symbol('disposable');

/**
 * Marks bytes that nobody will need once they are written to a server.
 * @param release asked only for large buffers; default: always
 */
export function disposableOnceWritten(chunk: Buffer, release = always): Buffer {
  const fills = chunk.byteLength >= LARGE && chunk.byteLength === chunk.buffer.byteLength;
  return fills && release.isSafe ? Object.assign(chunk, { [disposable]: true }) : chunk;
}

/** What to call when such bytes are written; undefined for others. */
export function freeOnceWritten(chunk: unknown): WriteDone | undefined {
  if (!(chunk instanceof Uint8Array && disposable in chunk)) return undefined;
  return (error) => {
    if (!error) free(chunk.buffer);
  };
}

function free(memory: ArrayBufferLike): void {
  // Node's pool of small buffers is marked so: it belongs to everybody.
  if (memory instanceof ArrayBuffer && !isMarkedAsUntransferable(memory)) memory.transfer(0);
}
