import type { WebSocket } from 'ws';
import { badRequest } from '../wire/status.ts';
import { openChannels } from './channels.ts';
import { forward, type PodPorts, portOf } from './port-forward.ts';

/**
 * The ports that a client of the older protocol wants, from its query.
 * @throws ApiError 400
 */
export function readPorts(query: URLSearchParams): readonly number[] {
  const ports = query.getAll('ports').flatMap((list) => list.split(',').map(portOf));
  if (ports.length === 0 || ports.some((port) => !(port > 0 && port <= 65_535))) {
    throw badRequest('query parameter "ports" must name at least one port between 1 and 65535');
  }
  return ports;
}

/**
 * Forwards one connection to each of these ports over channels of a WebSocket, two of which belong to a port: data and
 * errors. (kubernetes-api §10.5)
 */
export function forwardChannels(connection: WebSocket, wanted: readonly number[], ports: PodPorts): void {
  const channels = openChannels(
    connection,
    wanted.flatMap((_, index) => [2 * index, 2 * index + 1]),
  );
  let open = wanted.length;
  wanted.forEach((port, index) => {
    const [data, error] = channels.slice(2 * index, 2 * index + 2);
    if (!data || !error) return;
    const announcement = Buffer.alloc(2);
    announcement.writeUInt16LE(port);
    data.write(announcement);
    error.write(announcement);
    // This protocol cannot say that only one direction has ended.
    data.once('finish', () => data.destroy());
    error.once('finish', () => {
      open -= 1;
      if (open === 0) connection.close();
    });
    forward({ data, error }, port, ports);
  });
}
