import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Clock } from '../core/clock.ts';
import { type RawHeaders, requestHeaders, responseHeaders } from './headers.ts';
import type { Manners } from './manners.ts';
import { sniffContentType } from './sniff.ts';

/** One call to a target, everything decided. */
export interface Call {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** Path and query, encoded. */
  readonly path: string;
  /** What the target gets as `Host`. */
  readonly host: string;
  /** The Application's setting. */
  readonly skipVerify: boolean;
  readonly manners: Manners;
  readonly limits: Limits;
  /** See `ResponseFacts`. */
  rewriteLocation(location: string): string | undefined;
  /** Told once when the call could not be completed, with the reason that the client does not get. */
  failed(reason: Error): void;
}

export interface Limits {
  readonly clock: Clock;
  /** Milliseconds until the target must have sent its answer's head, the upload included. (application-gateway §10) */
  readonly proxyTimeout: number;
  /** Milliseconds until the client must have sent its request. (application-gateway §10) */
  readonly requestTimeout: number;
}

/**
 * Sends a request on and its answer back, both as they come: nothing is kept, a slow reader slows the writer.
 * A client that goes away ends the call (deviation: upstream lets it run). (application-gateway §8–§10)
 */
export function forward(request: IncomingMessage, response: ServerResponse, call: Call): void {
  const method = request.method ?? 'GET';
  const { headers, unpack } = requestHeaders(request.rawHeaders, {
    method,
    host: call.host,
    clientAddress: request.socket.remoteAddress,
    manners: call.manners,
  });
  const exchange = new Exchange(request, response, call, unpack);
  call.dispatcher.dispatch(
    {
      origin: call.origin,
      path: call.path,
      method: method as Dispatcher.HttpMethod,
      headers,
      body: hasBody(request) ? exchange.takeBody() : null,
    },
    exchange,
  );
}

/** Bytes up to which an answer is worth copying to save a write. */
const SMALL = 16 * 1024;

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** What is under way between one client and one target. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #call: Call;
  readonly #unpack: boolean;
  readonly #stopTimer: () => void;
  #stopRequestTimer: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  /** What unpacks the target's bytes, if they have to be. */
  #gunzip: Gunzip | undefined;
  /** The head that waits for the first bytes, from which the content type is guessed. */
  #untypedHead: { readonly status: number; readonly headers: RawHeaders } | undefined;
  /** The client has its answer, or is gone: whatever the target still does is of no interest. */
  #over = false;
  /** The head was written in this turn of the event loop and waits for bytes to leave with. */
  #headWaits = false;
  /** Those bytes. */
  #held: Buffer | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, call: Call, unpack: boolean) {
    this.#request = request;
    this.#response = response;
    this.#call = call;
    this.#unpack = unpack;
    const { clock, proxyTimeout } = call.limits;
    this.#stopTimer = clock.after(proxyTimeout, () =>
      this.#fail(call.manners.timeoutStatus, new Error(`no answer within ${proxyTimeout} ms`)),
    );
    response.once('close', () => this.#closed());
  }

  /**
   * The client's body as a stream of its own: undici destroys the body of a failed call, and destroying the request
   * itself would cut the client off before it has its answer.
   */
  takeBody(): PassThrough {
    const { clock, requestTimeout } = this.#call.limits;
    const body = new PassThrough();
    body.on('error', () => {});
    this.#stopRequestTimer = clock.after(requestTimeout, () =>
      this.#fail(502, new Error(`the client did not send its body within ${requestTimeout} ms`)),
    );
    this.#request.once('end', this.#stopRequestTimer);
    return this.#request.pipe(body);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error('the client is gone'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (this.#over) return;
    const raw = rawHeadersOf(controller.rawHeaders);
    if (status < 200) {
      this.#passInterim(status, raw);
      return;
    }
    this.#stopTimer();
    const head = responseHeaders(raw, {
      status,
      method: this.#request.method ?? 'GET',
      clientTakesTrailers: this.#request.httpVersionMinor > 0,
      unpack: this.#unpack,
      manners: this.#call.manners,
      rewriteLocation: this.#call.rewriteLocation,
    });
    if (head.gunzip) this.#unpackBody();
    if (head.untyped) this.#untypedHead = head;
    else this.#writeHead(head.status, head.headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    const sink = this.#gunzip ?? this.#response;
    if (this.#gunzip ? this.#gunzip.write(chunk) : this.#deliver(chunk)) return;
    controller.pause();
    sink.once('drain', () => controller.resume());
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: Record<string, string | string[] | undefined>) {
    if (this.#over) return;
    const passed = Object.entries(trailers).flatMap(([name, value = []]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    if (passed.length > 0) this.#response.addTrailers(passed);
    if (this.#gunzip) this.#gunzip.end();
    else this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(502, error);
  }

  #unpackBody(): void {
    const gunzip = createGunzip();
    const response = this.#response;
    gunzip.on('data', (chunk: Buffer) => {
      if (this.#deliver(chunk)) return;
      gunzip.pause();
      response.once('drain', () => gunzip.resume());
    });
    gunzip.on('end', () => this.#finish());
    gunzip.on('error', (error) => this.#fail(502, error));
    this.#gunzip = gunzip;
  }

  /** @returns false when the client has to catch up first */
  #deliver(chunk: Buffer): boolean {
    if (this.#untypedHead) {
      const { status, headers } = this.#untypedHead;
      this.#writeHead(status, [...headers, 'Content-Type', sniffContentType(chunk)]);
    }
    if (this.#headWaits && !this.#held) {
      this.#held = chunk;
      return true;
    }
    this.#release();
    return this.#response.write(chunk);
  }

  #finish(): void {
    if (this.#untypedHead) this.#writeHead(this.#untypedHead.status, this.#untypedHead.headers);
    const held = this.#held;
    this.#held = undefined;
    if (!held) this.#response.end();
    // Node sends a head and a string in one piece, but a head and a buffer in two: most of the cost of a small answer.
    else if (held.length <= SMALL) this.#response.end(held.toString('latin1'), 'latin1');
    else this.#response.end(held);
  }

  #passInterim(status: number, raw: RawHeaders): void {
    if (status === 102) this.#response.writeProcessing();
    if (status !== 103) return;
    const hints: Record<string, string[]> = {};
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = (raw[at] as string).toLowerCase();
      hints[name] = [...(hints[name] ?? []), raw[at + 1] as string];
    }
    if (hints.link) this.#response.writeEarlyHints(hints);
  }

  #writeHead(status: number, headers: RawHeaders): void {
    const response = this.#response;
    this.#untypedHead = undefined;
    response.writeHead(status, headers);
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

  /** Answers with an empty error, or, when it is too late for that, breaks off so that the client notices. */
  #fail(status: number, reason: Error): void {
    if (this.#over) return;
    this.#end(reason);
    this.#call.failed(reason);
    if (this.#response.headersSent) this.#response.destroy();
    else this.#response.writeHead(status, { 'content-length': 0 }).end();
  }

  #closed(): void {
    this.#stopTimer();
    this.#stopRequestTimer?.();
    if (!this.#response.writableFinished) this.#end(new Error('the client went away'));
  }

  #end(reason: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopTimer();
    this.#stopRequestTimer?.();
    this.#controller?.abort(reason);
    this.#gunzip?.destroy();
  }
}

function rawHeadersOf(raw: Dispatcher.DispatchController['rawHeaders']): RawHeaders {
  if (!Array.isArray(raw)) throw new TypeError('undici has not given the raw headers of an answer');
  return raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')));
}
