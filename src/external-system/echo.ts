import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { readBody } from './body.ts';
import { formatDuration, parseSeconds } from './duration.ts';
import { type Endpoint, type Exchange, RequestError, sendJson, TEXT_TYPE } from './exchange.ts';
import type { Json } from './json.ts';
import { first } from './query.ts';

/** Endpoints that tell the client what it sent. (httpbin §3) */

/** go-httpbin's MAX_DURATION, in milliseconds. */
const MAX_DURATION = 10_000;

const canonical = (name: string) =>
  name
    .toLowerCase()
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('-');

/** Header values as text: Node delivers one character per byte. */
const text = (value: string) => Buffer.from(value, 'latin1').toString('utf8');

function headersOf({ rawHeaders }: IncomingMessage): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = canonical(rawHeaders[at] as string);
    headers.set(name, [...(headers.get(name) ?? []), text(rawHeaders[at + 1] as string)]);
  }
  return headers;
}

const header = (request: IncomingMessage, name: string) => {
  const value = request.headers[name];
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
};

const originHeaders = ['fly-client-ip', 'cf-connecting-ip', 'fastly-client-ip', 'true-client-ip'];

function originOf(request: IncomingMessage): string {
  const named = originHeaders.map((name) => header(request, name)).find((value) => value !== '');
  const forwarded = header(request, 'x-forwarded-for').split(',', 1)[0];
  return named ?? (forwarded || (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
}

function schemeOf(request: IncomingMessage): string {
  const forwarded = header(request, 'x-forwarded-proto') || header(request, 'x-forwarded-protocol');
  if (forwarded) return forwarded;
  const encrypted = (request.socket as Partial<TLSSocket>).encrypted === true;
  return header(request, 'x-forwarded-ssl') === 'on' || encrypted ? 'https' : 'http';
}

/** Scheme and host by which the client called. */
export const baseUrl = ({ request }: Exchange) => `${schemeOf(request)}://${header(request, 'host')}`;

const withoutBody = (exchange: Exchange) => ({
  args: exchange.args,
  headers: headersOf(exchange.request),
  method: exchange.method,
  origin: originOf(exchange.request),
  url: baseUrl(exchange) + exchange.path + exchange.search,
});

async function withBody(exchange: Exchange): Promise<Json> {
  const { data, files, form, json } = await readBody(exchange.request);
  return { ...withoutBody(exchange), data, files, form, json };
}

export const get: Endpoint = (exchange) => sendJson(withoutBody(exchange));
export const echo: Endpoint = async (exchange) => sendJson(await withBody(exchange));
export const anything: Endpoint = (exchange) => (exchange.method === 'HEAD' ? get(exchange) : echo(exchange));
export const headers: Endpoint = ({ request }) => sendJson({ headers: headersOf(request) });
export const userAgent: Endpoint = ({ request }) => sendJson({ 'user-agent': text(header(request, 'user-agent')) });
export const uuid: Endpoint = ({ random }) => sendJson({ uuid: random.uuid() });

export const ip: Endpoint = ({ request, args }) => {
  const origin = originOf(request);
  if (first(args, 'format') !== 'text') return sendJson({ origin });
  return { status: 200, headers: { 'Content-Type': TEXT_TYPE }, body: `${origin}\n` };
};

export const delay: Endpoint = async (exchange) => {
  const milliseconds = parseSeconds(exchange.params.seconds ?? '');
  if (typeof milliseconds !== 'number') throw new RequestError(400, `invalid duration: ${milliseconds.problem}`);
  const limit = milliseconds < 0 ? 'shorter than 0s' : milliseconds > MAX_DURATION ? 'longer than 10s' : undefined;
  if (limit) throw new RequestError(400, `invalid duration: duration ${formatDuration(milliseconds)} ${limit}`);
  await exchange.wait(milliseconds);
  return sendJson(await withBody(exchange), 200, {
    'Server-Timing': `initial_delay;dur=${milliseconds.toFixed(2)};desc="initial delay"`,
  });
};
