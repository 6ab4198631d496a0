import { deflateSync, gzipSync } from 'node:zlib';
import { encodeBase64Url } from '../go/base64.ts';
import { withoutBody } from './echo.ts';
import {
  type Endpoint,
  type EndpointExchange,
  JSON_TYPE,
  RequestError,
  send,
  sendError,
  TEXT_TYPE,
} from './exchange.ts';
import { renderJson } from './json.ts';
import { first } from './query.ts';
import { escapeHtml, isHarmless } from './response-headers.ts';

/** Answers in other encodings. (httpbin §6) */

const packed =
  (encoding: string, member: string, pack: (text: string) => Buffer): Endpoint =>
  (exchange) => {
    const body = pack(renderJson({ ...withoutBody(exchange), url: '', [member]: true }));
    // An answer to HEAD tells the length too.
    return send(JSON_TYPE, body, { 'Content-Encoding': encoding, 'Content-Length': String(body.length) });
  };

export const gzip = packed('gzip', 'gzipped', gzipSync);
export const deflate = packed('deflate', 'deflated', deflateSync);
/** As in the original, which leaves it out. */
export const brotli: Endpoint = () => sendError(501);

function inType({ args }: EndpointExchange, content: Buffer) {
  const contentType = (first(args, 'content-type') || TEXT_TYPE).replace(/[^\x20-\x7e]/g, ' ');
  return send(contentType, isHarmless(contentType) ? content : escapeHtml(content.toString('utf8')));
}

export const base64: Endpoint = (exchange) => {
  const { operation = 'decode', value = '' } = exchange.params;
  if (value === '') throw new RequestError(400, 'no input data');
  if (operation === 'encode') return inType(exchange, Buffer.from(encodeBase64Url(Buffer.from(value))));
  if (operation === 'decode') return inType(exchange, decode(value));
  throw new RequestError(400, `invalid operation: ${operation}`);
};

function decode(text: string): Buffer {
  const bad = /[^A-Za-z0-9+/_-]/.exec(text.replace(/={1,2}$/, ''))?.index;
  const fault = bad ?? (text.length % 4 === 0 ? undefined : text.length - (text.length % 4));
  if (fault !== undefined)
    throw new RequestError(400, `base64 decode failed: illegal base64 data at input byte ${fault}`);
  return Buffer.from(text, 'base64');
}
