import { annotate } from '../../http/annotations.ts';
import { type Answered, type Endpoint, type EndpointExchange, notFound, RequestError, sendEmpty } from '../exchange.ts';
import { decode } from '../query.ts';
import type { SecuredRoute } from './routes.ts';
import type { TokenIssuer } from './token-issuer.ts';

/**
 * The endpoints of a table. Success is 200 without a body, a refusal a status without a body; a path or method that the
 * table does not have is not found. (external-systems §1)
 */
export function createSecured(routes: readonly SecuredRoute[], issuer: TokenIssuer): Endpoint {
  const byPath = new Map(routes.map((route) => [route.path, route]));

  async function answer(exchange: EndpointExchange): Promise<Answered> {
    const decoded = decode(exchange.path);
    const slash = decoded.lastIndexOf('/') + 1;
    const digits = slash > 0 && /^\d+$/.test(decoded.slice(slash)) ? decoded.slice(slash) : undefined;
    const path = digits === undefined ? decoded : decoded.slice(0, slash);
    const route = byPath.get(digits === undefined ? path : `${path}{digits}`);
    if (!route) return notFound();
    annotate(exchange.request, { route: route.path });
    if (route.methods && !route.methods.includes(exchange.method)) {
      return route.otherMethods ? sendEmpty(route.otherMethods) : notFound();
    }
    for (const guard of route.guards ?? []) {
      const refusal = guard(exchange, issuer);
      if (refusal === undefined) continue;
      annotate(exchange.request, { code: 'LOGIN_REFUSED', reason: 'this endpoint wants other credentials' });
      return sendEmpty(refusal);
    }
    if (!route.endpoint) return sendEmpty(200);
    return route.endpoint(digits === undefined ? exchange : { ...exchange, params: { digits } }, issuer);
  }

  return (exchange) =>
    answer(exchange).catch((error: unknown) => {
      if (error instanceof RequestError) return sendEmpty(error.status);
      throw error;
    });
}
