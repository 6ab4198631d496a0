import type { IncomingMessage } from 'node:http';
import type { Dispatcher } from 'undici';
import { canonicalName } from '../../go/header-name.ts';
import type { RawHeaders } from '../../http/raw-headers.ts';
import type { Authentication } from '../login/authentication.ts';
import type { Call } from './call.ts';
import type { AnswerSink } from './delivery.ts';
import { responseHeaders } from './headers.ts';
import { type AttemptState, attemptStates, transition } from './states.ts';

/** What an attempt asks and tells the call that it is made for. */
export interface AttemptOwner {
  readonly request: IncomingMessage;
  readonly call: Call;
  readonly isOver: boolean;
  /** Whether the client has sent all that the target is to get. */
  readonly isSent: boolean;
  /**
   * Logs in, at once or when something has been fetched.
   * @param refused what the target did not accept; undefined the first time
   * @param failed told what the login or `next` has thrown
   */
  authenticate(
    refused: Authentication | undefined,
    next: (authentication: Authentication) => void,
    failed: (error: unknown) => void,
  ): void;
  /** @returns whether the call is made once more, so that nobody gets this answer */
  refused(status: number, authentication: Authentication): boolean;
  /** @returns whether the attempt is made again on another connection, since this one was closed under its feet */
  reconnects(error: Error, attempt: Attempt): boolean;
  /** The target says something before its answer. */
  informed(status: number, raw: RawHeaders): void;
  /** The target has begun to answer. @returns where the answer goes */
  answered(raw: RawHeaders, attempt: AttemptFacts): AnswerSink;
  /** The target's answer is at its end. */
  completed(): void;
  /** Answers with an empty error, or, when it is too late for that, breaks off so that the client notices. */
  fail(status: number, reason: Error): void;
}

export interface AttemptFacts {
  /** See `RequestHeaders`. */
  readonly unpack: boolean;
  readonly isFirst: boolean;
}

/** One request to the target. What is thrown in here undici gives to `onResponseError`. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly #owner: AttemptOwner;
  readonly #authentication: Authentication;
  readonly #facts: AttemptFacts;
  #state: AttemptState = 'waiting';
  #answer: AnswerSink | undefined;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(owner: AttemptOwner, authentication: Authentication, facts: AttemptFacts) {
    this.#owner = owner;
    this.#authentication = authentication;
    this.#facts = facts;
  }

  /** The same attempt from its beginning. */
  again(): Attempt {
    return new Attempt(this.#owner, this.#authentication, this.#facts);
  }

  abort(reason: Error): void {
    this.#controller?.abort(reason);
  }

  #move(to: AttemptState): void {
    this.#state = transition(attemptStates, this.#state, to);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#owner.isOver) controller.abort(new Error('the client is gone'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const owner = this.#owner;
    if (owner.isOver) return;
    const raw = rawHeadersOf(controller.rawHeaders);
    // Another protocol was not asked for, and below a hundred there is nothing.
    if (status < 100 || status === 101 || status > 999) {
      owner.fail(502, new Error(`the target answered with the status ${status}`));
      return;
    }
    if (status < 200) {
      owner.informed(status, raw);
      return;
    }
    owner.call.answered(status);
    // Where the upload is still under way, the connection is of no use any more.
    const { isSent } = owner;
    if (this.#facts.isFirst && owner.refused(status, this.#authentication)) {
      this.#discard();
      if (!isSent) controller.abort(new Error('the login was refused during the upload'));
      return;
    }
    this.#move('delivering');
    this.#answer = owner.answered(raw, this.#facts);
    const { request, call } = owner;
    this.#answer.begin(
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

  #discard(): void {
    // What refused the answer may have ended the attempt.
    if (this.#state === 'ended') return;
    this.#move('discarding');
    this.#answer = new Discarded();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#answer?.write(chunk, controller);
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: Record<string, string | string[] | undefined>) {
    const isSeen = this.#state === 'delivering' && !this.#owner.isOver;
    this.#move('ended');
    if (!isSeen) return;
    this.#owner.completed();
    this.#answer?.end(
      Object.entries(trailers).flatMap(([name, value = []]) =>
        [value].flat().map((one): [string, string] => [canonicalName(name), one]),
      ),
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    const wasDiscarded = this.#state === 'discarding';
    if (this.#state !== 'ended') this.#move('ended');
    if (!wasDiscarded && !this.#owner.reconnects(error, this)) this.#owner.fail(502, error);
  }
}

/** Bytes of an answer that nobody gets which are read to keep its connection. */
const DISCARDED = 64 * 1024;

/** Takes an answer that nobody gets. */
export class Discarded implements AnswerSink {
  #length = 0;

  begin(): void {}

  write(chunk: Buffer, source: Dispatcher.DispatchController): void {
    this.#length += chunk.length;
    if (this.#length > DISCARDED) source.abort(new Error('nobody gets this answer'));
  }

  end(): void {}
}

function rawHeadersOf(raw: Dispatcher.DispatchController['rawHeaders']): RawHeaders {
  if (!Array.isArray(raw)) throw new TypeError('undici has not given the raw headers of an answer');
  return raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')));
}
