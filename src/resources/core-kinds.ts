import { createHash } from 'node:crypto';
import { isBase64 } from '../go/base64.ts';
import { invalidValue, type Problem, required } from './problem.ts';
import type { Resource } from './resource.ts';
import type { Infer, Schema } from './schema.ts';

/** The kinds of Kubernetes itself that Kyma's application connectivity touches. (kubernetes-api §5.4) */

const text = { type: 'string' } as const;
const textMap = { type: 'object', additionalProperties: text } as const;
const byteMap = { type: 'object', additionalProperties: { type: 'string', format: 'byte' } } as const;

export const secretSchema = {
  type: 'object',
  properties: {
    type: { type: 'string', default: 'Opaque' },
    data: byteMap,
    stringData: textMap,
    immutable: { type: 'boolean' },
  },
} as const satisfies Schema;

export const configMapSchema = {
  type: 'object',
  properties: { data: textMap, binaryData: byteMap, immutable: { type: 'boolean' } },
} as const satisfies Schema;

export interface Secret extends Resource {
  readonly type?: string | undefined;
  /** Base64. */
  readonly data?: Infer<typeof byteMap> | undefined;
}

export interface ConfigMap extends Resource {
  readonly data?: Infer<typeof textMap> | undefined;
  readonly binaryData?: Infer<typeof byteMap> | undefined;
}

/** Moves the texts of `stringData` into `data`; what is not a text stays, for the check to find. */
export function foldStringData(secret: Resource): Resource {
  const { stringData, ...rest } = secret;
  if (!isTextMap(stringData)) return secret;
  const folded = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { ...rest, data: { ...(rest.data as object | undefined), ...Object.fromEntries(folded) } };
}

const isTextMap = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((member) => typeof member === 'string');

/** Keys that a Secret of a known type must have. */
const keysOfType: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
]);

/** The rules for the `data` of a Secret that no schema can express. No message contains a value. */
export function checkSecret({ type, data = {} }: Secret): Problem[] {
  const missing = (keysOfType.get(type ?? '') ?? []).filter((key) => !Object.hasOwn(data, key));
  return [...missing.map((key) => required(['data', key])), ...checkKeys('data', data), ...checkBase64('data', data)];
}

export function checkConfigMap({ data = {}, binaryData = {} }: ConfigMap): Problem[] {
  return [...checkKeys('data', data), ...checkKeys('binaryData', binaryData), ...checkBase64('binaryData', binaryData)];
}

const checkKeys = (member: string, data: object): Problem[] =>
  Object.keys(data)
    .filter((key) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key))
    .map((key) => invalidValue([member, key], 'a key consists of alphanumeric characters, "-", "_" or "."', key));

const checkBase64 = (member: string, data: Readonly<Record<string, string>>): Problem[] =>
  Object.entries(data)
    .filter(([, value]) => !isBase64(value))
    .map(([key]) =>
      invalidValue(
        [member, key],
        `the value is not base64${member === 'data' ? '; plain text goes to stringData' : ''}`,
      ),
    );

/** Holds a namespace for as long as there is something in it. */
const KUBERNETES = 'kubernetes';

/** What a Namespace gets from the API server. */
export function completeNamespace(namespace: Resource): Resource {
  const { metadata } = namespace;
  return {
    ...namespace,
    metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name } },
    spec: { finalizers: [KUBERNETES], ...(namespace.spec as object | undefined) },
    status: { phase: 'Active', ...(namespace.status as object | undefined) },
  };
}

/** A deleted Namespace on its way out; any other one stays as it is. (kubernetes-api §5.4) */
export const terminating = <R extends Resource>(namespace: R): R =>
  namespace.metadata.deletionTimestamp
    ? { ...namespace, status: { ...(namespace.status as object | undefined), phase: 'Terminating' } }
    : namespace;

/** A deleted Namespace that is empty, as far as the cluster itself held it. */
export function withoutContent<R extends Resource>(namespace: R): R {
  if (!namespace.metadata.deletionTimestamp) return namespace;
  const { finalizers = [], ...spec } = (namespace.spec ?? {}) as { readonly finalizers?: readonly string[] };
  return { ...namespace, spec: { ...spec, finalizers: finalizers.filter((finalizer) => finalizer !== KUBERNETES) } };
}

/** What a Service gets from the API server. The address is made of the name, so that it is the same everywhere. */
export function completeService(service: Resource): Resource {
  const spec = isObject(service.spec) ? service.spec : {};
  const ports = Array.isArray(spec.ports) ? spec.ports.map(withTargetPort) : undefined;
  const address = spec.type === 'ExternalName' ? undefined : (spec.clusterIP ?? clusterAddress(service.metadata));
  return {
    ...service,
    spec: {
      ...spec,
      ...(ports ? { ports } : {}),
      ...(address === undefined ? {} : { clusterIP: address, clusterIPs: spec.clusterIPs ?? [address] }),
    },
    status: { loadBalancer: {}, ...(service.status as object | undefined) },
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const withTargetPort = (port: unknown) =>
  isObject(port) && port.targetPort === undefined ? { ...port, targetPort: port.port } : port;

function clusterAddress({ name, namespace = '' }: Resource['metadata']): string {
  const [high = 0, low = 0] = createHash('sha256').update(`${namespace}/${name}`).digest();
  return `10.96.${high}.${Math.max(1, low)}`;
}

/** What a Pod gets from scheduler and kubelet: here every pod runs as soon as it is there. */
export function completePod(pod: Resource): Resource {
  const { containers = [] } = (pod.spec ?? {}) as { containers?: readonly { name?: unknown; image?: unknown }[] };
  const given = isObject(pod.status) ? pod.status : {};
  if (typeof given.phase === 'string' && given.phase !== '') return pod;
  const isTrue = (type: string) => ({ type, status: 'True' });
  return {
    ...pod,
    status: {
      ...given,
      phase: 'Running',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(isTrue),
      hostIP: '127.0.0.1',
      podIP: '127.0.0.1',
      qosClass: 'BestEffort',
      containerStatuses: (Array.isArray(containers) ? containers : []).map(({ name, image = '' }) => ({
        name,
        image,
        imageID: '',
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: {} },
      })),
    },
  };
}

/** A Pod without a content has nothing that could run. */
export const checkPod = ({ spec }: Resource): Problem[] =>
  spec === undefined ? [required(['spec', 'containers'])] : [];

/** What cannot be changed in a Secret. */
export const checkSecretUpdate = (next: Secret, previous: Secret): Problem[] => [
  ...(next.type === previous.type ? [] : [invalidValue(['type'], 'field is immutable', next.type ?? '')]),
  ...checkImmutable(['data'], next, previous),
];

/** What is declared immutable stays as it is, and stays immutable. */
export function checkImmutable(members: readonly string[], next: Resource, previous: Resource): Problem[] {
  if (previous.immutable !== true) return [];
  const changed = [...members, 'immutable'].filter(
    (member) => JSON.stringify(next[member]) !== JSON.stringify(previous[member]),
  );
  const detail = 'Forbidden: field is immutable when `immutable` is set';
  return changed.map((member) => ({ path: [member], reason: 'FieldValueForbidden', detail }));
}
