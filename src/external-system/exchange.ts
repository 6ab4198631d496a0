import type { IncomingMessage } from 'node:http';
import type { Random } from '../core/random.ts';
import { type Json, renderJson } from './json.ts';
import { parseQuery, type Values } from './query.ts';

/** One request to the demo system, as its endpoints see it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** As sent, with the question mark; empty without one. */
  readonly search: string;
  readonly args: Values;
  /** The wildcards of the route, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly random: Random;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Lets time pass. Never fulfilled when the client goes away before. */
  wait(milliseconds: number): Promise<void>;
}

/** What an endpoint answers. A `content-length` is added. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

export type Endpoint = (exchange: Exchange) => Answer | Promise<Answer>;

/** Why a request is refused, told to the client. (httpbin §2 "other errors") */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const TEXT_TYPE = 'text/plain; charset=utf-8';

export const sendJson = (value: Json, status = 200, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { ...headers, 'Content-Type': JSON_TYPE },
  body: renderJson(value),
});

export const sendEmpty = (status: number, headers: Answer['headers'] = {}): Answer => ({ status, headers, body: '' });

const reasons: Readonly<Record<number, string>> = { 400: 'Bad Request', 401: 'Unauthorized', 404: 'Not Found' };

/** The JSON body of errors; without `detail` when there is none. */
export const sendError = (status: number, detail = '', headers: Answer['headers'] = {}): Answer =>
  sendJson({ status_code: status, error: reasons[status] ?? '', ...(detail && { detail }) }, status, headers);

/** What Go's server itself answers. */
export const sendPlainError = (status: number, text: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { ...headers, 'Content-Type': TEXT_TYPE, 'X-Content-Type-Options': 'nosniff' },
  body: `${text}\n`,
});

/** Reads a request target. */
export function readTarget(url: string): Pick<Exchange, 'path' | 'search' | 'args'> {
  const relative = url.replace(/^[A-Za-z][A-Za-z0-9+\-.]*:\/\/[^/?]*/, '') || '/';
  const mark = relative.indexOf('?');
  const search = mark < 0 ? '' : relative.slice(mark);
  return { path: mark < 0 ? relative : relative.slice(0, mark), search, args: parseQuery(search.slice(1)).values };
}
