import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { attemptHeaders, type Call, UNCALLABLE } from './call.ts';
import { Delivery } from './delivery.ts';
import type { Entry } from './entrance.ts';
import { responseHeaders } from './headers.ts';
import { hasBody, KeptBody } from './kept-body.ts';
import type { RawHeaders } from './raw-headers.ts';

/**
 * Sends a request on and its answer back, both as they come, and once more when the target refuses the login.
 * A client that goes away ends the call (deviation: upstream lets it run). (application-gateway §5.7, §8–§10)
 */
export function forward(request: IncomingMessage, response: ServerResponse, call: Call): void {
  new Exchange(request, response, call).attempt(undefined);
}

/** Bytes of an answer that nobody will get which are read to keep its connection. */
const DISCARDED = 64 * 1024;

/** What is under way between one client and one target. */
class Exchange {
  readonly request: IncomingMessage;
  readonly call: Call;
  readonly delivery: Delivery;
  /** The client has its answer, or is gone: whatever the target still does is of no interest. */
  over = false;
  readonly #response: ServerResponse;
  readonly #body: KeptBody | undefined;
  #stopTimer: () => void = () => {};
  #stopRequestTimer: (() => void) | undefined;
  readonly #attempts: Attempt[] = [];
  #entering = false;
  /** The time was up while tokens were fetched, which have a limit of their own. */
  #late = false;

  constructor(request: IncomingMessage, response: ServerResponse, call: Call) {
    this.request = request;
    this.call = call;
    this.delivery = new Delivery(response, (reason) => this.fail(502, reason));
    this.#response = response;
    this.#body = hasBody(request) ? new KeptBody(request, call.limits.retryBodyLimit) : undefined;
    response.once('close', () => this.#closed());
  }

  /** @param refused what the attempt before was made with */
  attempt(refused: Entry | undefined): void {
    this.#startTimer();
    try {
      const entry = this.call.enter(refused);
      if (entry instanceof Promise) this.#await(entry, refused);
      else this.#send(entry, refused);
    } catch (error) {
      this.#notEntered(error, refused);
    }
  }

  #await(entry: Promise<Entry>, refused: Entry | undefined): void {
    this.#entering = true;
    entry.then(
      (entry) => this.#send(entry, refused),
      (error) => this.#notEntered(error, refused),
    );
  }

  #send(entry: Entry, refused: Entry | undefined): void {
    this.#entering = false;
    if (this.over) return;
    const { call, request } = this;
    if (this.#late) {
      this.fail(call.manners.timeoutStatus, new Error('the login took too long'));
      return;
    }
    if (call.origin === '') {
      this.fail(502, new Error(UNCALLABLE));
      return;
    }
    const { headers, unpack } = attemptHeaders(request, call, entry);
    const attempt = new Attempt(this, entry, unpack, refused === undefined);
    this.#attempts.push(attempt);
    call.dispatchers.for(entry.identity).dispatch(
      {
        origin: call.origin,
        path: call.path,
        method: (request.method ?? 'GET') as Dispatcher.HttpMethod,
        headers,
        body: this.#openBody(),
      },
      attempt,
    );
  }

  #notEntered(error: unknown, refused: Entry | undefined): void {
    this.#entering = false;
    if (this.over) return;
    // Once the target has been called, every error is an empty 502. (application-gateway §4 row 11)
    if (refused) {
      this.fail(502, toError(error));
      return;
    }
    this.#end(toError(error));
    this.call.refuse(this.#response, error);
  }

  #openBody() {
    const body = this.#body;
    if (!body) return null;
    const { clock, requestTimeout } = this.call.limits;
    if (!this.#stopRequestTimer && !body.isComplete) {
      this.#stopRequestTimer = clock.after(requestTimeout, () =>
        this.fail(502, new Error(`the client did not send its body within ${requestTimeout} ms`)),
      );
      body.onComplete(this.#stopRequestTimer);
    }
    return body.open();
  }

  #startTimer(): void {
    const { clock, proxyTimeout } = this.call.limits;
    this.#stopTimer();
    this.#late = false;
    this.#stopTimer = clock.after(proxyTimeout, () => {
      if (this.#entering) this.#late = true;
      else this.fail(this.call.manners.timeoutStatus, new Error(`no answer within ${proxyTimeout} ms`));
    });
  }

  /** @returns whether the call is made again instead of passing this answer on */
  retries(status: number, refused: Entry): boolean {
    if (!this.call.isRetried(status) || this.#body?.isKept === false) return false;
    this.#body?.hold();
    this.attempt(refused);
    return true;
  }

  /** Whether the client has sent all that the target is to get. */
  get isSent(): boolean {
    return this.#body?.isComplete ?? true;
  }

  /** The target has answered, and the client will get it. */
  answered(): void {
    this.#stopTimer();
    this.#body?.release();
  }

  /** Answers with an empty error, or, when it is too late for that, breaks off so that the client notices. */
  fail(status: number, reason: Error): void {
    if (this.over) return;
    this.#end(reason);
    this.call.failed(reason);
    if (this.#response.headersSent) this.#response.destroy();
    else this.#response.writeHead(status, { 'content-length': 0 }).end();
  }

  #closed(): void {
    this.#stopTimer();
    this.#stopRequestTimer?.();
    if (!this.#response.writableFinished) {
      this.#end(new Error('the client went away'));
      return;
    }
    this.#body?.close();
    // The answer that was not passed on may still be coming in.
    if (this.#attempts.length > 1) this.#attempts[0]?.abort(new Error('nobody gets this answer'));
  }

  #end(reason: Error): void {
    if (this.over) return;
    this.over = true;
    this.#stopTimer();
    this.#stopRequestTimer?.();
    for (const attempt of this.#attempts) attempt.abort(reason);
    this.#body?.close();
    this.delivery.stop();
  }
}

/** One call of the target. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange;
  readonly #entry: Entry;
  readonly #unpack: boolean;
  readonly #mayRetry: boolean;
  #controller: Dispatcher.DispatchController | undefined;
  /** Bytes of an answer that another attempt takes the place of; undefined while it is still the client's. */
  #discarded: number | undefined;

  constructor(exchange: Exchange, entry: Entry, unpack: boolean, mayRetry: boolean) {
    this.#exchange = exchange;
    this.#entry = entry;
    this.#unpack = unpack;
    this.#mayRetry = mayRetry;
  }

  abort(reason: Error): void {
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#exchange.over) controller.abort(new Error('the client is gone'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const exchange = this.#exchange;
    if (exchange.over) return;
    const raw = rawHeadersOf(controller.rawHeaders);
    if (status < 200) {
      exchange.delivery.passInterim(status, raw);
      return;
    }
    // Where the upload is still under way, the connection is of no use any more.
    const isSent = exchange.isSent;
    if (this.#mayRetry && exchange.retries(status, this.#entry)) {
      this.#discarded = 0;
      if (!isSent) controller.abort(new Error('the login was refused during the upload'));
      return;
    }
    exchange.answered();
    const { request, call } = exchange;
    exchange.delivery.begin(
      responseHeaders(raw, {
        status,
        method: request.method ?? 'GET',
        clientTakesTrailers: request.httpVersionMinor > 0,
        unpack: this.#unpack,
        manners: call.manners,
        rewriteLocation: call.rewriteLocation,
      }),
    );
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#discarded !== undefined) {
      this.#discarded += chunk.length;
      if (this.#discarded > DISCARDED) controller.abort(new Error('nobody gets this answer'));
    } else if (!this.#exchange.over) {
      this.#exchange.delivery.write(chunk, controller);
    }
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: Record<string, string | string[] | undefined>) {
    if (this.#discarded !== undefined || this.#exchange.over) return;
    this.#exchange.delivery.end(
      Object.entries(trailers).flatMap(([name, value = []]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      ),
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#discarded === undefined) this.#exchange.fail(502, error);
  }
}

const toError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

function rawHeadersOf(raw: Dispatcher.DispatchController['rawHeaders']): RawHeaders {
  if (!Array.isArray(raw)) throw new TypeError('undici has not given the raw headers of an answer');
  return raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')));
}
