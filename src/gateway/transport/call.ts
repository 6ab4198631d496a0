import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Dispatcher, interceptors } from 'undici';
import type { Clock } from '../../core/clock.ts';
import type { Dispatchers } from '../../http/client/dispatchers.ts';
import type { BufferRelease } from '../../http/client/spent-buffers.ts';
import type { Authentication } from '../login/authentication.ts';
import type { AddedHeader } from '../login/parameters.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import { type RequestHeaders, requestHeaders } from './headers.ts';

/** One call to a target, everything decided but the login. */
export interface Call {
  readonly dispatchers: Dispatchers;
  /** Empty for a target that cannot be called, which is found out only after the login. */
  readonly origin: string;
  /** Path and query, encoded. */
  readonly path: string;
  /** What the target gets as `Host`. */
  readonly host: string;
  /** From the Secret with request parameters. */
  readonly added: readonly AddedHeader[];
  readonly behaviour: Behaviour;
  readonly limits: Limits;
  readonly bufferRelease: BufferRelease;
  /**
   * Logs in.
   * @param refused what the target did not accept; undefined the first time
   * @throws GatewayError
   */
  authenticate(refused: Authentication | undefined): Authentication | Promise<Authentication>;
  /** Whether an answer of this status is a reason to log in anew and call once more. (application-gateway §5.7) */
  isRetried(status: number): boolean;
  /** See `ResponseFacts`. */
  rewriteLocation(location: string): string | undefined;
  /** Answers with an error of the gateway's own. */
  refuse(response: ServerResponse, error: unknown): void;
  /** Told the status of every answer of the target, also of one that nobody gets. */
  answered(status: number): void;
  /** Told once when the call could not be completed, with the reason that the client does not get. */
  failed(reason: Error): void;
}

export interface Limits {
  readonly clock: Clock;
  /** Milliseconds until the target must have sent its answer's head, the upload included. (application-gateway §10) */
  readonly proxyTimeout: number;
  /** Milliseconds until the client must have sent its request. (application-gateway §10) */
  readonly requestTimeout: number;
  /** Bytes up to which a request body is kept, to send it once more. (application-gateway §5.7) */
  readonly retryBodyLimit: number;
}

/** The reason why a call without `origin` fails. */
export const UNCALLABLE = 'the target URL cannot be called: it needs http:// or https://, a host and a valid port';

/** The headers of one attempt. */
export const attemptHeaders = (
  request: IncomingMessage,
  call: Call,
  authentication: Authentication,
  { asClient = false } = {},
): RequestHeaders =>
  requestHeaders(request.rawHeaders, {
    method: request.method ?? 'GET',
    host: call.host,
    clientAddress: request.socket.remoteAddress,
    behaviour: call.behaviour,
    asClient,
    authorization: authentication.authorization,
    csrf: authentication.csrf,
    added: call.added,
  });

/** What undici makes one attempt with. */
export interface TargetRequest {
  readonly dispatcher: Dispatcher;
  readonly options: Dispatcher.DispatchOptions;
  /** See `RequestHeaders`. */
  readonly unpack: boolean;
}

const following = interceptors.redirect({ maxRedirections: 10, throwOnMaxRedirect: true });

/** @param asClient the request is the gateway's own, which follows redirects. (application-gateway §16.2) */
export function targetRequest(
  request: IncomingMessage,
  call: Call,
  authentication: Authentication,
  { asClient = false } = {},
): TargetRequest {
  const { headers, unpack } = attemptHeaders(request, call, authentication, { asClient });
  const dispatcher = call.dispatchers.for(authentication.identity);
  const method = (request.method ?? 'GET') as Dispatcher.HttpMethod;
  return {
    dispatcher: asClient ? dispatcher.compose(following) : dispatcher,
    options: { origin: call.origin, path: call.path, method, headers, body: null },
    unpack,
  };
}
