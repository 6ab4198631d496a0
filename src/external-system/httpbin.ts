import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import type { Site } from '../wire/site.ts';
import { type Answer, type Exchange, RequestError, readTarget, sendEmpty, sendError } from './exchange.ts';
import { createRouter } from './router.ts';
import { goRoutes } from './routes.ts';

export interface HttpBinOptions {
  readonly clock: Clock;
  readonly random: Random;
}

/** A built-in external system to call through the gateway: HTTPBin as go-httpbin does it. (httpbin §2) */
export async function createHttpBin({ clock, random }: HttpBinOptions): Promise<Site> {
  const route = createRouter(goRoutes);
  const waiting = new Set<ServerResponse>();

  function wait(milliseconds: number, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      waiting.add(response);
      const stop = clock.after(milliseconds, () => {
        waiting.delete(response);
        resolve();
      });
      response.once('close', () => {
        waiting.delete(response);
        stop();
      });
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const method = request.method ?? 'GET';
    if (method === 'OPTIONS') return sendEmpty(200, preflight(request));
    const { path, search, args } = readTarget(request.url ?? '/');
    const match = route(method, path, search);
    if ('answer' in match) return match.answer;
    const exchange: Exchange = {
      request,
      method,
      path,
      search,
      args,
      params: match.params,
      random,
      now: () => clock.now(),
      wait: (milliseconds) => wait(milliseconds, response),
    };
    return match.endpoint(exchange);
  }

  return {
    handle(request, response) {
      answer(request, response)
        .catch((error: unknown) => {
          if (error instanceof RequestError) return sendError(error.status, error.message);
          throw error;
        })
        .then((result) => send(request, response, result))
        // What is left is a client that went away while it was sending.
        .catch(() => response.destroy());
    },
    async close() {
      for (const response of waiting) response.destroy();
    },
  };
}

const corsHeaders = ({ headers }: IncomingMessage) => ({
  'Access-Control-Allow-Origin': headers.origin || '*',
  'Access-Control-Allow-Credentials': 'true',
});

function preflight({ headers }: IncomingMessage): Answer['headers'] {
  const wanted = headers['access-control-request-headers'];
  return {
    'Access-Control-Allow-Methods': 'GET, POST, HEAD, PUT, DELETE, PATCH, OPTIONS',
    'Access-Control-Max-Age': '3600',
    ...(wanted && { 'Access-Control-Allow-Headers': wanted }),
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  for (const [name, value] of Object.entries({ ...corsHeaders(request), ...headers })) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  // An informational status cannot end an answer; Go's server follows it by an empty 200, of which only that is sent.
  response.statusCode = status < 200 ? 200 : status;
  const hasBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
  if (hasBody) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(hasBody ? body : undefined);
}
