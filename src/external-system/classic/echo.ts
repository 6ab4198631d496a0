import { parseSeconds } from '../duration.ts';
import type { Endpoint, EndpointExchange } from '../exchange.ts';
import { headerText } from '../headers.ts';
import { MAX_DURATION } from '../parameters.ts';
import { readBody } from './body.ts';
import { type PyJson, sendLongPyJson, sendPyJson } from './json.ts';
import { internalError } from './pages.ts';
import { originOf, shownArgs, shownHeaders, urlOf } from './request.ts';

/** Endpoints that tell the client what it sent. (httpbin §3) */

export const withoutBody = (exchange: EndpointExchange): { readonly [member: string]: PyJson } => ({
  args: shownArgs(exchange),
  headers: shownHeaders(exchange),
  origin: originOf(exchange),
  url: urlOf(exchange),
});

const withBody = async (exchange: EndpointExchange) => ({ ...withoutBody(exchange), ...(await readBody(exchange)) });

export const get: Endpoint = (exchange) => sendPyJson(withoutBody(exchange));
export const echo: Endpoint = async (exchange) => sendLongPyJson(await withBody(exchange));
export const anything: Endpoint = async (exchange) =>
  sendLongPyJson({ ...(await withBody(exchange)), method: exchange.method });
export const headers: Endpoint = (exchange) => sendPyJson({ headers: shownHeaders(exchange) });
export const ip: Endpoint = (exchange) => sendPyJson({ origin: originOf(exchange) });
export const uuid: Endpoint = ({ random }) => sendPyJson({ uuid: random.uuid() });
export const userAgent: Endpoint = ({ request }) => {
  const name = request.headers['user-agent'];
  return sendPyJson({ 'user-agent': name === undefined ? null : headerText(name) });
};

/** Longer delays than ten seconds are that long. */
export const delay: Endpoint = async (exchange) => {
  const text = exchange.params.seconds ?? '';
  const milliseconds = /[a-z]$/i.test(text) ? Number.NaN : parseSeconds(text);
  if (typeof milliseconds !== 'number' || !(milliseconds >= 0)) return internalError();
  await exchange.wait(Math.min(milliseconds, MAX_DURATION));
  const { json, ...shown } = await withBody(exchange);
  return sendLongPyJson(shown);
};
