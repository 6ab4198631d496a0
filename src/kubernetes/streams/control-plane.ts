import type { Site } from '../../http/site.ts';
import type { ControlPlanePart } from '../cluster/parts.ts';
import type { PortTarget } from './port-forward.ts';
import { createSitePort, type SitePort } from './site-port.ts';

/** By the label `app` of a pod: the part of the instance that stands for it, as the details of its log lines have it. */
const logParts: Readonly<Record<string, string>> = {
  'connector-service': 'connector',
  'application-registry': 'registry',
  'metadata-service': 'registry',
  'central-application-gateway': 'application-gateway',
  'central-application-connectivity-validator': 'validator',
};

export interface ControlPlaneOptions {
  readonly parts: readonly ControlPlanePart[];
  /** What answers at a port of a Service; undefined when nothing does. */
  readonly siteOf: (service: string, namespace: string, port: number) => Site | undefined;
}

/** What stands behind the control plane's pods. */
export interface ControlPlanePods {
  resolvePort(namespace: string, pod: string, port: number): PortTarget | undefined;
  /** Whose log lines the pod shows. */
  partOf(namespace: string, pod: string): string | undefined;
  /** Ends all connections. Calling it twice is harmless. */
  close(): void;
}

/** Finds the instance's own sites behind the pods that stand for them. (kubernetes-api §10.1) */
export function createControlPlanePods({ parts, siteOf }: ControlPlaneOptions): ControlPlanePods {
  const ports = new Map<Site, SitePort>();
  const find = (namespace: string, pod: string) =>
    parts.find((part) => part.namespace === namespace && part.pod === pod);

  return {
    resolvePort(namespace, pod, port) {
      const services = Object.entries(find(namespace, pod)?.services ?? {});
      const service = services.find(([, served]) => served.some((candidate) => candidate.port === port))?.[0];
      const site = service === undefined ? undefined : siteOf(service, namespace, port);
      if (!site) return undefined;
      const target = ports.get(site) ?? createSitePort(site);
      ports.set(site, target);
      return target;
    },
    partOf: (namespace, pod) => logParts[find(namespace, pod)?.app ?? ''],
    close() {
      for (const port of ports.values()) port.close();
    },
  };
}
