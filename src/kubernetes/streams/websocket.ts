import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';

/** More than clients put into one message. */
const MAX_MESSAGE = 16 * 1024 * 1024;

/** A connection that asks for another protocol, as Node's HTTP server hands it over. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client has sent already. */
  readonly head: Buffer;
}

/**
 * Answers a WebSocket request that offers this protocol among others; a handshake that is wrong in itself is refused.
 * The protocol is kept from the library, which takes only names without a slash, as the standard has it; that of the
 * port-forward tunnel has one. (kubernetes-api §10.2)
 * @param opened called with the connection, unless it is refused
 */
export function acceptWebSocket(
  { request, socket, head }: UpgradeRequest,
  protocol: string,
  opened: (connection: WebSocket) => void,
): void {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
  });
  server.on('headers', (lines) => lines.push(`Sec-WebSocket-Protocol: ${protocol}`));
  delete request.headers['sec-websocket-protocol'];
  server.handleUpgrade(request, socket, head, (connection) => {
    // What breaks a connection also closes it.
    connection.on('error', () => connection.terminate());
    opened(connection);
  });
}

/** The payloads of a WebSocket's messages as one stream of bytes, which ends with the connection. (kubernetes-api §10.2) */
export function bytesOf(connection: WebSocket): Duplex {
  const bytes = createWebSocketStream(connection);
  // The library's stream would wait for ever for the last bytes to leave a connection that is broken.
  connection.once('close', () => bytes.destroy());
  return bytes;
}
