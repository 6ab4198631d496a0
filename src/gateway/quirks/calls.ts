import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { toError } from '../errors.ts';
import type { Authentication } from '../login/authentication.ts';
import type { Defects } from '../releases/defects.ts';
import { type AttemptOwner, Discarded } from '../transport/attempt.ts';
import { type Limits, targetRequest } from '../transport/call.ts';
import type { KeptBody } from '../transport/kept-body.ts';

/** Bytes of a body that is read to its end before the target is called. Deviation: upstream has no limit. */
const COLLECTED = 256 * 1024 * 1024;

/** How a client's body comes to the target. (application-gateway §5.7) */
interface Upload {
  /** Bytes up to which a body is kept. */
  keeps(limits: Limits): number;
  /** Calls as soon as the body allows it. */
  whenReady(body: KeptBody, call: () => void, failed: (reason: Error) => void): void;
}

export const uploads: Record<Defects['uploads'], Upload> = {
  streamed: {
    keeps: ({ retryBodyLimit }) => retryBodyLimit,
    whenReady: (_body, call) => call(),
  },
  collected: {
    keeps: () => COLLECTED,
    whenReady(body, call, failed) {
      if (body.isComplete) call();
      else {
        body.collect((isWhole) => (isWhole ? call() : failed(new Error(`the body is longer than ${COLLECTED} bytes`))));
      }
    },
  },
};

/** Ends an answer that is not through when the time for reading the request is up. (application-gateway §15) */
export function limitWriting(
  response: ServerResponse,
  { clock, requestTimeout }: Limits,
  end: (reason: Error) => void,
): void {
  const stop = clock.after(requestTimeout, () =>
    end(new Error(`the answer was not through within ${requestTimeout} ms`)),
  );
  response.once('close', stop);
}

/**
 * What becomes of a call whose login was refused.
 * @returns whether nobody gets the answer that refused it
 */
type Repetition = (owner: AttemptOwner, refused: Authentication) => boolean;

/** How a call is repeated where that is not simply done once more. (application-gateway §5.7, §15) */
export function oddRepetition(
  { repeatedBody, repeatedAnswer }: Pick<Defects, 'repeatedBody' | 'repeatedAnswer'>,
  hasBody: boolean,
): Repetition | undefined {
  if (hasBody && repeatedBody === 'lost') return withoutBody;
  return repeatedAnswer === 'unseen' ? unseen : undefined;
}

/** Logs in anew, and finds that there is nothing to send. */
function withoutBody(owner: AttemptOwner, refused: Authentication): boolean {
  const fail = (reason: unknown) => owner.fail(502, toError(reason));
  owner.authenticate(refused, () => fail(new Error('the body of a call that is repeated is lost')), fail);
  return true;
}

/** Calls again for the target only; that nobody sees the answer goes for errors too. */
function unseen(owner: AttemptOwner, refused: Authentication): boolean {
  const { request, call } = owner;
  owner.authenticate(
    refused,
    (authentication) => {
      const { dispatcher, options } = targetRequest(request, call, authentication);
      dispatcher.dispatch(options, new UnseenAttempt());
    },
    (error) => call.failed(toError(error)),
  );
  return false;
}

class UnseenAttempt implements Dispatcher.DispatchHandler {
  readonly #answer = new Discarded();

  onRequestStart(): void {}
  onResponseStart(): void {}
  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#answer.write(chunk, controller);
  }
  onResponseEnd(): void {}
  onResponseError(): void {}
}
