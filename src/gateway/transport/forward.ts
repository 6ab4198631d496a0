import type { IncomingMessage, ServerResponse } from 'node:http';
import { breakOff } from '../../http/break-off.ts';
import type { RawHeaders } from '../../http/raw-headers.ts';
import { toError } from '../errors.ts';
import type { Authentication } from '../login/authentication.ts';
import { answersSeen, answerWriters } from '../quirks/answers.ts';
import { limitWriting, oddRepetition, uploads } from '../quirks/calls.ts';
import { Attempt, type AttemptFacts, type AttemptOwner } from './attempt.ts';
import { type Call, type TargetRequest, targetRequest, UNCALLABLE } from './call.ts';
import { type AnswerSink, Delivery } from './delivery.ts';
import { hasBody, KeptBody } from './kept-body.ts';
import { type CallState, callStates, transition } from './states.ts';
import { TimeLimits } from './time-limits.ts';

/** Methods that Go calls again when a connection turns out to be closed. */
const REPLAYABLE = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Sends a request on and its answer back, both as they come, and once more when the target refuses the login.
 * (application-gateway §5.7, §8–§10)
 */
export function forward(request: IncomingMessage, response: ServerResponse, call: Call): void {
  new Forwarding(request, response, call).start();
}

/** What is under way between one client and one target. Its states are in states.ts. */
class Forwarding implements AttemptOwner {
  readonly request: IncomingMessage;
  readonly call: Call;
  readonly #response: ServerResponse;
  readonly #delivery: Delivery;
  readonly #body: KeptBody | undefined;
  readonly #times: TimeLimits;
  #state: CallState = 'authenticating';
  /** What the target has refused. */
  #refused: Authentication | undefined;
  /** The attempt that was refused: its answer may still be coming in. */
  #discarded: Attempt | undefined;
  #attempt: Attempt | undefined;
  /** That of the last attempt. */
  #sent: TargetRequest | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, call: Call) {
    this.request = request;
    this.call = call;
    const { behaviour, limits, bufferRelease } = call;
    const writer = answerWriters[behaviour.answers](response);
    this.#delivery = new Delivery(response, (reason) => this.fail(502, reason), writer, bufferRelease);
    this.#response = response;
    response.once('close', () => this.#step(() => this.#closed()));
    this.#times = new TimeLimits(limits, {
      target: () => this.#step(() => this.#targetTooLate()),
      client: () => this.fail(502, new Error(`the client did not send its body within ${limits.requestTimeout} ms`)),
    });
    if (hasBody(request)) {
      const keeps = uploads[behaviour.uploads].keeps(limits);
      this.#body = new KeptBody(request, keeps, this.#times.startClient(), bufferRelease);
    }
  }

  start(): void {
    this.#step(() => this.#call());
    // After the first attempt: with equal times it is the target that is too late, and the client is told.
    if (this.call.behaviour.writing === 'unlimited') return;
    limitWriting(this.#response, this.call.limits, (reason) =>
      this.#step(() => {
        this.#end(reason);
        breakOff(this.#response);
      }),
    );
  }

  /**
   * The one place for what a step throws, whenever it is taken: it ends this call and not the process.
   * @param failed told what was thrown; default: `#refuse`
   */
  #step(step: () => void, failed?: (error: unknown) => void): void {
    try {
      step();
    } catch (error) {
      if (!this.isOver) this.#step(() => (failed ? failed(error) : this.#refuse(error)));
      else if (!this.#response.writableEnded) breakOff(this.#response);
    }
  }

  #move(to: CallState): void {
    this.#state = transition(callStates, this.#state, to);
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  get isSent(): boolean {
    return this.#body?.isComplete ?? true;
  }

  #call(): void {
    this.#times.startTarget();
    this.authenticate(
      this.#refused,
      (authentication) => this.#send(authentication),
      (error) => this.#refuse(error),
    );
  }

  authenticate(
    refused: Authentication | undefined,
    next: (authentication: Authentication) => void,
    failed: (error: unknown) => void,
  ): void {
    this.#step(() => {
      const authentication = this.call.authenticate(refused);
      if (!(authentication instanceof Promise)) next(authentication);
      else {
        authentication.then(
          (authentication) => this.#step(() => next(authentication), failed),
          (error) => this.#step(() => failed(error)),
        );
      }
    }, failed);
  }

  #send(authentication: Authentication): void {
    if (this.isOver) return;
    const { behaviour, origin } = this.call;
    if (this.#state === 'overdue') {
      this.fail(behaviour.timeoutStatus, new Error('the login took too long'));
    } else if (origin === '') {
      this.fail(502, new Error(UNCALLABLE));
    } else {
      this.#move('calling');
      if (!this.#body) this.#dispatch(authentication);
      else {
        const dispatch = () => this.#step(() => this.#dispatch(authentication));
        uploads[behaviour.uploads].whenReady(this.#body, dispatch, (reason) => this.fail(502, reason));
      }
    }
  }

  #dispatch(authentication: Authentication): void {
    if (this.isOver) return;
    const isFirst = this.#refused === undefined;
    const asClient = !isFirst && this.call.behaviour.retriesAsClient;
    const sent = targetRequest(this.request, this.call, authentication, { asClient });
    // A redirect may need the body again.
    if (this.#body) sent.options.body = (asClient && this.#body.whole()) || this.#body.open();
    this.#sent = sent;
    this.#attempt = new Attempt(this, authentication, { unpack: sent.unpack, isFirst });
    sent.dispatcher.dispatch(sent.options, this.#attempt);
  }

  reconnects(error: Error, attempt: Attempt): boolean {
    const { call, request } = this;
    const isReplayable = !this.#body && REPLAYABLE.includes(request.method ?? 'GET');
    if (this.isOver || !isReplayable || this.#delivery.hasBegun || !call.dispatchers.wentUnanswered(error))
      return false;
    if (!this.#sent || attempt !== this.#attempt) return false;
    this.#attempt = attempt.again();
    this.#sent.dispatcher.dispatch(this.#sent.options, this.#attempt);
    return true;
  }

  refused(status: number, authentication: Authentication): boolean {
    if (!this.call.isRetried(status) || this.#body?.isKept === false) return false;
    const odd = oddRepetition(this.call.behaviour, this.#body !== undefined);
    if (odd) return odd(this, authentication);
    this.#refused = authentication;
    this.#discarded = this.#attempt;
    this.#body?.hold();
    this.#move('authenticating');
    this.#call();
    return true;
  }

  informed(status: number, raw: RawHeaders): void {
    this.#delivery.passInterim(status, raw);
  }

  answered(raw: RawHeaders, { isFirst }: AttemptFacts): AnswerSink {
    const { behaviour } = this.call;
    this.#move('answering');
    if (behaviour.deadline === 'begin') this.#times.stopTarget();
    this.#body?.release();
    if (isFirst) return this.#delivery;
    return answersSeen[behaviour.repeatedAnswer](this.#delivery, raw, (reason) => this.fail(502, reason));
  }

  completed(): void {
    this.#move('answered');
    this.#times.stopTarget();
    if (this.#isClientGone) this.#end(new Error('nobody waits for more'));
  }

  /** Answers with the reason why nothing can be sent, as long as nothing has been sent. */
  #refuse(error: unknown): void {
    if (this.isOver) return;
    // Once the target has been called, every error is an empty 502. (application-gateway §4 row 11)
    if (this.#refused || this.#delivery.hasBegun) {
      this.fail(502, toError(error));
      return;
    }
    this.#end(toError(error));
    if (!this.#isClientGone) this.call.refuse(this.#response, error);
  }

  fail(status: number, reason: Error): void {
    this.#step(() => this.#fail(status, reason));
  }

  #fail(status: number, reason: Error): void {
    if (this.isOver) return;
    this.#end(reason);
    this.call.failed(reason);
    if (this.#isClientGone || this.#response.writableEnded) return;
    if (this.#delivery.hasBegun && this.call.behaviour.brokenAnswer === 'looks-complete') this.#delivery.finishEarly();
    else if (this.#response.headersSent) breakOff(this.#response);
    else this.#response.writeHead(status, { 'content-length': 0 }).end();
  }

  #targetTooLate(): void {
    if (this.#state === 'authenticating') this.#move('overdue');
    else {
      const { behaviour, limits } = this.call;
      this.fail(behaviour.timeoutStatus, new Error(`no answer within ${limits.proxyTimeout} ms`));
    }
  }

  /** Without it the call may go on, where the target is not to notice. */
  get #isClientGone(): boolean {
    return this.#response.destroyed;
  }

  #closed(): void {
    const isThrough = this.#response.writableFinished;
    if (!isThrough && !this.isOver && this.call.behaviour.clientAbort === 'ignored') {
      this.#delivery.detach();
      return;
    }
    this.#times.stop();
    if (!isThrough) {
      this.#end(new Error('the client went away'));
      return;
    }
    this.#body?.close();
    this.#discarded?.abort(new Error('nobody gets this answer'));
  }

  #end(reason: Error): void {
    if (this.isOver) return;
    this.#move('over');
    this.#times.stop();
    this.#discarded?.abort(reason);
    this.#attempt?.abort(reason);
    this.#body?.close();
    this.#delivery.stop();
  }
}
