import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type BufferRelease, disposableOnceWritten } from '../../http/client/spent-buffers.ts';
import { type BodyState, bodyStates, transition } from './states.ts';

/** A request, as far as its body goes. */
export type ClientBody = Readable & Pick<IncomingMessage, 'headers'>;

/** Told how a body comes in. */
export interface BodyWatch {
  /** The client is not read from, since the target takes no more. */
  paused(): void;
  resumed(): void;
  /** The client has sent everything. */
  completed(): void;
}

/**
 * A client's body on its way to a target, of which the beginning is kept so that it can be sent once more.
 * The stream is one of its own: undici destroys the body of a failed call, and destroying the request itself would cut
 * the client off before it has its answer. (application-gateway §5.7)
 */
export class KeptBody {
  readonly #request: ClientBody;
  readonly #limit: number;
  #state: BodyState = 'unread';
  #kept: Buffer[] | undefined = [];
  #length = 0;
  #complete = false;
  #sink: Readable | undefined;
  #collected: ((isWhole: boolean) => void) | undefined;
  readonly #watch: BodyWatch;
  readonly #bufferRelease: BufferRelease | undefined;

  /** @param limit bytes up to which a body is kept; a longer one can be sent only once */
  constructor(request: ClientBody, limit: number, watch: BodyWatch, bufferRelease?: BufferRelease) {
    this.#request = request;
    this.#limit = limit;
    this.#watch = watch;
    this.#bufferRelease = bufferRelease;
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > limit || limit === 0) this.#kept = undefined;
  }

  #move(to: BodyState): void {
    this.#state = transition(bodyStates, this.#state, to);
  }

  /** Whether everything that was sent so far can be sent again. */
  get isKept(): boolean {
    return this.#kept !== undefined;
  }

  /** The client has sent everything. */
  get isComplete(): boolean {
    return this.#complete;
  }

  /**
   * Reads everything before it is opened.
   * @param done told whether all of it was kept: a body beyond the limit is not
   */
  collect(done: (isWhole: boolean) => void): void {
    this.#collected = done;
    this.#move('collecting');
    this.#read();
    this.#request.resume();
  }

  /** All bytes, when they are there and kept. */
  whole(): Buffer | undefined {
    return this.#complete && this.#kept ? Buffer.concat(this.#kept) : undefined;
  }

  /** It will be opened once more, but not yet: nothing may get lost meanwhile, whatever the limit. */
  hold(): void {
    this.#move('held');
    this.#pause();
  }

  /** The body from its beginning. The stream that was opened before gets nothing more. */
  open(): Readable {
    const sink = new Readable({
      // Of a stream of bytes that is at its end undici would tell the target the length, in place of sending chunks.
      objectMode: true,
      highWaterMark: 1,
      read: () => this.#resume(),
    });
    sink.on('error', () => {});
    this.#sink = sink;
    for (const chunk of this.#kept ?? []) sink.push(chunk);
    if (this.#complete) sink.push(null);
    const before = this.#state;
    this.#move('flowing');
    if (before === 'held') this.release();
    if (before === 'unread') this.#read();
    return sink;
  }

  #read(): void {
    this.#request.on('data', this.#receive);
    this.#request.once('end', this.#finish);
  }

  /** Nothing will be sent again: what was kept is let go. */
  release(): void {
    this.#kept = undefined;
  }

  /** Ends everything; what the client still sends is of no interest. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#move('closed');
    this.release();
    this.#request.off('data', this.#receive);
    this.#sink?.destroy();
  }

  readonly #receive = (chunk: Buffer): void => {
    this.#keep(chunk);
    if (this.#state === 'collecting') {
      if (!this.#kept) this.#collect(false);
      return;
    }
    const sink = this.#sink;
    const isFlowing = this.#state === 'flowing' && sink !== undefined && !sink.destroyed;
    if (!isFlowing || !sink.push(this.#kept ? chunk : disposableOnceWritten(chunk, this.#bufferRelease))) this.#pause();
  };

  #pause(): void {
    this.#request.pause();
    this.#watch.paused();
  }

  #resume(): void {
    this.#request.resume();
    this.#watch.resumed();
  }

  readonly #finish = (): void => {
    this.#complete = true;
    this.#watch.completed();
    this.#collect(true);
    if (!this.#sink?.destroyed) this.#sink?.push(null);
  };

  #collect(isWhole: boolean): void {
    const done = this.#collected;
    this.#collected = undefined;
    done?.(isWhole);
  }

  #keep(chunk: Buffer): void {
    if (!this.#kept) return;
    this.#length += chunk.length;
    if (this.#length > this.#limit && this.#state !== 'held') this.#kept = undefined;
    else this.#kept.push(chunk);
  }
}

/** Whether a request has a body. */
export const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
