import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { MAX_BODY_SIZE, readBody, readBytes } from './body.ts';
import { type Endpoint, type EndpointExchange, RequestError, sendJson, sendLongJson, TEXT_TYPE } from './exchange.ts';
import { header, headersOf, headerText } from './headers.ts';
import type { Json } from './json.ts';
import { durationOf, serverTiming } from './parameters.ts';
import { first } from './query.ts';

/** Endpoints that tell the client what it sent. (httpbin §3) */

const originHeaders = ['fly-client-ip', 'cf-connecting-ip', 'fastly-client-ip', 'true-client-ip'];

function originOf(request: IncomingMessage): string {
  const named = originHeaders.map((name) => header(request, name)).find((value) => value !== '');
  const forwarded = header(request, 'x-forwarded-for').split(',', 1)[0];
  return named ?? (forwarded || (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
}

export function schemeOf(request: IncomingMessage): string {
  const forwarded = header(request, 'x-forwarded-proto') || header(request, 'x-forwarded-protocol');
  if (forwarded) return forwarded;
  const encrypted = (request.socket as Partial<TLSSocket>).encrypted === true;
  return header(request, 'x-forwarded-ssl') === 'on' || encrypted ? 'https' : 'http';
}

/** Scheme and host by which the client called. */
export const baseUrl = ({ request }: EndpointExchange) => `${schemeOf(request)}://${header(request, 'host')}`;

/** What every echo says. */
export const withoutBody = (exchange: EndpointExchange) => ({
  args: exchange.args,
  headers: headersOf(exchange.request),
  method: exchange.method,
  origin: originOf(exchange.request),
  url: baseUrl(exchange) + exchange.path + exchange.search,
});

export async function withBody(exchange: EndpointExchange): Promise<Json> {
  const { data, files, form, json } = await readBody(exchange.request);
  return { ...withoutBody(exchange), data, files, form, json };
}

export const get: Endpoint = (exchange) => sendJson(withoutBody(exchange));
export const echo: Endpoint = async (exchange) => sendLongJson(await withBody(exchange));
export const anything: Endpoint = (exchange) => (exchange.method === 'HEAD' ? get(exchange) : echo(exchange));
export const headers: Endpoint = ({ request }) => sendJson({ headers: headersOf(request) });
export const userAgent: Endpoint = ({ request }) =>
  sendJson({ 'user-agent': headerText(header(request, 'user-agent')) });
export const uuid: Endpoint = ({ random }) => sendJson({ uuid: random.uuid() });

export const ip: Endpoint = ({ request, args }) => {
  const origin = originOf(request);
  if (first(args, 'format') !== 'text') return sendJson({ origin });
  return { status: 200, headers: { 'Content-Type': TEXT_TYPE }, body: `${origin}\n` };
};

/** `/upload`: how many bytes came. Too many are a failure of its own kind. (httpbin §2 "body limit") */
export const upload: Endpoint = async (exchange) => {
  const tooLarge = () => new RequestError(500, 'http: request body too large');
  const { length } = await readBytes(exchange.request, MAX_BODY_SIZE, tooLarge);
  return sendJson({ ...withoutBody(exchange), bytes_received: length });
};

export const delay: Endpoint = async (exchange) => {
  const milliseconds = durationOf(exchange.params.seconds ?? '', 'duration');
  await exchange.wait(milliseconds);
  return sendLongJson(await withBody(exchange), 200, {
    'Server-Timing': serverTiming([['initial_delay', milliseconds, 'initial delay']]),
  });
};
