import type { Random } from '../core/random.ts';
import { type Answer, type EndpointExchange, sendEmpty, sendPlainError } from './exchange.ts';
import { header } from './headers.ts';

/** Serving of content with conditions and ranges, as Go's server does it. (httpbin §5.3, §6) */

export interface Content {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** As it stands in the header. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified?: number | undefined;
}

export function serveContent(exchange: EndpointExchange, content: Content): Answer {
  const { bytes, contentType, etag, modified } = content;
  const validators = {
    ETag: etag,
    ...(modified !== undefined && { 'Last-Modified': new Date(modified).toUTCString() }),
  };
  const verdict = conditions(exchange, content);
  if (verdict === 304) return sendEmpty(304, { ETag: etag });
  if (verdict === 412) return sendEmpty(412, { ...validators, 'Content-Type': contentType });

  const headers = { ...validators, 'Accept-Ranges': 'bytes' };
  const length = String(bytes.length);
  const whole: Answer = {
    status: 200,
    headers: { ...headers, 'Content-Type': contentType, 'Content-Length': length },
    body: bytes,
  };
  const wanted = header(exchange.request, 'range');
  if (wanted === '' || !rangeCounts(exchange, content)) return whole;
  const ranges = readRanges(wanted, bytes.length);
  if (typeof ranges === 'string') {
    const size = ranges === NO_OVERLAP && { 'Content-Range': `bytes */${bytes.length}` };
    return sendPlainError(416, ranges, { ...size });
  }
  if (ranges.reduce((sum, { length }) => sum + length, 0) > bytes.length) return whole;
  const [only, ...more] = ranges;
  if (!only) return whole;
  if (more.length > 0) return multipart(exchange.random, content, ranges, headers);
  return {
    status: 206,
    headers: { ...headers, 'Content-Type': contentType, 'Content-Range': rangeText(only, bytes.length) },
    body: bytes.subarray(only.start, only.start + only.length),
  };
}

const tags = (list: string) => list.match(/(?:W\/)?"[^"]*"|\*/g) ?? [];
const opaque = (tag: string) => tag.replace(/^W\//, '');

function conditions({ request, method }: EndpointExchange, { etag, modified }: Content): 200 | 304 | 412 {
  const match = header(request, 'if-match');
  if (match && !tags(match).some((tag) => tag === '*' || tag === etag)) return 412;
  const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
  const unmodifiedSince = Date.parse(header(request, 'if-unmodified-since'));
  if (!match && modified !== undefined && seconds(modified) > seconds(unmodifiedSince)) return 412;
  const noneMatch = header(request, 'if-none-match');
  const reads = method === 'GET' || method === 'HEAD';
  if (noneMatch) {
    const known = tags(noneMatch).some((tag) => tag === '*' || opaque(tag) === opaque(etag));
    return known ? (reads ? 304 : 412) : 200;
  }
  const since = Date.parse(header(request, 'if-modified-since'));
  if (reads && modified !== undefined && seconds(modified) <= seconds(since)) return 304;
  return 200;
}

function rangeCounts({ request }: EndpointExchange, { etag, modified }: Content): boolean {
  const condition = header(request, 'if-range');
  if (condition === '' || (condition === etag && /^".*"$/.test(etag))) return true;
  return modified !== undefined && Date.parse(condition) === Math.floor(modified / 1000) * 1000;
}

interface Range {
  readonly start: number;
  readonly length: number;
}

const NO_OVERLAP = 'invalid range: failed to overlap';

/** @returns the ranges that lie in the content, or why there are none */
function readRanges(text: string, size: number): readonly Range[] | string {
  if (!text.startsWith('bytes=')) return 'invalid range';
  const ranges: Range[] = [];
  let beyond = false;
  for (const part of text.slice('bytes='.length).split(',')) {
    if (part.trim() === '') continue;
    const [from = '', to = '', ...more] = part.split('-', 3).map((text) => text.trim());
    const isRange = part.includes('-') && more.length === 0 && isDigits(from) && isDigits(to);
    if (!isRange || (from === '' && to === '')) return 'invalid range';
    const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
    const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
    if (to !== '' && from !== '' && Number(to) < start) return 'invalid range';
    if (start >= size) beyond = true;
    else ranges.push({ start, length: end - start + 1 });
  }
  return ranges.length === 0 && beyond ? NO_OVERLAP : ranges;
}

const isDigits = (text: string) => /^\d*$/.test(text);

const rangeText = ({ start, length }: Range, size: number) => `bytes ${start}-${start + length - 1}/${size}`;

function multipart(
  random: Random,
  { bytes, contentType }: Content,
  ranges: readonly Range[],
  headers: Answer['headers'],
): Answer {
  const boundary = random.bytes(30).toString('hex');
  const parts = ranges.flatMap((range, index) => [
    Buffer.from(
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\n` +
        `Content-Range: ${rangeText(range, bytes.length)}\r\nContent-Type: ${contentType}\r\n\r\n`,
    ),
    bytes.subarray(range.start, range.start + range.length),
  ]);
  return {
    status: 206,
    headers: { ...headers, 'Content-Type': `multipart/byteranges; boundary=${boundary}` },
    body: Buffer.concat([...parts, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
