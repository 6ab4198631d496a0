import { Duplex } from 'node:stream';
import type { Headers } from './header-blocks.ts';

/** What a stream needs of its connection. */
export interface StreamPort {
  /** @param sent called when the transport takes more */
  send(streamId: number, data: Buffer, sent: (error?: Error | null) => void): void;
  finish(streamId: number, sent: (error?: Error | null) => void): void;
  /** @param aborted whether the client must be told that this was no ordinary end */
  closed(stream: SpdyStream, aborted: boolean): void;
  /** Tells how many bytes of the client wait in this stream for their reader. */
  waiting(stream: SpdyStream, bytes: number): void;
}

/** One stream of a connection: bytes both ways, of which each can end by itself. */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: Headers;
  readonly #port: StreamPort;
  #queue: Buffer[] = [];
  #waiting = 0;
  #wanted = false;
  #remoteEnded = false;
  #wasReset = false;

  constructor(id: number, headers: Headers, port: StreamPort) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.headers = headers;
    this.#port = port;
    // Streams end with their connection at any time; whoever reads them sees that by `close`.
    this.on('error', () => {});
  }

  /** Data of the client. */
  receive(data: Buffer): void {
    if (this.destroyed || this.#remoteEnded || data.length === 0) return;
    this.#queue.push(data);
    this.#waiting += data.length;
    this.#deliver();
  }

  /** The client will send no more. */
  receiveEnd(): void {
    if (this.#remoteEnded) return;
    this.#remoteEnded = true;
    this.#deliver();
  }

  /** The client wants nothing more of this stream, or cannot be reached any more. */
  receiveReset(): void {
    this.#wasReset = true;
    this.destroy();
  }

  override _read(): void {
    this.#wanted = true;
    this.#deliver();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#port.send(this.id, chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#port.finish(this.id, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#queue = [];
    this.#waiting = 0;
    this.#port.waiting(this, 0);
    const ended = this.#remoteEnded && this.writableFinished;
    this.#port.closed(this, !ended && !this.#wasReset);
    done(error);
  }

  #deliver(): void {
    while (this.#wanted && this.#queue.length > 0) {
      const data = this.#queue.shift() as Buffer;
      this.#waiting -= data.length;
      this.#wanted = this.push(data);
    }
    if (this.#remoteEnded && this.#queue.length === 0) this.push(null);
    this.#port.waiting(this, this.#waiting);
  }
}
