import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Dispatcher, interceptors } from 'undici';
import { breakOff } from '../../http/break-off.ts';
import type { Authentication } from '../login/authentication.ts';
import { Attempt, type Exchange } from './attempt.ts';
import { attemptHeaders, type Call, UNCALLABLE } from './call.ts';
import { Delivery } from './delivery.ts';
import { hasBody, KeptBody } from './kept-body.ts';
import { PausableTimer } from './pausable-timer.ts';

/** Bytes of an answer that are held back until there are so many, where they are held back at all: Go's buffers. */
const HELD_BACK = 4096;
/** Bytes of a body that is read to its end before the target is called. Deviation: upstream has no limit. */
const COLLECTED = 256 * 1024 * 1024;

/** Methods that Go calls again when a connection turns out to be closed. */
const REPLAYABLE = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

const following = interceptors.redirect({ maxRedirections: 10, throwOnMaxRedirect: true });

/**
 * Sends a request on and its answer back, both as they come, and once more when the target refuses the login.
 * (application-gateway §5.7, §8–§10)
 */
export function forward(request: IncomingMessage, response: ServerResponse, call: Call): void {
  const forwarding = new Forwarding(request, response, call);
  forwarding.attempt(undefined);
  if (call.behaviour.writing === 'within-request-timeout') forwarding.limitWriting();
}

/** What is under way between one client and one target. */
class Forwarding implements Exchange {
  readonly request: IncomingMessage;
  readonly call: Call;
  readonly delivery: Delivery;
  over = false;
  readonly #response: ServerResponse;
  readonly #body: KeptBody | undefined;
  #cancelTimer: (() => void) | undefined;
  #requestTimer: PausableTimer | undefined;
  readonly #attempts: Attempt[] = [];
  /** Of the last attempt. */
  #dispatcher: Dispatcher | undefined;
  #options: Dispatcher.DispatchOptions | undefined;
  #entering = false;
  /** The time was up while tokens were fetched, which have a limit of their own. */
  #late = false;
  /** The client is gone, which the target is not to notice. */
  #deserted = false;

  constructor(request: IncomingMessage, response: ServerResponse, call: Call) {
    this.request = request;
    this.call = call;
    const { behaviour, limits } = call;
    const heldBack = behaviour.answers === 'held-back' ? HELD_BACK : 0;
    this.delivery = new Delivery(response, (reason) => this.fail(502, reason), heldBack);
    this.#response = response;
    response.once('close', () => this.#closed());
    if (!hasBody(request)) return;
    const timer = new PausableTimer(limits.clock, limits.requestTimeout, () => this.#uploadTooLate());
    this.#requestTimer = timer;
    // A target that is slow in reading is not the client's fault.
    this.#body = new KeptBody(request, behaviour.uploads === 'collected' ? COLLECTED : limits.retryBodyLimit, {
      paused: () => timer.pause(),
      resumed: () => timer.resume(),
      completed: () => timer.stop(),
    });
  }

  /** Call it after the first attempt: with equal times it is the target that is too late, and the client is told. */
  limitWriting(): void {
    const { clock, requestTimeout } = this.call.limits;
    const stop = clock.after(requestTimeout, () => {
      this.#end(new Error(`the answer was not through within ${requestTimeout} ms`));
      breakOff(this.#response);
    });
    this.#response.once('close', stop);
  }

  /** @param refused what the attempt before was made with */
  attempt(refused: Authentication | undefined): void {
    this.#startTimer();
    try {
      const entry = this.call.authenticate(refused);
      if (entry instanceof Promise) this.#await(entry, refused);
      else this.#send(entry, refused);
    } catch (error) {
      this.#notEntered(error, refused);
    }
  }

  #await(entry: Promise<Authentication>, refused: Authentication | undefined): void {
    this.#entering = true;
    entry.then(
      (entry) => this.#send(entry, refused),
      (error) => this.#notEntered(error, refused),
    );
  }

  /** Logs in anew, and finds that there is nothing to send. */
  async #attemptWithoutBody(refused: Authentication): Promise<void> {
    try {
      await this.call.authenticate(refused);
      this.fail(502, new Error('the body of a call that is repeated is lost'));
    } catch (error) {
      this.fail(502, toError(error));
    }
  }

  /** Calls again for the target only; that nobody sees the answer goes for errors too. */
  async #attemptUnseen(refused: Authentication): Promise<void> {
    try {
      this.#dispatch(await this.call.authenticate(refused), refused, false);
    } catch (error) {
      this.call.failed(toError(error));
    }
  }

  #send(entry: Authentication, refused: Authentication | undefined): void {
    this.#entering = false;
    if (this.over) return;
    const { call } = this;
    if (this.#late) {
      this.fail(call.behaviour.timeoutStatus, new Error('the login took too long'));
    } else if (call.origin === '') {
      this.fail(502, new Error(UNCALLABLE));
    } else if (this.#body && call.behaviour.uploads === 'collected' && !this.#body.isComplete) {
      this.#body.collect((whole) => {
        if (whole) this.#dispatch(entry, refused);
        else this.fail(502, new Error(`the body is longer than ${COLLECTED} bytes`));
      });
    } else {
      this.#dispatch(entry, refused);
    }
  }

  #dispatch(entry: Authentication, refused: Authentication | undefined, seen = true): void {
    if (this.over && seen) return;
    const { call, request } = this;
    const asClient = refused !== undefined && call.behaviour.retriesAsClient;
    const { headers, unpack } = attemptHeaders(request, call, entry, { asClient });
    const attempt = new Attempt(this, entry, { unpack, isFirst: refused === undefined, isSeen: seen });
    this.#attempts.push(attempt);
    const dispatcher = call.dispatchers.for(entry.identity);
    this.#dispatcher = asClient ? dispatcher.compose(following) : dispatcher;
    this.#options = {
      origin: call.origin,
      path: call.path,
      method: (request.method ?? 'GET') as Dispatcher.HttpMethod,
      headers,
      // A redirect may need the body again.
      body: (asClient && this.#body?.whole()) || (this.#body?.open() ?? null),
    };
    this.#dispatcher.dispatch(this.#options, attempt);
  }

  repeats(error: Error, attempt: Attempt): boolean {
    const { call, request } = this;
    const isReplayable = !this.#body && REPLAYABLE.includes(request.method ?? 'GET');
    if (this.over || !isReplayable || this.delivery.hasBegun || !call.dispatchers.wentUnanswered(error)) return false;
    if (!this.#dispatcher || !this.#options) return false;
    const next = attempt.again();
    this.#attempts.splice(this.#attempts.indexOf(attempt), 1, next);
    this.#dispatcher.dispatch(this.#options, next);
    return true;
  }

  #notEntered(error: unknown, refused: Authentication | undefined): void {
    this.#entering = false;
    if (this.over) return;
    // Once the target has been called, every error is an empty 502. (application-gateway §4 row 11)
    if (refused) {
      this.fail(502, toError(error));
      return;
    }
    this.#end(toError(error));
    if (!this.#deserted) this.call.refuse(this.#response, error);
  }

  #startTimer(): void {
    const { clock, proxyTimeout } = this.call.limits;
    this.#stopTimer();
    this.#late = false;
    this.#cancelTimer = clock.after(proxyTimeout, () => {
      // With equal times it is the client that is too late. (application-gateway §4 row 10)
      if (this.#requestTimer?.isUp) this.#uploadTooLate();
      else if (this.#entering) this.#late = true;
      else this.fail(this.call.behaviour.timeoutStatus, new Error(`no answer within ${proxyTimeout} ms`));
    });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #uploadTooLate(): void {
    this.fail(502, new Error(`the client did not send its body within ${this.call.limits.requestTimeout} ms`));
  }

  retries(status: number, refused: Authentication): boolean {
    const { isRetried, behaviour } = this.call;
    if (!isRetried(status) || this.#body?.isKept === false) return false;
    if (this.#body && behaviour.repeatedBody === 'lost') {
      void this.#attemptWithoutBody(refused);
      return true;
    }
    if (behaviour.repeatedAnswer === 'unseen') {
      void this.#attemptUnseen(refused);
      return false;
    }
    this.#body?.hold();
    this.attempt(refused);
    return true;
  }

  get isSent(): boolean {
    return this.#body?.isComplete ?? true;
  }

  answered(): void {
    if (this.call.behaviour.deadline === 'begin') this.#stopTimer();
    this.#body?.release();
  }

  completed(): void {
    this.#stopTimer();
    if (this.#deserted) this.#end(new Error('nobody waits for more'));
  }

  fail(status: number, reason: Error): void {
    if (this.over) return;
    const hidden = this.call.behaviour.brokenAnswer === 'looks-complete' && this.delivery.hasBegun;
    this.#end(reason);
    this.call.failed(reason);
    if (this.#deserted || this.#response.writableEnded) return;
    if (hidden) this.delivery.finishEarly();
    else if (this.#response.headersSent) breakOff(this.#response);
    else this.#response.writeHead(status, { 'content-length': 0 }).end();
  }

  #closed(): void {
    if (!this.#response.writableFinished && !this.over && this.call.behaviour.departure === 'unnoticed') {
      this.#deserted = true;
      this.delivery.forsake();
      return;
    }
    this.#stopTimer();
    this.#requestTimer?.stop();
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
    this.#requestTimer?.stop();
    for (const attempt of this.#attempts) attempt.abort(reason);
    this.#body?.close();
    this.delivery.stop();
  }
}

const toError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));
