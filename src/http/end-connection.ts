import type { Duplex } from 'node:stream';

/** Milliseconds for which a client may read what was said last. */
const LINGER = 500;

/** Ends a connection for good: a client that does not close its side cannot keep it open. */
export function endConnection(socket: Duplex, lastWords = ''): void {
  socket.end(lastWords);
  const end = setTimeout(() => socket.destroy(), LINGER);
  socket.once('close', () => clearTimeout(end));
}
