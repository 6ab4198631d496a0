import { splitApiVersion } from '../../resources/kind.ts';
import { metaSchema } from '../../resources/meta-schema.ts';
import type { Schema } from '../../resources/schema.ts';
import type { CatalogState, ServedKind, ServedVersion } from '../objects/catalog.ts';
import { type Document, document } from './discovery.ts';
import { serverVersion } from './version.ts';

/**
 * OpenAPI v3, one document for each version of a group. It says what `kubectl apply` and `explain` look at: the schemas,
 * and that writes know `fieldValidation`. How patches look is left out on purpose: then clients use what they know
 * themselves of Kubernetes' own kinds. (kubernetes-api §3)
 */
export interface OpenApi {
  readonly root: Document;
  /** By the path below `/openapi/v3/`. */
  find(path: string): Document | undefined;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const pathOf = ({ apiVersion }: ServedVersion) =>
  apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;

export function openApiOf({ groups }: CatalogState): OpenApi {
  const versions = new Map(groups.flatMap((group) => group.versions.map((version) => [pathOf(version), version])));
  const documents = new Map([...versions].map(([path, version]) => [path, document(documentOf(version))]));
  const paths = [...documents].map(([path, { etag }]) => [
    path,
    { serverRelativeURL: `/openapi/v3/${path}?hash=${etag}` },
  ]);
  return { root: document({ paths: Object.fromEntries(paths) }), find: (path) => documents.get(path) };
}

/** All of OpenAPI v2 that clients need: the number of its version, as protobuf. (kubernetes-api §3.3) */
export const openApiV2 = {
  type: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  bytes: Buffer.from([0x0a, 0x03, 0x32, 0x2e, 0x30]),
} as const;

function documentOf(version: ServedVersion) {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: serverVersion.gitVersion },
    paths: Object.fromEntries(version.kinds.flatMap((served) => pathsOf(version, served))),
    components: {
      schemas: Object.fromEntries([
        ...version.kinds.map((served) => [schemaName(served), componentOf(served)] as const),
        [META, { description: 'Metadata that every resource has.', ...metaSchema }],
      ]),
    },
  };
}

const gvk = ({ kind, apiVersion }: ServedKind) => ({ ...splitApiVersion(apiVersion), kind: kind.kind });

/** `io.kyma-project.applicationconnector.v1alpha1.Application`; Kubernetes' own kinds are `io.k8s.api.core.v1.…`. */
function schemaName({ kind, apiVersion }: ServedKind): string {
  const { group, version } = splitApiVersion(apiVersion);
  const prefix = group ? group.split('.').reverse().join('.') : 'io.k8s.api.core';
  return `${prefix}.${version}.${kind.kind}`;
}

function componentOf(served: ServedKind) {
  const { properties, ...schema } = served.form.schema;
  const text: Schema = { type: 'string' };
  return {
    description: `${served.kind.kind} as Kymulator knows it.`,
    ...schema,
    'x-kubernetes-group-version-kind': [gvk(served)],
    properties: {
      apiVersion: { ...text, description: 'Group and version of the schema.' },
      kind: { ...text, description: 'Kind of the resource.' },
      metadata: { allOf: [{ $ref: `#/components/schemas/${META}` }], default: {} },
      ...properties,
    },
  };
}

const query = (name: string) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } });
const inPath = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } });
const writing = ['dryRun', 'fieldManager', 'fieldValidation'].map(query);

const itemActions = { get: [], put: writing, patch: [...writing, query('force')], delete: [query('dryRun')] } as const;
const listActions = { get: ['labelSelector', 'fieldSelector', 'limit', 'continue', 'watch'].map(query), post: writing };

function pathsOf(version: ServedVersion, served: ServedKind): [string, object][] {
  const { kind } = served;
  const place = kind.namespaced ? '/namespaces/{namespace}' : '';
  const base = `/${pathOf(version)}${place}/${kind.plural}`;
  const namespace = kind.namespaced ? [inPath('namespace')] : [];
  return [
    [base, { ...operations(served, listActions), parameters: namespace }],
    [`${base}/{name}`, { ...operations(served, itemActions), parameters: [inPath('name'), ...namespace] }],
  ];
}

const operations = (served: ServedKind, actions: Readonly<Record<string, readonly object[]>>) =>
  Object.fromEntries(
    Object.entries(actions).map(([method, parameters]) => [
      method,
      {
        'x-kubernetes-action': method,
        'x-kubernetes-group-version-kind': gvk(served),
        parameters,
        responses: { 200: { description: 'OK' } },
      },
    ]),
  );
