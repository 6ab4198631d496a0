import { MAX_BODY_SIZE } from './body.ts';
import { chanceOf } from './chance.ts';
import { serveContent } from './content.ts';
import {
  BINARY_TYPE,
  type Endpoint,
  type EndpointExchange,
  RequestError,
  send,
  sendEmpty,
  TEXT_TYPE,
} from './exchange.ts';
import { integer, parameter, wholeNumber } from './parameters.ts';

/** Endpoints that answer as many bytes as are asked for. (httpbin §6) */

function* chunks(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function randomBytes(exchange: EndpointExchange): Buffer {
  const text = exchange.params.count ?? '';
  const count = integer(text, 'byte count');
  if (count < 0) throw new RequestError(400, `invalid byte count: ${count} must be greater than 0`);
  const chance = chanceOf(exchange);
  // None is fine, though the messages say otherwise.
  return count === 0 ? Buffer.alloc(0) : chance.bytes(wholeNumber(text, 'byte count', 1, MAX_BODY_SIZE));
}

/** So that an answer to HEAD tells it too. */
const withLength = (content: Buffer) => ({ 'Content-Length': String(content.length) });

export const bytes: Endpoint = (exchange) => {
  const content = randomBytes(exchange);
  return content.length === 0 ? sendEmpty(200) : send(BINARY_TYPE, content, withLength(content));
};

export const streamBytes: Endpoint = (exchange) => {
  const content = randomBytes(exchange);
  if (content.length === 0) return sendEmpty(200);
  const size = Math.max(1, integer(parameter(exchange.args, 'chunk_size', '10240'), 'chunk_size'));
  return send(
    BINARY_TYPE,
    (async function* () {
      yield* chunks(content, size);
    })(),
  );
};

/** The alphabet over and over, whole or in ranges. */
export const range: Endpoint = (exchange) => {
  const size = wholeNumber(exchange.params.count ?? '', 'count', 1, MAX_BODY_SIZE, 'ParseInt');
  return serveContent(exchange, {
    bytes: Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz'),
    contentType: TEXT_TYPE,
    etag: `range${size}`,
  });
};
