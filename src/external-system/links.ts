import { type Endpoint, HTML_TYPE, send, sendEmpty } from './exchange.ts';
import { wholeNumber } from './parameters.ts';

/** Pages full of links. (httpbin §6) */

const MAX_LINKS = 256;

const countOf = (text: string | undefined) => wholeNumber(text ?? '', 'link count', 0, MAX_LINKS);

export const firstLinks: Endpoint = ({ params }) => sendEmpty(302, { Location: `/links/${countOf(params.count)}/0` });

export const links: Endpoint = ({ params }) => {
  const count = countOf(params.count);
  const offset = wholeNumber(params.offset ?? '', 'offset', 0, Number.MAX_SAFE_INTEGER);
  const all = Array.from({ length: count }, (_, at) =>
    at === offset ? `${at} ` : `<a href="/links/${count}/${at}">${at}</a> `,
  );
  return send(HTML_TYPE, `<html><head><title>Links</title></head><body>${all.join('')}</body></html>`);
};
