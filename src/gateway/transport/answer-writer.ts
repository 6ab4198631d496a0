import type { ServerResponse } from 'node:http';
import type { SpentBuffers } from '../../http/client/spent-buffers.ts';
import type { RawHeaders } from '../../http/raw-headers.ts';

/** How an answer is written to the client. */
export interface AnswerWriter {
  head(status: number, headers: RawHeaders): void;
  /**
   * @param from what gives the memory of the bytes back once they are written
   * @returns false when the client has to catch up first
   */
  write(chunk: Buffer, from: SpentBuffers): boolean;
  end(): void;
  /** Writes whatever waits, and the head in any case. */
  flush(done: () => void): void;
}

/** As it comes, with as few writes as possible. */
export class StreamedWriter implements AnswerWriter {
  readonly #response: ServerResponse;
  /** The head was written in this turn of the event loop, and waits for bytes to leave with. */
  #headWaits = false;
  /** Those bytes. */
  #first: Buffer | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  head(status: number, headers: RawHeaders): void {
    this.#response.writeHead(status, headers);
    // Bytes that came with the head leave together with it; without any, the head must not wait for them.
    this.#headWaits = true;
    process.nextTick(() => this.#release());
  }

  write(chunk: Buffer, from: SpentBuffers): boolean {
    if (this.#headWaits && !this.#first) {
      this.#first = chunk;
      return true;
    }
    this.#release();
    const done = from.track(chunk);
    return done ? this.#response.write(chunk, done) : this.#response.write(chunk);
  }

  end(): void {
    endWith(this.#response, this.#takeFirst());
  }

  flush(done: () => void): void {
    this.#response.write(this.#takeFirst() ?? Buffer.alloc(0), done);
  }

  #release(): void {
    if (!this.#headWaits) return;
    const first = this.#takeFirst();
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (first) this.#response.write(first);
    else this.#response.flushHeaders();
  }

  #takeFirst(): Buffer | undefined {
    const first = this.#first;
    this.#headWaits = false;
    this.#first = undefined;
    return first;
  }
}

/** Bytes up to which an answer is worth copying to save a write. */
const SMALL = 16 * 1024;

/** Ends an answer with its last bytes. */
export function endWith(response: ServerResponse, bytes: Buffer | undefined): void {
  if (!bytes) response.end();
  // Node sends a head and a string in one piece, but a head and a buffer in two: most of the cost of a small answer.
  else if (bytes.length <= SMALL) response.end(bytes.toString('latin1'), 'latin1');
  else response.end(bytes);
}
