import type { Duplex } from 'node:stream';
import type { UpgradeRequest } from '../websocket.ts';

/** Answers a request for SPDY/3.1 and turns its connection into one. (kubernetes-api §10.2) */
export function acceptSpdy({ request, socket, head }: UpgradeRequest, protocol: string): Duplex {
  request.socket.setTimeout(0);
  request.socket.setNoDelay(true);
  const lines = ['Connection: Upgrade', 'Upgrade: SPDY/3.1', `X-Stream-Protocol-Version: ${protocol}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  return socket;
}
