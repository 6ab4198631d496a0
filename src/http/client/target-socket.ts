import type { Socket } from 'node:net';
import { freeOnceWritten } from './spent-buffers.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
const CARRIAGE_RETURN = 0x0d;
/** Where the status stands in an answer, and the first digit of one that is not the last word. */
const STATUS_AT = 'HTTP/1.1 '.length;
const ONE = 0x31;
/** Bytes of a head before the answer, beyond which it is not waited for its end. */
const LONGEST_HEAD = 64 * 1024;

/**
 * What connections do beyond undici's: large buffers are freed once they are written; a `100 Continue`,
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
    const { passed, held, isOver } = withoutContinue(begun ? Buffer.concat([begun, chunk]) : chunk);
    begun = held;
    awaiting = !isOver;
    return passed.length > 0 ? passed : null;
  };

  socket.prependListener('error', (error: Error) => {
    if (requests > 1 && !heard) unanswered.add(error);
  });
  return socket;
}

type Write = (this: Socket, ...parameters: unknown[]) => boolean;

/** What undici writes as text is either the head of a request or, with a line end in front, the size of a chunk. */
const isRequestHead = (text: string) => text.charCodeAt(0) !== CARRIAGE_RETURN;

interface Filtered {
  readonly passed: Buffer;
  /** The beginning of a head of which more has to come. */
  readonly held: Buffer | undefined;
  /** What follows is the answer, which may contain anything. */
  readonly isOver: boolean;
}

/** Takes every `100 Continue` away from what comes before an answer. */
function withoutContinue(bytes: Buffer): Filtered {
  const kept: Buffer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const start = rest.toString('latin1', 0, STATUS_AT + 4);
    const [, status] = interim.exec(start) ?? [];
    const end = rest.indexOf(HEAD_END);
    if ((status === undefined && !mayBecomeInterim(start)) || (end < 0 && rest.length > LONGEST_HEAD)) {
      return { passed: Buffer.concat([...kept, rest]), held: undefined, isOver: true };
    }
    if (end < 0) return { passed: Buffer.concat(kept), held: rest, isOver: false };
    const next = end + HEAD_END.length;
    if (status !== '100') kept.push(rest.subarray(0, next));
    rest = rest.subarray(next);
  }
  return { passed: Buffer.concat(kept), held: undefined, isOver: false };
}

/** The beginning of what comes before an answer, of which 101 is the last word. */
const interim = /^HTTP\/1\.[01] (1(?!01)\d\d)[ \r]/;
const mayBecomeInterim = (start: string) =>
  start.length < STATUS_AT + 4 && ('HTTP/1.1 1'.startsWith(start) || /^HTTP\/1\.[01] 1\d{0,2}$/.test(start));
