import { type Endpoint, sendEmpty } from '../exchange.ts';
import { header } from '../headers.ts';
import { withoutLeadingZeros } from '../parameters.ts';
import { sendable } from '../response-headers.ts';
import { withoutBody } from './echo.ts';
import { type PyJson, renderPyJson, sendPyJson } from './json.ts';
import { notFound } from './pages.ts';
import { parseLoosely, shownValues } from './request.ts';

/** Endpoints about headers of answers. (httpbin §5.3) */

/** `/response-headers`: the body shows the answer's headers, its own length among them. */
export const responseHeaders: Endpoint = ({ search }) => {
  const args = parseLoosely(search.slice(1));
  const types = ['application/json', ...(args.get('Content-Type') ?? [])];
  const render = (length: string) => {
    const shown = new Map<string, PyJson>(shownValues(args))
      .set('Content-Length', length)
      .set('Content-Type', types.length === 1 ? 'application/json' : types);
    return renderPyJson(shown);
  };
  // The length is part of what it counts; it settles as soon as its number of digits does.
  let body = render('0');
  while (!body.includes(`"Content-Length": "${Buffer.byteLength(body)}"`))
    body = render(String(Buffer.byteLength(body)));
  return { status: 200, headers: { ...sendable(args), 'Content-Type': 'application/json' }, body };
};

const tag = (random: { uuid(): string }) => random.uuid().replaceAll('-', '');

export const cache: Endpoint = (exchange) => {
  const { request, now, random } = exchange;
  if (header(request, 'if-modified-since') || header(request, 'if-none-match')) return sendEmpty(304);
  return sendPyJson(withoutBody(exchange), { 'Last-Modified': new Date(now()).toUTCString(), ETag: tag(random) });
};

export const cacheFor: Endpoint = (exchange) => {
  const seconds = exchange.params.seconds ?? '';
  if (!/^\d+$/.test(seconds)) return notFound();
  return sendPyJson(withoutBody(exchange), { 'Cache-Control': `public, max-age=${withoutLeadingZeros(seconds)}` });
};

const tagsOf = (list: string) => list.split(',').map((text) => text.trim().replace(/^(?:W\/)?"(.*)"$/, '$1'));

/** The tag is not quoted, as it should be. */
export const etag: Endpoint = (exchange) => {
  const own = (exchange.params.etag ?? '').replace(/[^\x21-\x7e]/g, '');
  const matches = (list: string) => tagsOf(list).some((text) => text === own || text === '*');
  const noneMatch = header(exchange.request, 'if-none-match');
  const match = header(exchange.request, 'if-match');
  if (noneMatch && matches(noneMatch)) return sendEmpty(304, { ETag: own });
  if (!noneMatch && match && !matches(match)) return sendEmpty(412);
  return sendPyJson(withoutBody(exchange), { ETag: own });
};
