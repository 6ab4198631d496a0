import { deflateSync, gzipSync } from 'node:zlib';
import { withoutBody } from './echo.ts';
import { type Endpoint, type Exchange, JSON_TYPE, RequestError, send, sendError, TEXT_TYPE } from './exchange.ts';
import { renderJson } from './json.ts';
import { first } from './query.ts';
import { escapeHtml, isHarmless } from './response-headers.ts';

/** Answers in other encodings. (httpbin §6) */

const packed =
  (encoding: string, member: string, pack: (text: string) => Buffer): Endpoint =>
  (exchange) =>
    send(JSON_TYPE, pack(renderJson({ ...withoutBody(exchange), url: '', [member]: true })), {
      'Content-Encoding': encoding,
    });

export const gzip = packed('gzip', 'gzipped', gzipSync);
export const deflate = packed('deflate', 'deflated', deflateSync);
/** As in the original, which leaves it out. */
export const brotli: Endpoint = () => sendError(501);

function inType({ args }: Exchange, text: string) {
  const contentType = (first(args, 'content-type') || TEXT_TYPE).replace(/[^\x20-\x7e]/g, ' ');
  return send(contentType, isHarmless(contentType) ? text : escapeHtml(text));
}

export const base64: Endpoint = (exchange) => {
  const { operation = 'decode', value = '' } = exchange.params;
  if (value === '') throw new RequestError(400, 'no input data');
  if (operation === 'encode') return inType(exchange, Buffer.from(value).toString('base64').replace(/[+/]/g, urlSafe));
  if (operation === 'decode') return inType(exchange, decode(value));
  throw new RequestError(400, `invalid operation: ${operation}`);
};

const urlSafe = (character: string) => (character === '+' ? '-' : '_');

function decode(text: string): string {
  const bad = /[^A-Za-z0-9+/_-]/.exec(text.replace(/={1,2}$/, ''))?.index;
  const fault = bad ?? (text.length % 4 === 0 ? undefined : text.length - (text.length % 4));
  if (fault !== undefined) throw new RequestError(400, `illegal base64 data at input byte ${fault}`);
  return Buffer.from(text, 'base64').toString('utf8');
}
