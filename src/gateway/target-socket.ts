import type { Socket } from 'node:net';
import { freeOnceWritten } from './spent-buffers.ts';

const CONTINUE = Buffer.from('HTTP/1.1 100');
const HEAD_END = Buffer.from('\r\n\r\n');
const CARRIAGE_RETURN = 0x0d;
/** Where the status stands in an answer, and the first digit of one that is not the last word. */
const STATUS_AT = 'HTTP/1.1 '.length;
const ONE = 0x31;
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

  const write = socket.write as Write;
  socket.write = (chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    if (typeof chunk === 'string') {
      if (isRequestHead(chunk)) {
        requests++;
        heard = false;
        awaiting = true;
      }
    } else if (encoding === undefined) {
      const freed = freeOnceWritten(chunk);
      if (freed) return write.call(socket, chunk, freed);
    }
    return write.call(socket, chunk, encoding, callback);
  };

  const { read } = socket;
  socket.read = (size?: number): Buffer | null => {
    const chunk: Buffer | null = read.call(socket, size);
    if (!awaiting || chunk === null) return chunk;
    heard = true;
    // By far the most answers begin with another status than one of a hundred.
    if (!begun && chunk.length > STATUS_AT && chunk[STATUS_AT] !== ONE) {
      awaiting = false;
      return chunk;
    }
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

type Write = (this: Socket, ...parameters: unknown[]) => boolean;

/** What undici writes as text is either the head of a request or, with a line end in front, the size of a chunk. */
const isRequestHead = (text: string) => text.charCodeAt(0) !== CARRIAGE_RETURN;

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
