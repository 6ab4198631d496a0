import { encodeGoJson } from '../../go/json.ts';
import { readBytes } from '../body.ts';
import { type Answered, type EndpointExchange, RequestError, send, sendEmpty, TEXT_TYPE } from '../exchange.ts';
import { headersOf } from '../headers.ts';
import { MAX_ECHO_SIZE } from './settings.ts';

/** Endpoints that ask for nothing. (external-systems §2.1) */

/** The bytes of the body come back in base64. */
export async function echo(exchange: EndpointExchange): Promise<Answered> {
  const body = await readBytes(exchange.request, MAX_ECHO_SIZE, () => new RequestError(413, 'body too large'));
  const shown = [...headersOf(exchange.request)].filter(([name]) => name !== 'Host' && name !== 'Transfer-Encoding');
  const others = encodeGoJson({
    headers: Object.fromEntries(shown.sort(([left], [right]) => (left < right ? -1 : 1))),
    method: exchange.method,
    query: exchange.search.slice(1),
  });
  // Nothing in base64 has to be escaped, and it may be long.
  return send('application/json', `{"body":"${body.toString('base64')}",${others.slice(1)}`);
}

/** Any status that can be sent; the others end the connection. */
export function code({ params }: EndpointExchange): Answered {
  const digits = params.digits ?? '';
  const status = Number(digits);
  if (status < 100 || status > 999) return undefined;
  if (status === 101) return sendEmpty(101);
  // An informational status cannot end an answer; what follows it is a success.
  if (status < 200) return { ...send(TEXT_TYPE, digits), ahead: status };
  if (status === 204 || status === 304) return sendEmpty(status);
  return { ...send(TEXT_TYPE, digits), status };
}

export const timeout = ({ silence }: EndpointExchange): Promise<Answered> => silence();
