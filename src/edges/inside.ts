import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { clusterHost, splitHost } from '../cluster/names.ts';
import type { ClusterService } from '../cluster/service.ts';
import type { ClusterTable } from '../cluster/table.ts';
import { annotate } from '../http/annotations.ts';
import { setClientIdentity } from '../http/client-identity.ts';
import type { Site } from '../http/site.ts';
import { sendKymaError } from '../kyma/errors.ts';

export interface InsideOptions {
  readonly cluster: ClusterTable;
  /** What answers under the machine's own names: `localhost`, IP addresses and `ownNames`. */
  readonly localhost: Site | undefined;
  readonly ownNames: readonly string[];
}

/**
 * The edge inside the cluster. Requests find their service by the name and port in `Host`, or in the absolute form
 * that clients with `HTTP_PROXY` send. Everything else is refused: it is no open proxy.
 */
export function insideDoor({ cluster, localhost, ownNames }: InsideOptions) {
  const own = new Set(['localhost', ...ownNames]);

  const siteFor = (request: IncomingMessage): Site | undefined => {
    const host = splitHost(hostOf(request));
    if (!host) return undefined;
    if (own.has(host.name) || isIP(host.name.replace(/^\[|\]$/g, ''))) return localhost;
    const inCluster = clusterHost(host.name, host.port);
    return inCluster && cluster.find(inCluster);
  };

  return {
    siteFor,
    handle(request: IncomingMessage, response: ServerResponse): void {
      setClientIdentity(request, { outside: false });
      const site = siteFor(request);
      if (site) {
        site.handle(request, response);
        return;
      }
      const reason = unknownName(request.headers.host, cluster.services);
      annotate(request, { code: 'HOST_UNKNOWN', reason });
      sendKymaError(response, 421, reason);
    },
    upgrades: (request: IncomingMessage) => siteFor(request)?.upgrade !== undefined,
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const site = siteFor(request);
      if (site?.upgrade) site.upgrade(request, socket, head);
      else socket.destroy();
    },
  };
}

/** The host that a request is for: that of a target in absolute form beats `Host`. (RFC 9112 §3.2.2) */
function hostOf(request: IncomingMessage): string {
  const absolute = /^http:\/\/([^/?#]*)/i.exec(request.url ?? '');
  if (absolute) request.headers.host = absolute[1] ?? '';
  return request.headers.host ?? '';
}

function unknownName(host: string | undefined, services: readonly ClusterService[]): string {
  const known = services.map(({ service, namespaces, port }) => `${service}.${namespaces[0]}:${port}`);
  return (
    `Kymulator does not serve the name "${host ?? ''}" and is no proxy to other hosts. ` +
    `Names it serves: ${[...new Set(known)].join(', ')}. Names of this machine are added with --host-name.`
  );
}
