import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { endConnection } from '../http/end-connection.ts';
import type { Turns } from '../http/turns.ts';

/** Milliseconds that answers under way, and connections with another protocol, have when a server closes. */
const GRACE = 500;

/** The connections of a server. */
export interface Connections {
  /** Ends the server: its connections at once, or when their answer is out, but all of them after a moment. */
  close(): Promise<void>;
}

/**
 * Follows the connections of a server from their first moment on. Behind TLS a connection is another one to Node after
 * its handshake; the first one alone knows of clients that never finish it.
 */
export function followConnections(server: Server, isSecure: boolean, turns: Turns): Connections {
  const accepted = follow(server, 'connection');
  const speaking = isSecure ? follow(server, 'secureConnection') : accepted;
  const upgraded = new WeakSet<Duplex>();
  server.on('upgrade', (_, socket) => upgraded.add(socket));

  const destroyAll = () => {
    for (const socket of accepted) socket.destroy();
  };

  /** Those that are left when nobody speaks any more have never finished their handshake. */
  const destroySilent = () => {
    if (speaking.size === 0) destroyAll();
  };

  return {
    close: () =>
      new Promise((resolve) => {
        const force = setTimeout(destroyAll, GRACE);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        for (const socket of speaking) {
          socket.once('close', destroySilent);
          if (upgraded.has(socket)) continue;
          if (turns.underWay(socket)) turns.whenFree(socket, () => endConnection(socket));
          else socket.destroy();
        }
        destroySilent();
      }),
  };
}

function follow(server: Server, event: 'connection' | 'secureConnection'): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on(event, (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A connection that breaks is the client's affair; without a listener it would end the process.
    socket.on('error', () => socket.destroy());
  });
  return sockets;
}
