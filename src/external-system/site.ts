import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import { annotate } from '../http/annotations.ts';
import { ownResponse } from '../http/own-response.ts';
import type { Site } from '../http/site.ts';
import { type Answer, type Answered, type Endpoint, type EndpointExchange, readTarget } from './exchange.ts';
import { echoWebSocket } from './websocket/echo.ts';
import { ECHO_PATH } from './websocket/handshake.ts';

export interface SiteOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly answer: Endpoint;
}

/** A site whose listener asks it which requests may change the protocol. */
export type ExternalSite = Site & Required<Pick<Site, 'upgrade' | 'upgrades'>>;

/** Serves what `answer` says, and ends what is under way when the client goes or the site closes. */
export function createSite({ clock, random, answer }: SiteOptions): ExternalSite {
  const waiting = new Set<ServerResponse>();
  const upgraded = new Set<Duplex>();
  let closed = false;

  function wait(response: ServerResponse, milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      if (milliseconds === 0) resolve();
      if (response.destroyed || milliseconds === 0) return;
      waiting.add(response);
      const leave = () => waiting.delete(response);
      const stop =
        milliseconds === undefined
          ? () => {}
          : clock.after(milliseconds, () => {
              response.off('close', gone);
              leave();
              resolve();
            });
      const gone = () => {
        leave();
        stop();
      };
      response.once('close', gone);
    });
  }

  const exchangeOf = (request: IncomingMessage, response: ServerResponse, upgradable: boolean): EndpointExchange => ({
    ...readTarget(request.url ?? '/'),
    request,
    upgradable,
    method: request.method ?? 'GET',
    params: {},
    random,
    now: () => clock.now(),
    wait: (milliseconds) => wait(response, milliseconds),
    silence: () => wait(response) as Promise<never>,
  });

  function serve(exchange: EndpointExchange, response: ServerResponse, switchTo?: (answer: Answer) => boolean): void {
    annotate(exchange.request, { part: 'external-system' });
    new Promise<Answered>((resolve) => resolve(answer(exchange)))
      .then((result) => {
        if (!result) return void response.destroy();
        return switchTo?.(result) ? undefined : deliver(exchange.request, response, result);
      })
      // What is left is a client that went away while it was sending.
      .catch(() => response.destroy());
  }

  return {
    handle(request, response) {
      serve(exchangeOf(request, response, false), response);
    },
    upgrades: ({ url = '', headers }) =>
      readTarget(url).path === ECHO_PATH && headers.upgrade?.toLowerCase() === 'websocket',
    upgrade(request, socket, head) {
      upgraded.add(socket);
      socket.once('close', () => upgraded.delete(socket));
      socket.on('error', () => socket.destroy());
      if (closed) return void socket.destroy();
      const response = ownResponse(request);
      serve(exchangeOf(request, response, true), response, ({ webSocket, headers }) => {
        if (!webSocket) return false;
        response.detachSocket(request.socket);
        echoWebSocket({ request, socket, head }, headers, webSocket, clock);
        return true;
      });
    },
    async close() {
      closed = true;
      for (const one of [...waiting, ...upgraded]) one.destroy();
    },
  };
}

async function deliver(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { status, headers, body, trailers, ahead } = answer;
  if (ahead !== undefined) response.socket?.write(`HTTP/1.1 ${ahead} status code ${ahead}\r\n\r\n`);
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  // An informational status cannot end an answer; Go's server follows it by an empty 200, of which only that is sent.
  response.statusCode = status < 200 && status !== 101 ? 200 : status;
  const hasBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
  if (!hasBody) {
    response.end();
  } else if (typeof body === 'string' || Buffer.isBuffer(body)) {
    // Node would write the head in the encoding of a text that goes along with it.
    const bytes = Buffer.from(body);
    response.setHeader('Content-Length', bytes.length);
    response.end(bytes);
  } else {
    // Only chunks can be followed by headers.
    const following = request.httpVersion === '1.1' ? trailers : undefined;
    if (following) response.setHeader('Trailer', Object.keys(following).join(', '));
    // The client is to see the head before the first part.
    response.flushHeaders();
    for await (const part of body) {
      if (response.destroyed) return;
      if (!response.write(part)) await room(response);
    }
    if (following) response.addTrailers(following);
    response.end();
  }
}

/** Waits until more can be written, or nothing ever again. */
function room(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}
