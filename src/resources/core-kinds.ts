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

/** Namespaces and Services have more to them than is looked at here. */
export const openSchema = { type: 'object' } as const satisfies Schema;

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
const keysOfType: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
};

/** The rules for the `data` of a Secret that no schema can express. No message contains a value. */
export function checkSecret({ type, data = {} }: Secret): Problem[] {
  const missing = (keysOfType[type ?? ''] ?? []).filter((key) => !Object.hasOwn(data, key));
  return [...missing.map((key) => required(['data', key])), ...checkKeys('data', data), ...checkBase64('data', data)];
}

export function checkConfigMap({ data = {}, binaryData = {} }: ConfigMap): Problem[] {
  return [...checkKeys('data', data), ...checkKeys('binaryData', binaryData), ...checkBase64('binaryData', binaryData)];
}

const checkKeys = (member: string, data: object): Problem[] =>
  Object.keys(data)
    .filter((key) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key))
    .map((key) => invalidValue([member, key], 'a key consists of alphanumeric characters, "-", "_" or "."', key));

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const checkBase64 = (member: string, data: Readonly<Record<string, string>>): Problem[] =>
  Object.entries(data)
    .filter(([, value]) => !base64.test(value.replace(/[\r\n]/g, '')))
    .map(([key]) =>
      invalidValue(
        [member, key],
        `the value is not base64${member === 'data' ? '; plain text goes to stringData' : ''}`,
      ),
    );

/** What a Namespace gets from the API server. */
export function completeNamespace(namespace: Resource): Resource {
  const { metadata } = namespace;
  return {
    ...namespace,
    metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name } },
    spec: { finalizers: ['kubernetes'], ...(namespace.spec as object | undefined) },
    status: { phase: 'Active', ...(namespace.status as object | undefined) },
  };
}
