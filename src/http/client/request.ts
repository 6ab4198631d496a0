import type { GoUrl } from '../../go/url.ts';
import type { RawHeaders } from '../raw-headers.ts';
import type { TlsIdentity } from './tls.ts';

/** A request of our own to somebody else's server. */
export interface ClientRequest {
  readonly method: 'GET' | 'POST';
  readonly url: GoUrl;
  /**
   * Names and values in turn, as they are to be spelled; values are binary strings. `Accept-Encoding: gzip` is added where they have none; what
   * only the connection can say (`Host`, `Content-Length`, …) is not sent.
   */
  readonly headers: readonly string[];
  readonly body?: string | Uint8Array;
  readonly identity: TlsIdentity;
  /** Only the head of the answer is of interest, however its body ends. */
  readonly ignoresBody?: boolean;
  /** Gives the call up when it is aborted. */
  readonly signal?: AbortSignal;
}

export interface ClientAnswer {
  readonly status: number;
  /** As the server worded it; may be empty. */
  readonly statusText: string;
  readonly headers: RawHeaders;
  /** Unpacked. */
  readonly body: Buffer;
}

/** What a caller allows, and how it differs from other callers. */
export interface CallRules {
  /**
   * How long everything may take, redirects and body included, on our clock, and what the error says then. Absent: as
   * long as it takes.
   */
  readonly timeout?: { readonly milliseconds: number; readonly text: string };
  /** Bytes of an answer's body, as it comes and unpacked. */
  readonly maxSize: number;
  /** A connection that is reset before anything of an answer has come is tried once more; default false. */
  readonly retriesReset?: boolean;
  /** User and password of a URL become `Authorization` where there is none; default false: they are not used. */
  readonly logsInByUrl?: boolean;
  /** Says `Connection: close`, so that nothing stays open; default false: connections are used again. */
  readonly closesConnection?: boolean;
}

/** @throws ClientError */
export type Ask = (request: ClientRequest) => Promise<ClientAnswer>;

/**
 * There is no usable answer; the message is the reason, in Go's words where callers pass it on.
 *
 * - `request`: there was no answer at all, or the redirects of it lead nowhere
 * - `body`: the answer broke off, or cannot be unpacked
 * - `size`: the answer is larger than the caller allows
 */
export class ClientError extends Error {
  readonly stage: 'request' | 'body' | 'size';
  /** The URL that was asked last, as it may be shown; only where redirects led to it. */
  readonly url: string | undefined;

  constructor(stage: ClientError['stage'], reason: string, options: ErrorOptions & { readonly url?: string } = {}) {
    super(reason, options);
    this.stage = stage;
    this.url = options.url;
  }
}
