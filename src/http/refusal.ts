import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { endConnection } from './end-connection.ts';

/** What is answered on the connection itself, which ends with it. */
export interface Refusal {
  readonly status: number;
  /** Default: status code and words. Empty for no body. */
  readonly text?: string | undefined;
  /** Default: plain text. */
  readonly type?: string | undefined;
}

/** Answers on a connection past Node, and ends it when the client had time to read that. */
export function refuse(socket: Duplex, { status, text = `${status} ${STATUS_CODES[status]}`, type }: Refusal): void {
  const contentType = text && `Content-Type: ${type ?? 'text/plain; charset=utf-8'}\r\n`;
  const length = text ? '' : 'Content-Length: 0\r\n';
  endConnection(
    socket,
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${contentType}${length}Connection: close\r\n\r\n${text}`,
  );
}
