import { tmpdir } from 'node:os';
import type { ClusterService } from '../cluster/service.ts';
import { processContext } from '../config/process.ts';
import { controlPlaneParts } from '../kubernetes/cluster/parts.ts';
import { createControlPlanePods } from '../kubernetes/streams/control-plane.ts';
import type { LogTap } from '../kubernetes/streams/log-tap.ts';
import { createStreams, type Streams } from '../kubernetes/streams/streams.ts';
import { podSurroundings } from '../kubernetes/streams/surroundings.ts';
import type { Foundation } from './foundation.ts';

/** What streams lead to; known only after everything is there. */
export interface StreamTargets {
  readonly services: () => readonly ClusterService[];
  /** Base URL of the edge that answers under the names of the cluster. */
  readonly internalUrl: () => string;
}

/** Port-forward, exec and logs of the pods that stand for the control plane. */
export function createInstanceStreams(
  { settings, store, clock, log }: Foundation,
  logTap: LogTap,
  { services, internalUrl }: StreamTargets,
): Streams {
  const pods = createControlPlanePods({
    parts: controlPlaneParts,
    siteOf: (name, namespace, port) =>
      services().find(
        ({ service, namespaces, port: served }) =>
          service === name && namespaces.includes(namespace) && served === port,
      )?.site,
  });
  const streams = createStreams({
    store,
    clock,
    log: log.child({ part: 'kubernetes' }),
    logTap,
    resolvePort: pods.resolvePort,
    partOf: pods.partOf,
    allowExec: settings.allowExec,
    surroundings: (_namespace, pod) =>
      podSurroundings(pod, { env: processContext().env, internalUrl: internalUrl(), directory: tmpdir() }),
  });
  return {
    ...streams,
    async close() {
      await streams.close();
      pods.close();
    },
  };
}
