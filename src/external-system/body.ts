import type { IncomingMessage } from 'node:http';
import { givingWay } from '../core/give-way.ts';
import { encodeBase64Url } from '../go/base64.ts';
import { GoSyntaxError } from '../go/json-parser.ts';
import { append, queryReading } from '../go/query.ts';
import { RequestError } from './exchange.ts';
import { type Json, NumberRangeError, reading } from './json.ts';
import type { Values } from './query.ts';

/** go-httpbin's MAX_BODY_SIZE, in bytes. (httpbin §2) */
export const MAX_BODY_SIZE = 1024 * 1024;

export interface Body {
  readonly data: string;
  readonly files: Values;
  readonly form: Values;
  readonly json: Json;
}

type Reader = (bytes: Buffer, contentType: string) => Partial<Body> | Promise<Partial<Body>>;

/** How a body is understood, by media type; others are shown as a data URL. (httpbin §3.1) */
const readers: Readonly<Record<string, Reader>> = {
  'text/plain': () => ({}),
  'text/html': () => ({}),
  'application/json': async (bytes) => ({ json: await jsonOf(bytes.toString('utf8')) }),
  'application/x-www-form-urlencoded': async (bytes) => {
    const { values, problem } = await givingWay(queryReading(bytes.toString('latin1')));
    if (problem) throw unparsable(problem);
    return { form: values };
  },
  'multipart/form-data': readMultipart,
};

const empty: Body = { data: '', files: new Map(), form: new Map(), json: null };

/**
 * Reads and understands the body of a request.
 * @throws RequestError when it is too large or malformed
 */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const bytes = await readBytes(request, MAX_BODY_SIZE, () => unparsable('http: request body too large'));
  if (bytes.length === 0) return empty;
  const contentType = request.headers['content-type'] ?? '';
  const mediaType = contentType.split(';', 1)[0] ?? '';
  const reader = Object.hasOwn(readers, mediaType) ? readers[mediaType] : undefined;
  if (!reader) return { ...empty, data: dataUrl(bytes, mediaType || 'application/octet-stream') };
  return { ...empty, data: bytes.toString('utf8'), ...(await reader(bytes, contentType)) };
}

/**
 * Reads a body whole.
 * @throws what `tooLarge` makes, when it has more than `limit` bytes
 */
export function readBytes(request: IncomingMessage, limit: number, tooLarge: () => Error): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // What comes after the limit is read and dropped, since a client that is cut off would not see the answer.
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

const unparsable = (reason: string) => new RequestError(400, `error parsing request body: ${reason}`);

/** URL-safe alphabet, with padding. */
const dataUrl = (bytes: Buffer, mediaType: string) => `data:${mediaType};base64,${encodeBase64Url(bytes)}`;

async function jsonOf(text: string): Promise<Json> {
  if (text.trim() === '') throw unparsable('EOF');
  try {
    return await givingWay(reading(text));
  } catch (error) {
    if (!(error instanceof GoSyntaxError || error instanceof NumberRangeError)) throw error;
    // Go reads from a stream here, which words the end of the input in another way.
    throw unparsable(error.message === 'unexpected end of JSON input' ? 'unexpected EOF' : error.message);
  }
}

/** @throws RequestError when the body is not what its type says */
export async function readMultipart(bytes: Buffer, contentType: string): Promise<Partial<Body>> {
  if (!/;\s*boundary=/i.test(contentType)) throw unparsable('no multipart boundary param in Content-Type');
  const parts = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => {
      throw unparsable('multipart: NextPart: EOF');
    });
  const form = new Map<string, string[]>();
  const files = new Map<string, string[]>();
  for (const [name, part] of parts) {
    const [values, value] = typeof part === 'string' ? [form, part] : [files, await part.text()];
    append(values, name, value);
  }
  return { form, files };
}
