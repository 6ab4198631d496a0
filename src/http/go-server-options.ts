import type { IncomingMessage } from 'node:http';
import type { Refusal } from './refusal.ts';

/** How a server that stands for one written in Go reads requests. (application-gateway §4, §10, §23.3) */
export interface GoServerOptions {
  /** Milliseconds for the head of a request, and for which an idle connection is kept. */
  readonly readTimeout: number;
  /** The answer to a request whose body turns out to be malformed: a proxy has called its target by then. */
  readonly brokenBody?: ((request: IncomingMessage) => Refusal | undefined) | undefined;
  /** `CONNECT` is a request like any other. Default: refused, with a word about proxies. */
  readonly connects?: boolean | undefined;
}
