/** A host name and port as a workload in the cluster writes them. */
export interface ClusterHost {
  readonly service: string;
  /** Empty when the name has none. */
  readonly namespace: string;
  readonly port: number;
}

/** Splits `Host`, with or without a port; undefined for what is no host at all. */
export function splitHost(host: string): { readonly name: string; readonly port: number | undefined } | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:/?#@\s]+)(?::(\d{1,5}))?$/.exec(host);
  if (!match?.[1]) return undefined;
  return {
    name: match[1].toLowerCase().replace(/\.$/, ''),
    port: match[2] === undefined ? undefined : Number(match[2]),
  };
}

/** Reads `service`, `service.namespace`, `service.namespace.svc` and `service.namespace.svc.cluster.local`. */
export function clusterHost(name: string, port = 80): ClusterHost | undefined {
  const labels = name.replace(/\.svc(\.cluster\.local)?$/, '').split('.');
  const [service, namespace = ''] = labels;
  if (!service || labels.length > 2) return undefined;
  return { service, namespace, port };
}
