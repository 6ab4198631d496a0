import type { IncomingMessage } from 'node:http';
import type { Dispatcher } from 'undici';
import type { RawHeaders } from '../../http/raw-headers.ts';
import type { Authentication } from '../login/authentication.ts';
import type { Call } from './call.ts';
import type { Delivery } from './delivery.ts';
import { canonicalName, responseHeaders } from './headers.ts';

/** Bytes of an answer that nobody will get which are read to keep its connection. */
const DISCARDED = 64 * 1024;
/** Bytes that Go takes from a connection at a time, the head of the answer among them. */
const FIRST_READ = 4096;

/** What the attempts at one call have in common. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly call: Call;
  readonly delivery: Delivery;
  /** The client has its answer, or is gone: whatever the target still does is of no interest. */
  readonly over: boolean;
  /** Whether the client has sent all that the target is to get. */
  readonly isSent: boolean;
  /** @returns whether the call is made again instead of passing this answer on */
  retries(status: number, refused: Authentication): boolean;
  /** @returns whether the attempt is made again on another connection, since this one was closed under its feet */
  repeats(error: Error, attempt: Attempt): boolean;
  /** The target has begun to answer, and the client will get it. */
  answered(): void;
  /** The target's answer is at its end. */
  completed(): void;
  /** Answers with an empty error, or, when it is too late for that, breaks off so that the client notices. */
  fail(status: number, reason: Error): void;
}

export interface AttemptFacts {
  /** See `RequestHeaders`. */
  readonly unpack: boolean;
  readonly isFirst: boolean;
  /** The client gets the answer, or that of an attempt that comes after. */
  readonly isSeen: boolean;
}

/** One call of the target. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #entry: Authentication;
  readonly #facts: AttemptFacts;
  #controller: Dispatcher.DispatchController | undefined;
  /** Bytes of an answer that nobody gets; undefined while it is the client's. */
  #discarded: number | undefined;
  /** Bytes that the client still gets of an answer of which it gets the first read only. */
  #left: number | undefined;
  #ended = false;

  constructor(exchange: Exchange, entry: Authentication, facts: AttemptFacts) {
    this.#exchange = exchange;
    this.#entry = entry;
    this.#facts = facts;
    if (!facts.isSeen) this.#discarded = 0;
  }

  /** The same attempt from its beginning. */
  again(): Attempt {
    return new Attempt(this.#exchange, this.#entry, this.#facts);
  }

  abort(reason: Error): void {
    if (this.#facts.isSeen) this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#exchange.over && this.#facts.isSeen) controller.abort(new Error('the client is gone'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const exchange = this.#exchange;
    if (exchange.over || !this.#facts.isSeen) return;
    const raw = rawHeadersOf(controller.rawHeaders);
    // Another protocol was not asked for, and below a hundred there is nothing.
    if (status < 100 || status === 101 || status > 999) {
      exchange.fail(502, new Error(`the target answered with the status ${status}`));
      return;
    }
    if (status < 200) {
      exchange.delivery.passInterim(status, raw);
      return;
    }
    // Where the upload is still under way, the connection is of no use any more.
    const isSent = exchange.isSent;
    if (this.#facts.isFirst && exchange.retries(status, this.#entry)) {
      this.#discarded = 0;
      if (!isSent) controller.abort(new Error('the login was refused during the upload'));
      return;
    }
    exchange.answered();
    const { request, call } = exchange;
    if (!this.#facts.isFirst && call.behaviour.repeatedAnswer === 'first-read') this.#limitToFirstRead(raw);
    exchange.delivery.begin(
      responseHeaders(raw, {
        status,
        method: request.method ?? 'GET',
        clientTakesTrailers: request.httpVersionMinor > 0,
        unpack: this.#facts.unpack,
        behaviour: call.behaviour,
        rewriteLocation: call.rewriteLocation,
      }),
    );
  }

  #limitToFirstRead(raw: RawHeaders): void {
    const head = raw.reduce((length, text) => length + text.length + 2, 'HTTP/1.1 200 OK\r\n\r\n'.length);
    this.#left = Math.max(0, FIRST_READ - head);
    // What has come together with the head is delivered by then.
    process.nextTick(() => {
      if (!this.#ended) this.#exchange.fail(502, new Error('the rest of a repeated answer is lost'));
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#discarded !== undefined) {
      this.#discarded += chunk.length;
      if (this.#discarded > DISCARDED) controller.abort(new Error('nobody gets this answer'));
    } else if (!this.#exchange.over) {
      this.#exchange.delivery.write(this.#firstOf(chunk), controller);
    }
  }

  #firstOf(chunk: Buffer): Buffer {
    if (this.#left === undefined) return chunk;
    const first = chunk.subarray(0, this.#left);
    this.#left -= first.length;
    return first;
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: Record<string, string | string[] | undefined>) {
    if (this.#discarded !== undefined || this.#exchange.over) return;
    if (this.#left === 0) {
      this.#exchange.fail(502, new Error('the rest of a repeated answer is lost'));
      return;
    }
    this.#ended = true;
    this.#exchange.completed();
    this.#exchange.delivery.end(
      Object.entries(trailers).flatMap(([name, value = []]) =>
        [value].flat().map((one): [string, string] => [canonicalName(name), one]),
      ),
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#discarded === undefined && !this.#exchange.repeats(error, this)) this.#exchange.fail(502, error);
  }
}

function rawHeadersOf(raw: Dispatcher.DispatchController['rawHeaders']): RawHeaders {
  if (!Array.isArray(raw)) throw new TypeError('undici has not given the raw headers of an answer');
  return raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')));
}
