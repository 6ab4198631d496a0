import { append } from '../../go/query.ts';
import { schemeOf } from '../echo.ts';
import type { EndpointExchange } from '../exchange.ts';
import { header, headersOf } from '../headers.ts';
import { decode, type Values } from '../query.ts';

/** What this flavor tells about a request. (httpbin §2) */

/** Headers of the hosting in front of the public system; shown only when the query has `show_env`. */
const hidden = new Set(
  ['X-Varnish', 'X-Request-Start', 'X-Heroku-Queue-Depth', 'X-Real-Ip', 'X-Forwarded-Proto', 'X-Forwarded-Protocol']
    .concat(['X-Forwarded-Ssl', 'X-Heroku-Queue-Wait-Time', 'X-Forwarded-For', 'X-Heroku-Dynos-In-Use'])
    .concat(['X-Forwarded-Port', 'X-Request-Id', 'Via', 'Total-EndpointRoute-Time', 'Connect-Time']),
);

/** One text for each header, lines joined by commas. */
export function shownHeaders({ request, args }: EndpointExchange): ReadonlyMap<string, string> {
  const all = [...headersOf(request)].map(([name, values]) => [name, values.join(',')] as const);
  return new Map(args.has('show_env') ? all : all.filter(([name]) => !hidden.has(name)));
}

/** A pair that is malformed stays as it came. */
export function parseLoosely(query: string): Values {
  const values = new Map<string, string[]>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const texts = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const [key = '', value = ''] = texts.map((text) => decode(text.replaceAll('+', ' ')));
    append(values, key, value);
  }
  return values;
}

/** A text, or an array where there are several. */
export const shownValues = (values: Values): ReadonlyMap<string, string | readonly string[]> =>
  new Map([...values].map(([name, texts]) => [name, texts.length === 1 ? (texts[0] ?? '') : texts]));

export const shownArgs = ({ search }: EndpointExchange) => shownValues(parseLoosely(search.slice(1)));

/** All of `X-Forwarded-For`, else the peer. */
export const originOf = ({ request }: EndpointExchange) =>
  header(request, 'x-forwarded-for') || (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');

/** The URL with escapes of letters beyond ASCII undone; others stay. */
export function urlOf({ request, path, search }: EndpointExchange): string {
  const readable = `${path}${search}`.replace(/(?:%[89A-F][0-9A-F])+/gi, (escapes) => {
    const text = decode(escapes);
    return text.includes('\ufffd') ? escapes : text;
  });
  return `${schemeOf(request)}://${header(request, 'host')}${readable}`;
}
