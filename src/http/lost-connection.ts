import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * A service that gives up on a request closes the connection without a word. What the client then sees is up to what
 * stands in front of the service: nothing at all, or a page.
 */
export type AnswerForLost = (response: ServerResponse) => void;

const answerKey = Symbol('kymulator.answerForLost');
type Marked = IncomingMessage & { [answerKey]?: AnswerForLost };

/** Called by what stands in front of a service, before the service sees the request. */
export function setAnswerForLost(request: IncomingMessage, answer: AnswerForLost): void {
  (request as Marked)[answerKey] = answer;
}

/** Gives up on a request. Once an answer has begun, only its connection can be closed. */
export function loseConnection(request: IncomingMessage, response: ServerResponse): void {
  const answer = (request as Marked)[answerKey];
  if (answer && !response.headersSent) answer(response);
  else response.destroy();
}
