import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClusterPods } from '../cluster/pods.ts';
import { writeWhole } from '../core/files.ts';
import type { LogTap } from '../core/log-tap.ts';
import type { Capability } from '../foundation/capability.ts';
import { type Foundation, trustedBy } from '../foundation/foundation.ts';
import { readAuthority } from '../pki/authority.ts';
import { administratorCertificate, administratorToken } from './access/administrator.ts';
import { kubeconfigOf } from './access/kubeconfig.ts';
import { keepKubeconfig } from './access/kubeconfig-file.ts';
import { createKubernetesApi } from './api.ts';
import { createStreams } from './streams/streams.ts';
import { podSurroundings } from './streams/surroundings.ts';

/** What the Kubernetes API reads of the instance's settings. */
export interface KubernetesCapabilitySettings {
  readonly kubernetesPort: number;
  readonly allowExec: boolean;
  readonly ephemeral: boolean;
  readonly dataDir: string;
  readonly certsDir: string;
}

/** How clients get in. */
export interface KubernetesAccess {
  readonly url: string;
  /** Bearer token of the administrator. */
  readonly token: string;
  /** Text of a kubeconfig with a client certificate. */
  readonly kubeconfig: string;
  /** Where that text lies; undefined when nothing is kept. */
  readonly file: string | undefined;
}

export interface KubernetesCapability extends Capability {
  /**
   * Makes the administrator's client certificate and writes what clients outside and inside look for: a kubeconfig, and
   * the folder that programs in a cluster read their account from.
   * @param server URL of the edge
   */
  giveAccess(server: string): Promise<KubernetesAccess>;
}

export interface KubernetesSurroundings {
  /** Whose lines are the logs of pods. */
  readonly logTap: LogTap;
  /** The environment of this process, of which commands in pods get a part. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The Kubernetes API, and what kubectl streams. It comes after the capabilities whose services it shows. */
export async function createKubernetes(
  foundation: Foundation<KubernetesCapabilitySettings>,
  { logTap, env }: KubernetesSurroundings,
): Promise<KubernetesCapability> {
  const { settings, store, clock, log, cluster, urls } = foundation;
  const pods = createClusterPods(cluster);
  const streams = createStreams({
    store,
    clock,
    log,
    logTap,
    resolvePort: pods.resolvePort,
    partOf: pods.partOf,
    allowExec: settings.allowExec,
    surroundings: (_namespace, pod) => podSurroundings(pod, { env, internalUrl: urls().internal, directory: tmpdir() }),
  });
  const token = await administratorToken(settings.ephemeral ? undefined : settings.dataDir, foundation.random);
  const api = await createKubernetesApi({ ...foundation, token, streams, services: cluster.services });

  return {
    name: 'kubernetes',
    edges: [
      {
        name: 'kubernetes',
        callers: 'outside',
        flag: '--kubernetes-port',
        port: settings.kubernetesPort,
        serves: 'Kubernetes API, for kubectl',
        streams: true,
        // Go keeps idle connections for 90 s. (kubernetes-api §1.1)
        keepAlive: 120_000,
        site: api,
        tls: { clients: 'read' },
      },
    ],
    async giveAccess(server) {
      const authority = readAuthority(foundation.authority.certificatePem, foundation.authority.privateKeyPem);
      const trust = trustedBy(foundation.authority).join('');
      const kubeconfig = kubeconfigOf({
        server,
        authority: trust,
        ...(await administratorCertificate(authority, foundation)),
      });
      if (settings.ephemeral) return { url: server, token, kubeconfig, file: undefined };
      const file = await keepKubeconfig(settings, { text: kubeconfig, server }, log);
      const account = join(settings.dataDir, 'serviceaccount');
      await writeWhole(join(account, 'token'), token, { mode: 0o600, folderMode: 0o700 });
      await writeWhole(join(account, 'ca.crt'), trust);
      await writeWhole(join(account, 'namespace'), 'default');
      return { url: server, token, kubeconfig, file };
    },
    async endStreams() {
      await streams.close();
      pods.close();
      api.endWatches();
    },
    close: () => api.close(),
  };
}
