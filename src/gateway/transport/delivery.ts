import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { sniffContentType } from '../../go/sniff.ts';
import { breakOff } from '../../http/break-off.ts';
import { SpentBuffers, type WriteDone } from '../../http/client/spent-buffers.ts';
import type { RawHeaders } from '../../http/raw-headers.ts';
import { interimHead, type ResponseHeaders } from './headers.ts';

/** Bytes up to which an answer is worth copying to save a write. */
const SMALL = 16 * 1024;

/** Bytes unpacked at a time: more than Node takes from its pool of small buffers, so that they can be given back. */
const UNPACKED = 64 * 1024;

export interface Source {
  pause(): void;
  resume(): void;
}

/** Brings the answer of a target to the client as it comes; a slow reader slows the source. (application-gateway §9) */
export class Delivery {
  readonly #response: ServerResponse;
  readonly #failed: (reason: Error) => void;
  /** What unpacks the target's bytes, if they have to be. */
  #gunzip: Gunzip | undefined;
  /** The head that waits for the first bytes, from which the content type is guessed. */
  #untypedHead: ResponseHeaders | undefined;
  #over = false;
  /** The head was written in this turn of the event loop and waits for bytes to leave with. */
  #headWaits = false;
  /** Those bytes. */
  #held: Buffer | undefined;
  /** What the target's bytes came in, once there are many. */
  #received: SpentBuffers | undefined;
  /** The same for what is unpacked. */
  #unpacked: SpentBuffers | undefined;

  readonly #heldBack: number;
  /** What is held back, head and bytes, until there is enough of it. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #begun: ResponseHeaders | undefined;
  #paused: Source | undefined;
  /** There are bytes to unpack; nothing at all is not an error. */
  #isPacked = false;

  /**
   * @param failed told when the target's bytes cannot be unpacked
   * @param heldBack bytes below which nothing is sent before the end of the answer
   */
  constructor(response: ServerResponse, failed: (reason: Error) => void, heldBack = 0) {
    this.#response = response;
    this.#failed = failed;
    this.#heldBack = heldBack;
  }

  /** Whether the target's answer is what the client gets. */
  get hasBegun(): boolean {
    return this.#begun !== undefined;
  }

  begin(head: ResponseHeaders): void {
    if (this.#over) return;
    this.#begun = head;
    if (head.gunzip) this.#unpack();
    if (head.untyped) this.#untypedHead = head;
    else this.#writeHead(head.status, head.headers);
  }

  write(chunk: Buffer, source: Source): void {
    if (this.#over) return;
    const gunzip = this.#gunzip;
    this.#isPacked = true;
    if (gunzip ? writeTo(gunzip, chunk, this.#receive(chunk)) : this.#deliver(chunk, this.#receive)) return;
    source.pause();
    this.#paused = source;
    (gunzip ?? this.#response).once('drain', () => source.resume());
  }

  end(trailers: [string, string][]): void {
    if (this.#over) return;
    if (trailers.length > 0) this.#response.addTrailers(trailers);
    if (this.#gunzip && this.#isPacked) this.#gunzip.end();
    else this.#finish();
  }

  /** Passes on what a target says before its answer. */
  passInterim(status: number, raw: RawHeaders): void {
    const { socket, req } = this.#response;
    if (this.#over || !socket || req.httpVersionMinor === 0) return;
    // Node's own means know two statuses, and of the headers of one only what it takes for right.
    socket.write(interimHead(status, raw), 'latin1');
  }

  /**
   * Ends an answer in its middle so that it looks complete, unless its length was promised: then the connection ends.
   * Call it after `stop`.
   */
  finishEarly(): void {
    const head = this.#begun;
    if (!head?.headers.includes('Content-Length')) {
      this.#finish();
      return;
    }
    if (this.#untypedHead) this.#writeHead(head.status, head.headers);
    if (this.#response.socket) this.#sendWaiting(() => this.#response.destroy());
    else breakOff(this.#response);
  }

  /** The client is gone; the source may go on for itself. */
  forsake(): void {
    this.stop();
    this.#paused?.resume();
  }

  /** Nothing more is written. */
  stop(): void {
    this.#over = true;
    this.#gunzip?.destroy();
  }

  #unpack(): void {
    const gunzip = createGunzip({ chunkSize: UNPACKED });
    const response = this.#response;
    gunzip.on('data', (chunk: Buffer) => {
      if (this.#deliver(chunk, this.#inflate)) return;
      gunzip.pause();
      response.once('drain', () => gunzip.resume());
    });
    gunzip.on('end', () => this.#finish());
    gunzip.on('error', this.#failed);
    this.#gunzip = gunzip;
  }

  /** @returns false when the client has to catch up first */
  #deliver(chunk: Buffer, track: Tracker): boolean {
    if (this.#untypedHead) {
      const { status, headers } = this.#untypedHead;
      this.#writeHead(status, [...headers, 'Content-Type', sniffContentType(chunk)]);
    }
    if (this.#headWaits && !this.#held && this.#heldBack === 0) {
      this.#held = chunk;
      return true;
    }
    if (this.#heldBack > 0) return this.#holdBack(chunk);
    this.#release();
    return writeTo(this.#response, chunk, track.call(this, chunk));
  }

  #receive(chunk: Buffer): WriteDone | undefined {
    if (!this.#received && !SpentBuffers.counts(chunk)) return undefined;
    this.#received ??= new SpentBuffers();
    return this.#received.track(chunk);
  }

  #inflate(chunk: Buffer): WriteDone | undefined {
    this.#unpacked ??= new SpentBuffers();
    return this.#unpacked.track(chunk);
  }

  #holdBack(chunk: Buffer): boolean {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    return this.#waitingBytes < this.#heldBack || this.#sendWaiting();
  }

  #sendWaiting(done?: () => void): boolean {
    const bytes = Buffer.concat(this.#held ? [this.#held] : this.#waiting);
    this.#held = undefined;
    this.#waiting = [];
    this.#waitingBytes = 0;
    return this.#response.write(bytes, done);
  }

  #finish(): void {
    if (this.#untypedHead) this.#writeHead(this.#untypedHead.status, this.#untypedHead.headers);
    const held = this.#heldBack > 0 ? Buffer.concat(this.#waiting) : this.#held;
    this.#held = undefined;
    if (!held) this.#response.end();
    // Node sends a head and a string in one piece, but a head and a buffer in two: most of the cost of a small answer.
    else if (held.length <= SMALL) this.#response.end(held.toString('latin1'), 'latin1');
    else this.#response.end(held);
  }

  #writeHead(status: number, headers: RawHeaders): void {
    const response = this.#response;
    this.#untypedHead = undefined;
    response.writeHead(status, headers);
    if (this.#heldBack > 0) return;
    // Bytes that came with the head leave together with it; without any, the head must not wait for them.
    this.#headWaits = true;
    process.nextTick(() => this.#release());
  }

  #release(): void {
    if (!this.#headWaits) return;
    this.#headWaits = false;
    const held = this.#held;
    this.#held = undefined;
    if (this.#over || this.#response.writableEnded) return;
    if (held) this.#response.write(held);
    else this.#response.flushHeaders();
  }
}

type Tracker = (this: Delivery, chunk: Buffer) => WriteDone | undefined;

const writeTo = (sink: Writable, chunk: Buffer, done: WriteDone | undefined) =>
  done ? sink.write(chunk, done) : sink.write(chunk);
