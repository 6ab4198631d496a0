import type { Site } from '../http/site.ts';
import type { ClusterHost } from './names.ts';
import type { ClusterService } from './service.ts';

/** Finds the sites behind names that are not in the table but made up per resource. */
export type NamedSites = (host: ClusterHost) => Site | undefined;

/**
 * The services of the cluster: the one table from which the names that answer, the Services and pods that `kubectl`
 * shows, port-forward, logs and the list of names derive.
 */
export class ClusterTable {
  readonly #services: ClusterService[] = [];
  readonly #byAddress = new Map<string, Site>();
  readonly #named: NamedSites[] = [];

  /** All rows, in the order in which they were added. */
  get services(): readonly ClusterService[] {
    return this.#services;
  }

  add(services: readonly ClusterService[]): void {
    for (const row of services) {
      this.#services.push(row);
      for (const namespace of ['', ...row.namespaces]) {
        this.#byAddress.set(keyOf({ service: row.service, namespace, port: row.port }), row.site);
      }
    }
  }

  /** Adds names that no row can list. Rows come first. */
  addNames(named: NamedSites): void {
    this.#named.push(named);
  }

  /** What answers under a name of the cluster. Without a namespace it is found in any. */
  find(host: ClusterHost): Site | undefined {
    const listed = this.#byAddress.get(keyOf(host));
    if (listed) return listed;
    for (const named of this.#named) {
      const site = named(host);
      if (site) return site;
    }
    return undefined;
  }
}

const keyOf = ({ service, namespace, port }: ClusterHost) => `${service}.${namespace}:${port}`;
