import { MAX_BODY_SIZE, readBytes } from './body.ts';
import { chanceOf, fraction } from './chance.ts';
import { type Endpoint, RequestError, send, sendJson, TEXT_TYPE } from './exchange.ts';
import { header, headersOf } from './headers.ts';
import { parameter, share } from './parameters.ts';

/** Endpoints about the system itself, and about the request as it came. (httpbin §6) */

const NAME = 'go-httpbin';

export const hostname: Endpoint = () => sendJson({ hostname: NAME });
export const version: Endpoint = () => sendJson({ service: NAME });
/** No variable of the process is ever shown. */
export const environment: Endpoint = () => sendJson({ env: null });

/** Succeeds or fails by chance. */
export const unstable: Endpoint = (exchange) => {
  const rate = share(parameter(exchange.args, 'failure_rate', '0.5'), 'failure rate');
  const failed = fraction(chanceOf(exchange)) < rate;
  return { ...send(TEXT_TYPE, ''), status: failed ? 500 : 200 };
};

export const dumpRequest: Endpoint = async ({ request, method }) => {
  const body = await readBytes(request, MAX_BODY_SIZE, () => new RequestError(400, 'http: request body too large'));
  const lines = [...headersOf(request)]
    .filter(([name]) => name !== 'Host')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
  const head = [`${method} ${request.url} HTTP/${request.httpVersion}`, `Host: ${header(request, 'host')}`, ...lines];
  return send(TEXT_TYPE, `${head.join('\r\n')}\r\n\r\n${body.toString('utf8')}`);
};
