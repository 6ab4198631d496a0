import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { codeOf } from '../core/errors.ts';
import type { Site } from '../wire/site.ts';

type RequestHandler = Site['handle'];

/** How a server that stands for one written in Go reads requests. (application-gateway §4, §10, §23.3) */
export interface GoServerOptions {
  /** Milliseconds for the head of a request, and for which an idle connection is kept. */
  readonly readTimeout: number;
  /** The answer to a body that turns out to be malformed; a proxy finds that out when it has called its target. */
  readonly brokenBody: 400 | 502;
  /** `CONNECT` is a request like any other. Default: refused, with a word about proxies. */
  readonly connects?: boolean | undefined;
}

/** Go's limit; Node's own on the number of headers is lifted, since this one holds. */
const maxHeaderSize = 1024 * 1024;
/** How exactly the time for a head is kept. */
const CHECKS = 20;

export const goServerOptions = ({ readTimeout }: GoServerOptions) => ({
  maxHeaderSize,
  headersTimeout: readTimeout,
  keepAliveTimeout: readTimeout,
  connectionsCheckingInterval: Math.max(50, Math.min(500, readTimeout / CHECKS)),
  // Asked for below, with an answer that says so.
  requireHostHeader: false,
});

/** Makes a server answer as Go's does what is no proper request, or not addressed to anything. */
export function beGoServer(server: Server, options: GoServerOptions, handle: RequestHandler): void {
  server.maxHeadersCount = 0;
  const answering = new WeakMap<Duplex, ServerResponse>();
  const answer: RequestHandler = (request, response) => {
    // Go says nothing about connections that it keeps.
    if (request.httpVersionMinor > 0 && response.shouldKeepAlive) response.removeHeader('connection');
    const refusal = refusalOf(request);
    if (refusal) return refuse(request.socket, ...refusal);
    if (request.method === 'OPTIONS' && request.url === '*') {
      response.writeHead(200, { 'content-length': 0 }).end();
      return;
    }
    answering.set(request.socket, response);
    response.once('close', () => answering.delete(request.socket));
    handle(request, response);
  };
  server.on('request', answer);
  if (options.connects) server.on('connect', (request, socket) => answer(request, plainResponse(request, socket)));
  server.on('clientError', (error, socket) => {
    const response = answering.get(socket);
    if (response?.headersSent) return void socket.destroy();
    if (response) return refuse(socket, options.brokenBody, '');
    const code = codeOf(error);
    // Silence is answered with silence.
    const isSilent = code === 'ERR_HTTP_REQUEST_TIMEOUT' && (socket as Socket).bytesRead === 0;
    if (isSilent || code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    refuse(socket, code === 'HPE_HEADER_OVERFLOW' ? 431 : 400);
  });
}

type Refusal = readonly [status: number, text?: string];

/** Why a request is not one in Go's eyes, though Node lets it through. */
function refusalOf({ rawHeaders, headers, httpVersionMinor }: IncomingMessage): Refusal | undefined {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1) return [400, '400 Bad Request: too many Host headers'];
  if (hosts === 0 && httpVersionMinor > 0) return [400, '400 Bad Request: missing required Host header'];
  if (/[^\w!$%&'()*+,\-./:;=?@[\]~]/.test(headers.host ?? '')) return [400, '400 Bad Request: malformed Host header'];
  const encoding = headers['transfer-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'chunked'
    ? [501, 'Unsupported transfer encoding']
    : undefined;
}

/** Answers on the connection itself, and ends it. @param text default: status code and words; empty for no body */
function refuse(socket: Duplex, status: number, text = `${status} ${STATUS_CODES[status]}`): void {
  const type = text && 'Content-Type: text/plain; charset=utf-8\r\n';
  const length = text ? '' : 'Content-Length: 0\r\n';
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${type}${length}Connection: close\r\n\r\n${text}`);
}

function plainResponse(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket);
  response.once('finish', () => socket.end());
  return response;
}
