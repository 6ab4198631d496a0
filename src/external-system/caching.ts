import { createHash } from 'node:crypto';
import { serveContent } from './content.ts';
import { withoutBody } from './echo.ts';
import { type Endpoint, RequestError, sendEmpty, sendJson, TEXT_TYPE } from './exchange.ts';
import { header } from './headers.ts';
import { renderJson } from './json.ts';
import { parseInt64 } from './parameters.ts';

/** Endpoints for clients that cache. (httpbin §5.3) */

export const cache: Endpoint = (exchange) => {
  const { request, now } = exchange;
  if (header(request, 'if-modified-since') || header(request, 'if-none-match')) return sendEmpty(304);
  const modified = new Date(now()).toUTCString().replace('GMT', 'UTC');
  const etag = createHash('sha1').update(modified).digest('hex');
  return sendJson(withoutBody(exchange), 200, { 'Last-Modified': modified, ETag: etag });
};

export const cacheFor: Endpoint = (exchange) => {
  const seconds = exchange.params.seconds ?? '';
  const age = parseInt64(seconds);
  if (typeof age !== 'bigint') throw new RequestError(400, `invalid seconds: ${age.problem}`);
  return sendJson(withoutBody(exchange), 200, { 'Cache-Control': `public, max-age=${age}` });
};

export const etag: Endpoint = (exchange) =>
  serveContent(exchange, {
    bytes: Buffer.from(renderJson(withoutBody(exchange))),
    contentType: TEXT_TYPE,
    etag: `"${(exchange.params.etag ?? '').replace(/[^\x20\x21\x23-\x7e]/g, '')}"`,
    modified: exchange.now(),
  });
