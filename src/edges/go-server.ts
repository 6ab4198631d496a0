import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { codeOf } from '../core/errors.ts';
import { annotate } from '../http/annotations.ts';
import type { GoServerOptions } from '../http/go-server-options.ts';
import { ownResponse } from '../http/own-response.ts';
import { type Refusal, refuse } from '../http/refusal.ts';
import type { Site } from '../http/site.ts';
import { inTurn, type Turns } from '../http/turns.ts';

/** Go's limit; Node's own on the number of headers is lifted, since this one holds. */
const maxHeaderSize = 1024 * 1024;
/** How exactly the time for a head is kept. */
const CHECKS = 20;

export const goServerOptions = ({ readTimeout }: GoServerOptions) => ({
  maxHeaderSize,
  headersTimeout: readTimeout,
  keepAliveTimeout: readTimeout,
  keepAliveTimeoutBuffer: 0,
  connectionsCheckingInterval: Math.max(50, Math.min(500, readTimeout / CHECKS)),
  // Asked for below, with an answer that says so.
  requireHostHeader: false,
});

/** Makes a server answer as Go's does what is no proper request, or not addressed to anything. */
export function beGoServer(server: Server, options: GoServerOptions, handle: Site['handle'], turns: Turns): void {
  server.maxHeadersCount = 0;
  const refused = answerMisread(server, turns, options.brokenBody);

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    if (refused.has(socket)) return;
    turns.began(request, response);
    // Go says nothing about connections that it keeps.
    if (request.httpVersionMinor > 0 && response.shouldKeepAlive) response.removeHeader('connection');
    const refusal = refusalOf(request);
    if (refusal) {
      refused.add(socket);
      annotate(request, { reason: refusal.text });
      inTurn(response, () => refuse(socket, refusal));
    } else if (request.method === 'OPTIONS' && request.url === '*') {
      response.writeHead(200, { 'content-length': 0 }).end();
    } else {
      handle(request, response);
    }
  }

  server.on('request', answer);
  server.on('checkExpectation', (request, response) => {
    if (request.headers.expect === '') answer(request, response);
    else refuseExpectation(request, response, turns);
  });
  if (options.connects) {
    server.on('connect', (request, socket) => turns.whenFree(socket, () => answer(request, ownResponse(request))));
  }
}

/** No server of ours has other expectations than to go on. */
export function refuseExpectation(request: IncomingMessage, response: ServerResponse, turns: Turns): void {
  turns.began(request, response);
  response.writeHead(417, { connection: 'close', 'content-length': 0 }).end();
}

/**
 * Answers what cannot be read, when it is its turn.
 * @returns the connections on which nothing more is listened to
 */
export function answerMisread(
  server: Server,
  turns: Turns,
  brokenBody?: GoServerOptions['brokenBody'],
): WeakSet<Duplex> {
  const refused = new WeakSet<Duplex>();
  server.on('clientError', (error, socket) => {
    if (refused.has(socket)) return;
    refused.add(socket);
    const underWay = turns.underWay(socket);
    if (underWay && !underWay.request.complete) {
      const { request, response } = underWay;
      inTurn(response, () => {
        if (response.headersSent) socket.destroy();
        else refuse(socket, brokenBody?.(request) ?? { status: 400 });
      });
      return;
    }
    turns.whenFree(socket, () => {
      const code = codeOf(error);
      // Silence is answered with silence.
      const isSilent = code === 'ERR_HTTP_REQUEST_TIMEOUT' && (socket as Socket).bytesRead === 0;
      if (isSilent || code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else refuse(socket, { status: code === 'HPE_HEADER_OVERFLOW' ? 431 : 400 });
    });
  });
  return refused;
}

/** Why a request is not one in Go's eyes, though Node lets it through. */
export function refusalOf({ rawHeaders, headers, httpVersionMinor }: IncomingMessage): Refusal | undefined {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  if (hosts > 1) return { status: 400, text: '400 Bad Request: too many Host headers' };
  if (hosts === 0 && httpVersionMinor > 0)
    return { status: 400, text: '400 Bad Request: missing required Host header' };
  if (oddHost.test(headers.host ?? '')) return { status: 400, text: '400 Bad Request: malformed Host header' };
  const encoding = headers['transfer-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'chunked'
    ? { status: 501, text: 'Unsupported transfer encoding' }
    : undefined;
}

const oddHost = /[^\w!$%&'()*+,\-./:;=?@[\]~]/;
