import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from './refusal.ts';

/**
 * One HTTP service as a client knows it: the Connector Service's internal API, the Application Gateway's standalone
 * port, … A capability makes sites; the composition root puts them on edges, one by port or many by host name.
 */
export interface Site {
  /** Handles one request. Never throws and always ends the response. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Takes over a connection that asks for another protocol. Absent: such a request is answered as a plain one. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Which requests may change the protocol; the others are answered as plain ones. Default: all that can. */
  upgrades?(request: IncomingMessage): boolean;
  /** The answer to a request whose body turns out to be malformed, where the site has begun to pass it on by then. */
  readonly brokenBody?: Refusal | undefined;
  /** Releases what the site holds; calling it twice is harmless. */
  close(): Promise<void>;
}
