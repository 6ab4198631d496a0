import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Which stream of which pod (or service) a request asks for, taken from its path. */
export interface StreamTarget {
  readonly namespace: string;
  readonly pod?: string;
  readonly service?: string;
  readonly subresource: 'portforward' | 'exec' | 'attach' | 'log';
}

/**
 * What the Kubernetes API hands the requests to that carry a byte stream instead of an object (kubernetes-api §10, §11).
 * The caller has checked who asks; whether the pod exists, has that container or may be entered is the handler's to say.
 */
export interface StreamHandler {
  /** Takes over the socket of an upgrade request (SPDY/3.1 or WebSocket) and answers it in every case. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, target: StreamTarget): void;
  /** Answers a plain request (logs; an upgrade that was not asked for) and says true, or says false and leaves it untouched. */
  request(request: IncomingMessage, response: ServerResponse, target: StreamTarget): boolean;
}
