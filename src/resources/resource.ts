/** Kubernetes-shaped resources: what the store keeps and every capability reads and writes. */

export interface Metadata {
  readonly name: string;
  /** Empty or absent for cluster-scoped kinds. */
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  /** Opaque to clients; the store's revision of the last write to this resource. */
  readonly resourceVersion?: string | undefined;
  /** Counts changes of anything but metadata and status. */
  readonly generation?: number | undefined;
  /** RFC 3339 in UTC, whole seconds. */
  readonly creationTimestamp?: string | undefined;
  readonly deletionTimestamp?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly finalizers?: readonly string[] | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | undefined;
  readonly [field: string]: unknown;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly [field: string]: unknown;
}

/** Any resource. Members other than these (`spec`, `status`, `data`, `context`, …) belong to the kind. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

/** A resource as the store returns it: frozen all the way down, with the members that the store sets. */
export type Stored<R extends Resource = Resource> = R & {
  readonly metadata: Metadata & {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
  };
};

/** Which collection of resources: `v1`/`Secret`, `applicationconnector.kyma-project.io/v1alpha1`/`Application`, … */
export interface KindReference {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One resource of a collection. */
export interface ResourceReference extends KindReference {
  readonly name: string;
  /** Empty or absent for cluster-scoped kinds. */
  readonly namespace?: string | undefined;
}

export function referenceOf(resource: Resource): ResourceReference {
  const { apiVersion, kind, metadata } = resource;
  return { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
}
