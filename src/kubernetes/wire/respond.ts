import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../../core/errors.ts';
import type { Text } from './portions.ts';
import { type ApiError, statusOf } from './status.ts';

export const JSON_TYPE = 'application/json';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Of one who sends on after the answer, no more than this is read. */
const PATIENCE = 64 * 1024 * 1024;

/** Sends a finished text, or its bytes. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  text: string | Buffer,
  headers?: Headers,
): void {
  start(response, status, type, headers);
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}

/** Sends a text that may be long: portion by portion then, with everything else of the process in between. */
export async function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  text: Text,
  headers?: Headers,
): Promise<void> {
  if (typeof text === 'string' || Buffer.isBuffer(text)) {
    send(response, status, type, text, headers);
    return;
  }
  start(response, status, type, headers);
  try {
    await pipeline(Readable.from(text), response);
  } catch (error) {
    // The client went away; nobody is left to tell.
    if (codeOf(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function start(response: ServerResponse, status: number, type: string, headers: Headers | undefined): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-cache, private');
  for (const name in headers) response.setHeader(name, headers[name] as string);
}

export const sendJson = (response: ServerResponse, status: number, value: unknown, headers?: Headers) =>
  send(response, status, JSON_TYPE, JSON.stringify(value), headers);

export function sendError(response: ServerResponse, error: ApiError): void {
  const wait = error.details?.retryAfterSeconds;
  const headers = wait === undefined ? undefined : { 'Retry-After': String(wait) };
  if (error.status === 413 && !response.req.complete) sendWhileReceiving(response, error);
  else sendJson(response, error.status, statusOf(error), headers);
}

/**
 * Answers one whose body nobody wants to read to its end. The answer is complete by its length, but the connection
 * stays until the client has stopped sending: closed earlier, it would break off before many clients read the answer.
 */
function sendWhileReceiving(response: ServerResponse, error: ApiError): void {
  const { req: request } = response;
  const text = JSON.stringify(statusOf(error));
  start(response, error.status, JSON_TYPE, { Connection: 'close', 'Content-Length': String(Buffer.byteLength(text)) });
  response.write(text);
  let received = 0;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > PATIENCE) request.socket.destroy();
  });
  request.once('end', () => response.end());
  request.resume();
}

/** What a path gets that the server does not know at all. (kubernetes-api §2.1) */
export const sendNothingHere = (response: ServerResponse) => send(response, 404, 'text/plain', '404 page not found\n');
