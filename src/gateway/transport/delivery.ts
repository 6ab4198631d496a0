import type { ServerResponse } from 'node:http';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { sniffContentType } from '../../go/sniff.ts';
import { breakOff } from '../../http/break-off.ts';
import { type BufferRelease, SpentBuffers } from '../../http/client/spent-buffers.ts';
import type { RawHeaders } from '../../http/raw-headers.ts';
import { type AnswerWriter, StreamedWriter } from './answer-writer.ts';
import { interimHead, type ResponseHeaders } from './headers.ts';
import { type AnswerState, answerStates, transition } from './states.ts';

/** Bytes unpacked at a time: more than Node takes from its pool of small buffers, so that they can be given back. */
const UNPACKED = 64 * 1024;

export interface Source {
  pause(): void;
  resume(): void;
}

/** Where the answer to an attempt goes. */
export interface AnswerSink {
  begin(head: ResponseHeaders): void;
  write(chunk: Buffer, source: Dispatcher.DispatchController): void;
  end(trailers: [string, string][]): void;
}

/** Brings the answer of a target to the client as it comes; a slow reader slows the source. (application-gateway §9) */
export class Delivery implements AnswerSink {
  readonly #response: ServerResponse;
  readonly #writer: AnswerWriter;
  readonly #failed: (reason: Error) => void;
  #state: AnswerState = 'waiting';
  #head: ResponseHeaders | undefined;
  /** What unpacks the target's bytes, once there are any: nothing at all is no error. */
  #gunzip: Gunzip | undefined;
  readonly #received: SpentBuffers;
  #paused: Source | undefined;

  /** @param failed told when the target's bytes cannot be unpacked */
  constructor(
    response: ServerResponse,
    failed: (reason: Error) => void,
    writer: AnswerWriter = new StreamedWriter(response),
    bufferRelease?: BufferRelease,
  ) {
    this.#response = response;
    this.#writer = writer;
    this.#failed = failed;
    this.#received = new SpentBuffers(bufferRelease);
  }

  /** Whether the target's answer is what the client gets. */
  get hasBegun(): boolean {
    return this.#head !== undefined;
  }

  #move(to: AnswerState): void {
    this.#state = transition(answerStates, this.#state, to);
  }

  begin(head: ResponseHeaders): void {
    if (this.#state === 'stopped') return;
    this.#head = head;
    this.#move(head.untyped ? 'untyped' : 'flowing');
    if (!head.untyped) this.#writer.head(head.status, head.headers);
  }

  write(chunk: Buffer, source: Source): void {
    if (this.#state === 'stopped') return;
    if (this.#head?.gunzip) this.#gunzip ??= this.#unpack();
    const gunzip = this.#gunzip;
    if (gunzip ? gunzip.write(chunk, this.#received.track(chunk)) : this.#deliver(chunk, this.#received)) return;
    source.pause();
    this.#paused = source;
    (gunzip ?? this.#response).once('drain', () => source.resume());
  }

  end(trailers: [string, string][]): void {
    if (this.#state === 'stopped') return;
    if (trailers.length > 0) this.#response.addTrailers(trailers);
    if (this.#gunzip) this.#gunzip.end();
    else this.#finish();
  }

  /** Passes on what a target says before its answer. */
  passInterim(status: number, raw: RawHeaders): void {
    const { socket, req } = this.#response;
    if (this.#state === 'stopped' || !socket || req.httpVersionMinor === 0) return;
    // Node's own means know two statuses, and of the headers of one only what it takes for right.
    socket.write(interimHead(status, raw), 'latin1');
  }

  /** Ends an answer in its middle so that it looks complete, unless its length was promised: then the connection ends. */
  finishEarly(): void {
    const head = this.#head;
    this.stop();
    if (!head) return;
    if (!this.#response.headersSent) this.#writer.head(head.status, head.headers);
    if (!head.headers.includes('Content-Length')) this.#writer.end();
    else if (this.#response.socket) this.#writer.flush(() => this.#response.destroy());
    else breakOff(this.#response);
  }

  /** The client is gone; the source may go on for itself. */
  detach(): void {
    this.stop();
    this.#paused?.resume();
  }

  /** Nothing more is written. */
  stop(): void {
    if (this.#state === 'stopped') return;
    this.#move('stopped');
    this.#gunzip?.destroy();
  }

  #unpack(): Gunzip {
    const gunzip = createGunzip({ chunkSize: UNPACKED });
    const unpacked = new SpentBuffers();
    gunzip.on('data', (chunk: Buffer) => {
      if (this.#deliver(chunk, unpacked)) return;
      gunzip.pause();
      this.#response.once('drain', () => gunzip.resume());
    });
    gunzip.on('end', () => this.#finish());
    gunzip.on('error', this.#failed);
    return gunzip;
  }

  /** @returns false when the client has to catch up first */
  #deliver(chunk: Buffer, from: SpentBuffers): boolean {
    if (this.#state === 'untyped') this.#type(chunk);
    return this.#writer.write(chunk, from);
  }

  #type(chunk: Buffer | undefined): void {
    const { status, headers } = this.#head as ResponseHeaders;
    this.#move('flowing');
    this.#writer.head(status, chunk ? [...headers, 'Content-Type', sniffContentType(chunk)] : headers);
  }

  #finish(): void {
    if (this.#state === 'stopped') return;
    if (this.#state === 'untyped') this.#type(undefined);
    this.#move('ended');
    this.#writer.end();
  }
}
