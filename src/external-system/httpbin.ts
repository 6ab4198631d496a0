import type { IncomingMessage } from 'node:http';
import {
  type Answer,
  type Answered,
  type Endpoint,
  type EndpointExchange,
  RequestError,
  sendEmpty,
} from './exchange.ts';
import type { Flavor } from './flavors.ts';
import { createRouter } from './router.ts';

/** HTTPBin in one of its flavors. (httpbin §2) */
export function createHttpBin(flavor: Flavor): Endpoint {
  const router = createRouter(flavor.routes, flavor);

  function preflight({ request, path }: EndpointExchange): Answer {
    const wanted = request.headers['access-control-request-headers'];
    const allowed = flavor.preflightKnowsPaths ? router.methodsOf(path) : undefined;
    if (allowed?.length === 0) return flavor.notFound();
    return sendEmpty(200, {
      ...(allowed && { Allow: allowed.join(', ') }),
      'Access-Control-Allow-Methods': flavor.preflightMethods,
      'Access-Control-Max-Age': '3600',
      ...(wanted && { 'Access-Control-Allow-Headers': wanted }),
    });
  }

  async function answer(exchange: EndpointExchange): Promise<Answered> {
    const { method, path, search } = exchange;
    if (method === 'OPTIONS') return preflight(exchange);
    const match = router.find(method, path, search);
    if ('answer' in match) return match.answer;
    try {
      return await match.endpoint({ ...exchange, params: match.params });
    } catch (error) {
      if (error instanceof RequestError) return flavor.refuse(error);
      throw error;
    }
  }

  return async (exchange) => {
    const result = await answer(exchange);
    if (!result) return undefined;
    const { body } = result;
    const length =
      flavor.headHasLength && exchange.method === 'HEAD' && (typeof body === 'string' || Buffer.isBuffer(body));
    const headers = {
      ...corsHeaders(exchange.request),
      ...(length && { 'Content-Length': String(Buffer.byteLength(body)) }),
      ...result.headers,
    };
    return { ...result, headers };
  };
}

const corsHeaders = ({ headers }: IncomingMessage) => ({
  'Access-Control-Allow-Origin': headers.origin || '*',
  'Access-Control-Allow-Credentials': 'true',
});
