import type { ServerResponse } from 'node:http';

/**
 * Ends an answer in its middle and the connection with it, so that the client notices. Node alone would forget about an
 * answer whose turn has not come yet, and leave the connection to wait for it for ever.
 */
export function breakOff(response: ServerResponse): void {
  if (!response.socket) response.once('socket', (socket) => socket.destroy());
  response.destroy();
}
