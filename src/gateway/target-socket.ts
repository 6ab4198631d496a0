import type { Socket } from 'node:net';
import { freeOnceWritten } from './spent-buffers.ts';

/** The head of a request as undici writes it: one text. */
const requestHead = /^[^\s]+ [^\s]+ HTTP\/1\.1\r\n/;

const CONTINUE = Buffer.from('HTTP/1.1 100');
const HEAD_END = Buffer.from('\r\n\r\n');
/** Bytes of a `100 Continue`, beyond which it is not waited for its end. */
const LONGEST_HEAD = 64 * 1024;

/**
 * What the gateway's connections do beyond undici's: large buffers are freed once they are written; a `100 Continue`,
 * which undici takes for an error since it did not ask for it, is left out (application-gateway §23.9); and it is told
 * when a target has closed a connection instead of answering the next request on it.
 * @param unanswered gets the errors of requests that met a connection which its target was just closing
 */
export function prepareSocket<S extends Socket>(socket: S, unanswered: WeakSet<Error>): S {
  let requests = 0;
  let heard = false;
  /** No answer has come, other than to go on. */
  let awaiting = false;
  let begun: Buffer | undefined;

  const write = socket.write.bind(socket) as (...parameters: unknown[]) => boolean;
  socket.write = (chunk: unknown, ...rest: unknown[]) => {
    if (typeof chunk === 'string' && requestHead.test(chunk)) {
      requests++;
      heard = false;
      awaiting = true;
    }
    const freed = rest.length === 0 && freeOnceWritten(chunk);
    return freed ? write(chunk, freed) : write(chunk, ...rest);
  };

  const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
  socket.read = (size?: number) => {
    const chunk = read(size);
    if (!chunk || !awaiting) return chunk;
    heard = true;
    const bytes = withoutContinue(begun ? Buffer.concat([begun, chunk]) : chunk);
    begun = bytes.isComplete ? undefined : bytes.rest;
    awaiting = !bytes.isComplete || bytes.rest.length === 0;
    return bytes.isComplete && bytes.rest.length > 0 ? bytes.rest : null;
  };

  socket.prependListener('error', (error: Error) => {
    if (requests > 1 && !heard) unanswered.add(error);
  });
  return socket;
}

/** Takes every leading `100 Continue` away; not complete when the bytes end within what may be one. */
function withoutContinue(bytes: Buffer): { readonly rest: Buffer; readonly isComplete: boolean } {
  let rest = bytes;
  while (rest.length > 0) {
    const length = Math.min(rest.length, CONTINUE.length);
    if (rest.compare(CONTINUE, 0, length, 0, length) !== 0) return { rest, isComplete: true };
    const end = rest.indexOf(HEAD_END);
    if (end < 0) return { rest, isComplete: rest.length > LONGEST_HEAD };
    rest = rest.subarray(end + HEAD_END.length);
  }
  return { rest, isComplete: true };
}
