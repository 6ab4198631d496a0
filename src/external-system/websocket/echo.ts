import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../core/clock.ts';
import type { Answer, WebSocketLimits } from '../exchange.ts';
import { MAX_DURATION } from '../parameters.ts';
import { createFrameMeter } from './frame-meter.ts';

/** A connection that asks for a WebSocket. */
export interface WebSocketRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client has sent already. */
  readonly head: Buffer;
}

/** Answers the handshake, and sends back every message until the client closes or its time is over. (httpbin §2, §6) */
export function echoWebSocket(
  { request, socket, head }: WebSocketRequest,
  headers: Answer['headers'],
  limits: WebSocketLimits,
  clock: Clock,
): void {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.maxMessageSize,
    // The original takes no notice of subprotocols.
    handleProtocols: () => false,
  });
  server.on('headers', (lines) => {
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${String(value)}`);
  });
  server.handleUpgrade(request, socket, head, (connection) => {
    // The library tells the client what was wrong, and closes.
    connection.on('error', () => {});
    const cancel = clock.after(MAX_DURATION, () => connection.terminate());
    connection.once('close', cancel);
    enforce(limits, connection, socket);
    connection.on('message', (message, isBinary) => {
      // The library hands out one buffer for each message unless told otherwise.
      if (connection.readyState === WebSocket.OPEN) sendBack(connection, message as Buffer, isBinary, limits);
    });
  });
}

/** Sees every byte before the library does, so that what goes too far is not answered. */
function enforce(limits: WebSocketLimits, connection: WebSocket, socket: Duplex): void {
  const meter = createFrameMeter(limits);
  const look = (bytes: Buffer) => {
    const closing = meter(bytes);
    if (!closing) return;
    socket.off('data', look);
    connection.close(closing.code, closing.reason);
  };
  socket.prependListener('data', look);
}

/** In fragments that the client itself might send; nothing more is read before all of them are out. */
function sendBack(
  connection: WebSocket,
  message: Buffer,
  isBinary: boolean,
  { maxFragmentSize }: WebSocketLimits,
): void {
  connection.pause();
  for (let at = 0; at === 0 || at < message.length; at += maxFragmentSize) {
    const isLast = at + maxFragmentSize >= message.length;
    const part = message.subarray(at, at + maxFragmentSize);
    connection.send(part, { binary: isBinary, fin: isLast }, isLast ? () => connection.resume() : undefined);
  }
}
