import { type IncomingMessage, request as requestHttp, type ServerResponse, STATUS_CODES } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Dispatchers } from '../../http/client/dispatchers.ts';
import { ownResponse } from '../../http/own-response.ts';
import { GatewayError, toError } from '../errors.ts';
import type { Authentication } from '../login/authentication.ts';
import { attemptHeaders, type Call, UNCALLABLE } from './call.ts';
import { Delivery } from './delivery.ts';
import { responseHeaders } from './headers.ts';

/** A client that asks for another protocol on its connection. */
export interface Upgrade {
  readonly request: IncomingMessage;
  /** For answers other than 101. */
  readonly response: ServerResponse;
  readonly socket: Duplex;
  /** What the client has sent already. */
  readonly head: Buffer;
}

export interface Tunnels {
  /** Prepares an ordinary answer on the connection, which ends with it. */
  accept(request: IncomingMessage, socket: Duplex, answer: (response: ServerResponse) => void): void;
  /** Asks the target; when it switches protocols both connections become one. */
  open(upgrade: Upgrade, call: Call): void;
  close(): void;
}

/**
 * Tunnels for WebSocket and the like. Gateways that have none answer 502 as soon as the target switches.
 * (application-gateway §9)
 */
export function createTunnels(dispatchers: Dispatchers): Tunnels {
  const open = new Set<{ destroy(): unknown }>();
  let closed = false;
  const track = <T extends Duplex>(socket: T): T => {
    if (closed) socket.destroy();
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    return socket;
  };

  async function attempt(upgrade: Reading, call: Call, refused: Authentication | undefined): Promise<void> {
    const { socket, response } = upgrade;
    try {
      const entry = await call.authenticate(refused);
      if (socket.readableEnded) socket.destroy();
      else if (!socket.destroyed) connect(upgrade, call, entry, refused === undefined);
    } catch (error) {
      if (!refused && error instanceof GatewayError) return call.refuse(response, error);
      // What cannot be sent, such as a header with a bad name, is found out only when it is. (application-gateway §23.9)
      call.failed(toError(error));
      response.writeHead(502, { 'content-length': 0 }).end();
    }
  }

  function connect(upgrade: Reading, call: Call, entry: Authentication, mayRetry: boolean): void {
    const { request, response, socket } = upgrade;
    if (call.origin === '') {
      call.failed(new Error(UNCALLABLE));
      return void response.writeHead(502, { 'content-length': 0 }).end();
    }
    const { headers, unpack } = attemptHeaders(request, call, entry);
    headers.push('Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? '');
    const { hostname, port } = new URL(call.origin);
    const send = call.origin.startsWith('https:') ? requestHttps : requestHttp;
    const outgoing = send({
      ...dispatchers.connection(hostname, entry.identity),
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port: port || undefined,
      path: call.path,
      method: request.method,
      headers,
      agent: false,
      setHost: false,
    });
    open.add(outgoing);
    outgoing.once('close', () => open.delete(outgoing));
    const { clock, proxyTimeout } = call.limits;
    const stopTimer = clock.after(proxyTimeout, () =>
      fail(call.behaviour.timeoutStatus, new Error('no answer in time')),
    );
    let received: IncomingMessage | undefined;
    /** The client has its answer, or another attempt takes the place of this one. */
    let over = false;
    const fail = (status: number, reason: Error) => {
      if (over) return;
      over = true;
      stopTimer();
      delivery.stop();
      call.failed(reason);
      outgoing.destroy();
      if (response.headersSent) socket.destroy();
      else response.writeHead(status, { 'content-length': 0 }).end();
    };

    const delivery = new Delivery(response, (reason) => fail(502, reason));
    outgoing.on('error', (error) => {
      // What comes behind a whole answer does not matter.
      if (!socket.destroyed && !received?.complete) fail(502, error);
    });
    const leave = () => {
      if (over) return;
      over = true;
      stopTimer();
      outgoing.destroy();
      socket.destroy();
    };
    socket.once('end', leave);
    socket.once('close', leave);
    outgoing.once('response', (answer) => {
      received = answer;
      stopTimer();
      const status = answer.statusCode ?? 502;
      call.answered(status);
      if (mayRetry && call.isRetried(status)) {
        over = true;
        outgoing.destroy();
        return void attempt(upgrade, call, entry);
      }
      if (status < 200 || status > 999) return fail(502, new Error(`${status} is no status of an answer`));
      const { method = 'GET' } = request;
      const { behaviour, rewriteLocation } = call;
      const facts = { status, method, clientTakesTrailers: true, unpack, behaviour, rewriteLocation };
      delivery.begin(responseHeaders(answer.rawHeaders, facts));
      answer.on('data', (chunk: Buffer) => delivery.write(chunk, answer));
      answer.on('end', () => delivery.end(pairs(answer.rawTrailers)));
      answer.on('error', (error) => fail(502, error));
    });
    outgoing.on('information', ({ statusCode, rawHeaders }) => {
      if (statusCode >= 100) delivery.passInterim(statusCode, rawHeaders);
    });
    outgoing.once('upgrade', (answer, target, targetHead) => {
      if (over) return void target.destroy();
      stopTimer();
      call.answered(answer.statusCode ?? 101);
      if (call.behaviour.upgrades === 'refused') {
        target.destroy();
        return fail(502, new Error('the target switched protocols'));
      }
      over = true;
      response.detachSocket(request.socket);
      track(target);
      socket.write(switchingHead(answer), 'latin1');
      socket.write(targetHead);
      socket.off('end', leave);
      target.write(upgrade.takeEarly());
      target.once('close', () => socket.destroy());
      socket.once('close', () => target.destroy());
      socket.pipe(target).pipe(socket);
    });
    outgoing.end();
  }

  return {
    accept(request, socket, answer) {
      track(socket);
      answer(ownResponse(request));
    },

    open(upgrade, call) {
      void attempt({ ...upgrade, takeEarly: readEarly(upgrade) }, call, undefined);
    },

    close() {
      closed = true;
      for (const one of open) one.destroy();
    },
  };
}

/** Pieces of what a client says before its target has answered, beyond which it has to wait. */
const EARLY = 16;

/** An upgrade whose client is read from, since else nobody would notice that it goes away. */
interface Reading extends Upgrade {
  /** What the client has said so far; from now on somebody else reads. */
  takeEarly(): Buffer;
}

function readEarly({ socket, head }: Upgrade): () => Buffer {
  const early = [head];
  const receive = (chunk: Buffer) => {
    early.push(chunk);
    if (early.length > EARLY) socket.pause();
  };
  socket.on('data', receive);
  return () => {
    socket.off('data', receive);
    return Buffer.concat(early);
  };
}

const pairs = (raw: readonly string[]) =>
  raw.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : []));

/** The target's 101, as it is. */
function switchingHead({ rawHeaders, statusCode = 101 }: IncomingMessage): string {
  const lines = rawHeaders.map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `));
  return `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}\r\n${lines.join('')}\r\n`;
}
