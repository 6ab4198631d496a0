import { podKind } from '../../resources/kinds.ts';
import type { Resource, Stored } from '../../resources/resource.ts';
import type { ResourceStore } from '../../store/store.ts';
import { badRequest, notFound } from '../wire/status.ts';

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly containerPort: number }[] | undefined;
}

/** A pod, as far as streams look into it. */
export interface Pod extends Resource {
  readonly spec?: { readonly containers?: readonly Container[] | undefined } | undefined;
}

/** @throws ApiError 404 */
export async function findPod(store: ResourceStore, namespace: string, name: string): Promise<Stored<Pod>> {
  const { apiVersion, kind } = podKind;
  const pod = await store.get<Pod>({ apiVersion, kind, namespace, name });
  if (!pod) throw notFound({ kind: podKind, name });
  return pod;
}

const containersOf = ({ spec }: Pod) => spec?.containers ?? [];

/**
 * The container that a request means: the one it names, or the only one.
 * @throws ApiError 400 in the words of Kubernetes
 */
export function containerOf(pod: Pod, wanted: string | undefined): string {
  const { name } = pod.metadata;
  const names = containersOf(pod).map((container) => container.name);
  if (wanted) {
    if (!names.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${name}`);
    return wanted;
  }
  const [first, second] = names;
  if (first === undefined || second !== undefined) {
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
  }
  return first;
}

/** The ports that the pod declares, for messages. */
export const portsOf = (pod: Pod): readonly number[] =>
  containersOf(pod).flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
