import type { Site } from '../http/site.ts';

/**
 * A service of the cluster: one row serves everything that knows services. Requests find it by `Host`, `kubectl` shows a
 * Service and the pod behind it, port-forward and logs lead there. (kubernetes-api §10.1)
 */
export interface ClusterService {
  readonly service: string;
  /** Where it stands, the present namespace first. */
  readonly namespaces: readonly string[];
  /** The same number at the Service and in the pod. */
  readonly port: number;
  readonly portName: string;
  /** Label `app` of the pod behind it, and the name of its container. */
  readonly app: string;
  /** The part of the instance whose log lines are the pod's. */
  readonly logPart: string;
  readonly site: Site;
}
