import { isIP } from 'node:net';
import { clusterHost, splitHost } from '../cluster/names.ts';
import type { ClusterService } from '../cluster/service.ts';

/** Whether a name in lower case, without port, is one of the machine's own. */
export type OwnNames = (name: string) => boolean;

/**
 * The names under which the machine itself is called. A page in a browser can have none of them unless it is from here:
 * they are no names that somebody else could bind to this machine.
 * @param further exact names, or `*.` and a domain for the names right below it, as in certificates
 */
export function ownNames(further: readonly string[]): OwnNames {
  const names = new Set(['localhost', ...fromContainers, ...further.map((name) => name.toLowerCase())]);
  return (name) => names.has(name) || names.has(name.replace(/^[^.]+\./, '*.')) || isCallable(name);
}

/** By which programs in containers call the machine on which these run. */
const fromContainers = ['host.docker.internal', 'host.containers.internal'];

/**
 * An IP address that one would call. Those that stand for "any", and IPv4 addresses in the clothes of IPv6, also lead to
 * this machine, but browsers do not know that and leave out what they say about pages otherwise.
 */
function isCallable(name: string): boolean {
  const address = name.startsWith('[') ? name.slice(1, -1) : name;
  if (isIP(address) === 4) return address !== '0.0.0.0';
  return isIP(address) === 6 && !/^\[::(\]|ffff:)/.test(URL.parse(`http://[${address}]`)?.hostname ?? '[::]');
}

/** Whether `Host` has one of the machine's own names, or that of a service of the cluster, at whatever port. */
export const leadsToEdge = (
  host: string,
  own: OwnNames,
  services: () => readonly Pick<ClusterService, 'service' | 'namespaces'>[],
): boolean => {
  const name = splitHost(host)?.name;
  if (name === undefined) return false;
  if (own(name)) return true;
  const asked = clusterHost(name);
  return (
    asked !== undefined &&
    services().some(
      ({ service, namespaces }) =>
        service === asked.service && (asked.namespace === '' || namespaces.includes(asked.namespace)),
    )
  );
};
