import type { IncomingMessage } from 'node:http';
import { givingWay } from '../core/give-way.ts';
import type { Random } from '../core/random.ts';
import { readQuery } from '../go/query.ts';
import { type Json, rendering, renderJson } from './json.ts';
import type { Values } from './query.ts';

/** One request to the demo system, as its endpoints see it. */
export interface EndpointExchange {
  readonly request: IncomingMessage;
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** As sent, with the question mark; empty without one. */
  readonly search: string;
  readonly args: Values;
  /** The wildcards of the route, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Whether the connection can be taken over for another protocol. */
  readonly upgradable: boolean;
  readonly random: Random;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Lets time pass. Never fulfilled when the client goes away before. */
  wait(milliseconds: number): Promise<void>;
  /** Is never fulfilled: the client gets no answer, however long it stays. */
  silence(): Promise<never>;
}

/** A body that comes in parts is sent part by part, as they become available. */
export type Body = string | Buffer | AsyncIterable<string | Buffer>;

/** How much a client may send over a WebSocket, in bytes. */
export interface WebSocketLimits {
  readonly maxFragmentSize: number;
  /** Of a message with all its fragments; never less than one of them may have. */
  readonly maxMessageSize: number;
}

/** What an endpoint answers. A `content-length` is added unless the body comes in parts. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Body;
  readonly trailers?: Readonly<Record<string, string>>;
  /** An informational status that is sent ahead of the answer. */
  readonly ahead?: number;
  /** The connection becomes a WebSocket instead, which sends back what it gets; only where it is upgradable. */
  readonly webSocket?: WebSocketLimits;
}

/** Undefined: the connection is closed without an answer. */
export type Answered = Answer | undefined;

export type Endpoint = (exchange: EndpointExchange) => Answered | Promise<Answered>;

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
export const HTML_TYPE = 'text/html; charset=utf-8';
export const BINARY_TYPE = 'application/octet-stream';

export const send = (contentType: string, body: Body, headers: Answer['headers'] = {}): Answer => ({
  status: 200,
  headers: { ...headers, 'Content-Type': contentType },
  body,
});

export const sendJson = (value: Json, status = 200, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { ...headers, 'Content-Type': JSON_TYPE },
  body: renderJson(value),
});

/** The same for what may be long, made in portions. */
export const sendLongJson = async (value: Json, status = 200, headers: Answer['headers'] = {}): Promise<Answer> => ({
  status,
  headers: { ...headers, 'Content-Type': JSON_TYPE },
  body: await givingWay(rendering(value)),
});

export const sendEmpty = (status: number, headers: Answer['headers'] = {}): Answer => ({ status, headers, body: '' });

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  501: 'Not Implemented',
};

/** The JSON body of errors; without `detail` when there is none. */
export const sendError = (status: number, detail = '', headers: Answer['headers'] = {}): Answer =>
  sendJson({ status_code: status, error: reasons[status] ?? '', ...(detail && { detail }) }, status, headers);

/** What Go's server itself answers. */
export const sendPlainError = (status: number, text: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { ...headers, 'Content-Type': TEXT_TYPE, 'X-Content-Type-Options': 'nosniff' },
  body: `${text}\n`,
});

/** What Go's routers answer to a path that they do not know. */
export const notFound = () => sendPlainError(404, '404 page not found');

/** Reads a request target. */
export function readTarget(url: string): Pick<EndpointExchange, 'path' | 'search' | 'args'> {
  const relative = url.replace(/^[A-Za-z][A-Za-z0-9+\-.]*:\/\/[^/?]*/, '') || '/';
  const mark = relative.indexOf('?');
  const search = mark < 0 ? '' : relative.slice(mark);
  return { path: mark < 0 ? relative : relative.slice(0, mark), search, args: readQuery(search.slice(1)).values };
}
