import type { IncomingMessage, ServerResponse } from 'node:http';
import { setAnswerForLost } from '../http/lost-connection.ts';
import type { Site } from '../http/site.ts';
import { sendKymaError } from '../kyma/errors.ts';
import { type PageName, sendPage } from '../kyma/pages.ts';

/** What becomes of a request. */
export type Outcome =
  | { readonly kind: 'page'; readonly page: PageName }
  | { readonly kind: 'error'; readonly status: number; readonly text: string }
  /** Only a status, as when a service behind the validator is down. */
  | { readonly kind: 'empty'; readonly status: number }
  | { readonly kind: 'plain'; readonly status: number; readonly text: string }
  | { readonly kind: 'redirect'; readonly location: string }
  /** The connection is closed without an answer. */
  | { readonly kind: 'cut' }
  | {
      readonly kind: 'pass';
      readonly site: Site;
      /** What the request and its answer go through on the way. */
      readonly prepare?: (request: IncomingMessage, response: ServerResponse) => void;
      /** What the client sees when the service gives up on the request. */
      readonly lost: PageName;
    };

export const page = (name: PageName): Outcome => ({ kind: 'page', page: name });
export const refused = (status: number, text: string): Outcome => ({ kind: 'error', status, text });

const NOTHING_HERE = 'no application that is known, or no API of it, stands behind this path';

/** What pages mean; those that are not here pass on what another service has decided. */
const pageReasons: Partial<Record<PageName, string>> = {
  defaultBackend: NOTHING_HERE,
  noRoute: NOTHING_HERE,
  forbidden: 'the client certificate is not for this application',
  tooLarge: 'the body is larger than this release of nginx lets through',
  badGateway: 'this release has no service behind this path',
};

/** Why a request is not passed on, for people; undefined where it is, or need not be. */
export function reasonOf(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'page':
      return pageReasons[outcome.page];
    case 'error':
    case 'plain':
      return outcome.text;
    case 'empty':
      return 'this release has no service behind this path';
    case 'cut':
      return 'the subject of the client certificate cannot be taken apart, over which the original crashes';
    default:
      return undefined;
  }
}

export function carryOut(outcome: Outcome, request: IncomingMessage, response: ServerResponse): void {
  switch (outcome.kind) {
    case 'page':
      sendPage(response, outcome.page);
      break;
    case 'error':
      sendKymaError(response, outcome.status, outcome.text);
      break;
    case 'empty':
      response.writeHead(outcome.status, { 'content-length': 0 }).end();
      break;
    case 'plain':
      response
        .writeHead(outcome.status, {
          'content-type': 'text/plain; charset=utf-8',
          'x-content-type-options': 'nosniff',
          'content-length': Buffer.byteLength(outcome.text),
        })
        .end(outcome.text);
      break;
    case 'redirect':
      response.writeHead(301, { location: outcome.location, 'content-length': 0 }).end();
      break;
    case 'cut':
      request.socket.destroy();
      break;
    case 'pass':
      setAnswerForLost(request, (lost) => sendPage(lost, outcome.lost));
      outcome.prepare?.(request, response);
      outcome.site.handle(request, response);
      break;
  }
}
