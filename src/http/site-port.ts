import { createServer } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { setClientIdentity } from './client-identity.ts';
import type { Site } from './site.ts';

/** A port of a pod in which a site runs, without a port on this machine. */
export interface SitePort {
  /** Opens a connection to the site, as a client inside the cluster has it. */
  connect(): Duplex;
  /** Ends all connections; the site stays open. Calling it twice is harmless. */
  close(): void;
}

export function createSitePort(site: Site): SitePort {
  const connections = new Set<Duplex>();
  // What goes through a forwarded port may take its time, like what goes through the site's own edge.
  const server = createServer({ requestTimeout: 0, shouldUpgradeCallback: () => site.upgrade !== undefined });
  server.on('request', (request, response) => {
    setClientIdentity(request, { outside: false });
    site.handle(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    setClientIdentity(request, { outside: false });
    site.upgrade?.(request, socket, head);
  });
  return {
    connect() {
      const [client, inside] = duplexPair();
      connections.add(inside);
      inside.on('error', () => inside.destroy());
      inside.once('close', () => {
        connections.delete(inside);
        // A pair of streams does not pass on that one of them is destroyed.
        client.destroy();
      });
      client.once('close', () => inside.destroy());
      server.emit('connection', inside);
      return client;
    },
    close() {
      for (const connection of connections) connection.destroy();
    },
  };
}
