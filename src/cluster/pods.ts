import type { Site } from '../http/site.ts';
import { createSitePort, type SitePort } from '../http/site-port.ts';
import { podNameOf } from './objects.ts';
import type { ClusterTable } from './table.ts';

/** What stands behind the pods of the cluster's services. */
export interface ClusterPods {
  /** Where a port of a pod leads; undefined when nothing of the instance is behind it. */
  resolvePort(namespace: string, pod: string, port: number): SitePort | undefined;
  /** Whose log lines the pod shows. */
  partOf(namespace: string, pod: string): string | undefined;
  /** Ends all connections. Calling it twice is harmless. */
  close(): void;
}

/** Finds the instance's own sites behind the pods that stand for them. (kubernetes-api §10.1) */
export function createClusterPods(table: Pick<ClusterTable, 'services'>): ClusterPods {
  const ports = new Map<Site, SitePort>();
  const behind = (namespace: string, pod: string) =>
    table.services.filter(({ namespaces, app }) => namespaces.includes(namespace) && podNameOf(app) === pod);

  return {
    resolvePort(namespace, pod, port) {
      const site = behind(namespace, pod).find((row) => row.port === port)?.site;
      if (!site) return undefined;
      const target = ports.get(site) ?? createSitePort(site);
      ports.set(site, target);
      return target;
    },
    partOf: (namespace, pod) => behind(namespace, pod)[0]?.logPart,
    close() {
      for (const port of ports.values()) port.close();
    },
  };
}
