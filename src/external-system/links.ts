import { type Endpoint, HTML_TYPE, RequestError, send, sendEmpty } from './exchange.ts';
import { integer } from './parameters.ts';

/** Pages full of links. (httpbin §6) */

const MAX_LINKS = 256;

function countOf(text = ''): number {
  const count = integer(text, 'link count');
  if (count >= 0 && count <= MAX_LINKS) return count;
  throw new RequestError(400, `invalid link count: ${count} must be in range [0, ${MAX_LINKS}]`);
}

export const firstLinks: Endpoint = ({ params }) => sendEmpty(302, { Location: `/links/${countOf(params.count)}/0` });

export const links: Endpoint = ({ params }) => {
  const count = countOf(params.count);
  const offset = integer(params.offset ?? '', 'offset');
  const all = Array.from({ length: count }, (_, at) =>
    at === offset ? `${at} ` : `<a href="/links/${count}/${at}">${at}</a> `,
  );
  return send(HTML_TYPE, `<html><head><title>Links</title></head><body>${all.join('')}</body></html>`);
};
