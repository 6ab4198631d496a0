import type { ServerResponse } from 'node:http';
import { type ApiError, statusOf } from './status.ts';

export const JSON_TYPE = 'application/json';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Sends a finished text, or its bytes. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  text: string | Buffer,
  headers?: Headers,
): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-cache, private');
  for (const name in headers) response.setHeader(name, headers[name] as string);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

export const sendJson = (response: ServerResponse, status: number, value: unknown, headers?: Headers) =>
  send(response, status, JSON_TYPE, JSON.stringify(value), headers);

export function sendError(response: ServerResponse, error: ApiError): void {
  const wait = error.details?.retryAfterSeconds;
  sendJson(response, error.status, statusOf(error), wait === undefined ? undefined : { 'Retry-After': String(wait) });
}

/** What a path gets that the server does not know at all. (kubernetes-api §2.1) */
export const sendNothingHere = (response: ServerResponse) => send(response, 404, 'text/plain', '404 page not found\n');

/** A `Warning` header as `kubectl` shows it; quotes and backslashes escaped, no line breaks. (kubernetes-api §5.3) */
export const warning = (text: string) =>
  `299 - "${text.replace(/[\r\n]+/g, ' ').replace(/[\\"]/g, '\\$&')}"`.replace(/[^\x20-\x7e]/g, '?');
