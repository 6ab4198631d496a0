import { MAX_BODY_SIZE } from './body.ts';
import { chanceOf } from './chance.ts';
import { serveContent } from './content.ts';
import { BINARY_TYPE, type Endpoint, type Exchange, send, sendEmpty, TEXT_TYPE } from './exchange.ts';
import { parameter, wholeNumber } from './parameters.ts';

/** Endpoints that answer as many bytes as are asked for. (httpbin §6) */

function* chunks(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const randomBytes = (exchange: Exchange): Buffer => {
  const count = exchange.params.count ?? '';
  // None is fine, though the message says otherwise.
  return Number(count) === 0 && /^[-+]?\d+$/.test(count)
    ? Buffer.alloc(0)
    : chanceOf(exchange).bytes(wholeNumber(count, 'byte count', 1, MAX_BODY_SIZE));
};

export const bytes: Endpoint = (exchange) => {
  const content = randomBytes(exchange);
  return content.length === 0 ? sendEmpty(200) : send(BINARY_TYPE, content);
};

export const streamBytes: Endpoint = (exchange) => {
  const size = wholeNumber(parameter(exchange.args, 'chunk_size', '10240'), 'chunk_size', 1, MAX_BODY_SIZE);
  const content = randomBytes(exchange);
  if (content.length === 0) return sendEmpty(200);
  return send(
    BINARY_TYPE,
    (async function* () {
      yield* chunks(content, size);
    })(),
  );
};

/** The alphabet over and over, whole or in ranges. */
export const range: Endpoint = (exchange) => {
  const size = wholeNumber(exchange.params.count ?? '', 'count', 1, MAX_BODY_SIZE);
  return serveContent(exchange, {
    bytes: Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz'),
    contentType: TEXT_TYPE,
    etag: `range${size}`,
  });
};
