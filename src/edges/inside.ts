import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { clusterHost, splitHost } from '../cluster/names.ts';
import type { ClusterTable } from '../cluster/table.ts';
import { type UserError, userError } from '../core/errors.ts';
import { setClientIdentity } from '../http/client-identity.ts';
import type { Site } from '../http/site.ts';
import { hostOf, type Refuse, shortened } from './guard.ts';
import type { OwnNames } from './own-names.ts';

export interface InsideOptions {
  readonly cluster: ClusterTable;
  /** What answers under the machine's own names. */
  readonly localhost: Site | undefined;
  readonly own: OwnNames;
  readonly refuse: Refuse;
}

/**
 * The edge inside the cluster. Requests find their service by the name and port in `Host`, or in the absolute form
 * that clients with `HTTP_PROXY` send. Everything else is refused: it is no open proxy.
 */
export function insideDoor({ cluster, localhost, own, refuse }: InsideOptions) {
  const siteFor = (request: IncomingMessage): Site | undefined => {
    const text = hostOf(request);
    if (text !== (request.headers.host ?? '')) request.headers.host = text;
    const host = splitHost(text);
    if (!host) return undefined;
    if (own(host.name)) return localhost;
    const inCluster = clusterHost(host.name, host.port);
    return inCluster && cluster.find(inCluster);
  };

  const unknownHost = (host: string): UserError => {
    const known = cluster.services.map(({ service, namespaces, port }) => `${service}.${namespaces[0]}:${port}`);
    return userError('HOST_UNKNOWN.inside', { host: shortened(host), names: [...new Set(known)].join(', ') });
  };

  return {
    siteFor,
    unknownHost,
    handle(request: IncomingMessage, response: ServerResponse): void {
      setClientIdentity(request, { outside: false });
      const site = siteFor(request);
      if (site) site.handle(request, response);
      else refuse(request, response, unknownHost(request.headers.host ?? ''));
    },
    upgrades: (request: IncomingMessage) => siteFor(request)?.upgrade !== undefined,
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const site = siteFor(request);
      if (site?.upgrade) site.upgrade(request, socket, head);
      else socket.destroy();
    },
  };
}
