import { serviceObjects } from '../../cluster/objects.ts';
import type { ClusterService } from '../../cluster/service.ts';
import { isTerminating } from '../../resources/admission-error.ts';
import { admit } from '../../resources/admit.ts';
import { definitionOf } from '../../resources/definition.ts';
import { definitionKind, kinds } from '../../resources/kinds.ts';
import { type Resource, referenceOf } from '../../resources/resource.ts';
import { ensureAdmitted } from '../../store/admitted.ts';
import { modify } from '../../store/modify.ts';
import type { ResourceStore } from '../../store/store.ts';

/** What a cluster with Kyma has before anybody does anything. */

const namespaces = ['default', 'kube-system', 'kyma-system', 'kyma-integration', 'istio-system'];

const namespace = (name: string): Resource => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

/** The Kubernetes API's own service, by which programs in the cluster know it. */
const kubernetesService: Resource = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    name: 'kubernetes',
    namespace: 'default',
    labels: { component: 'apiserver', provider: 'kubernetes' },
  },
  spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }] },
};

/**
 * Adds what is missing of a cluster's first resources, and brings the definitions of our own kinds up to date. What
 * somebody changed stays as it is.
 */
export async function seedCluster(store: ResourceStore, services: readonly ClusterService[]): Promise<void> {
  const first = [...namespaces.map(namespace), kubernetesService, ...serviceObjects(services)];
  for (const resource of first) await ensure(store, resource);
  for (const kind of kinds) if (kind.custom) await define(store, definitionOf(kind));
}

async function ensure(store: ResourceStore, resource: Resource): Promise<void> {
  if (await store.get(referenceOf(resource))) return;
  try {
    await ensureAdmitted(store, resource);
  } catch (error) {
    // Somebody has deleted a namespace of ours, and it waits for what is in it.
    if (!isTerminating(error)) throw error;
  }
}

async function define(store: ResourceStore, definition: Resource): Promise<void> {
  const { resource } = admit(definition);
  if (!(await store.get(referenceOf(resource)))) {
    await store.create(resource);
    return;
  }
  const { apiVersion, kind } = definitionKind;
  await modify(store, { apiVersion, kind, name: resource.metadata.name }, (current) => ({
    ...current,
    spec: resource.spec,
    status: resource.status,
  }));
}
