import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { codeOf, messageOf } from '../../core/errors.ts';
import { headerValues, type RawHeaders } from '../raw-headers.ts';
import { ClientError } from './request.ts';

export type BodyStream = Dispatcher.ResponseData['body'];

/** Off the event loop. */
const unpack = promisify(gunzip);

/**
 * Reads the body of an answer to its end, unpacked.
 * @param maxSize bytes, as they come and unpacked
 * @throws ClientError
 */
export async function readBody(
  stream: BodyStream,
  headers: RawHeaders,
  { maxSize, signal }: { readonly maxSize: number; readonly signal: AbortSignal },
): Promise<Buffer> {
  const tooLarge = () => new ClientError('size', `the answer is larger than ${maxSize} bytes`);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxSize) throw tooLarge();
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    const isPacked = bytes.length > 0 && headerValues(headers, 'content-encoding')[0]?.toLowerCase() === 'gzip';
    return isPacked ? await unpack(bytes, { maxOutputLength: maxSize }) : bytes;
  } catch (error) {
    if (error instanceof ClientError) throw error;
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new ClientError('body', signal.aborted ? messageOf(signal.reason) : brokenOff(error), { cause: error });
  }
}

/** What is only the end of a connection has Go's name. */
function brokenOff(error: unknown): string {
  const reason = messageOf(error);
  return reason === 'terminated' || reason === 'other side closed' ? 'unexpected EOF' : reason;
}

/** Lets go of a body, which is not waited for: its connection ends with it. */
export function discard(stream: BodyStream): void {
  stream.on('error', () => {});
  stream.destroy();
}
