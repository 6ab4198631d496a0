import { expect, test } from 'vitest';
import { compareVersions } from '../../src/kubernetes/objects/catalog.ts';
import { call } from '../support/call.ts';
import { startCluster } from './cluster.ts';

const group = 'applicationconnector.kyma-project.io';
const aggregated = (version: string) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

interface Named {
  name: string;
}

test('versions are ordered as Kubernetes orders them', () => {
  const versions = ['v1alpha1', 'foo', 'v2', 'v1beta1', 'v1alpha2', 'v1', 'v10', 'v2beta1'];
  expect(versions.sort(compareVersions)).toEqual([
    'v10',
    'v2',
    'v1',
    'v2beta1',
    'v1beta1',
    'v1alpha2',
    'v1alpha1',
    'foo',
  ]);
});

test('groups, versions and kinds are told in the old form', async () => {
  const cluster = await startCluster();
  expect((await cluster.get('/api')).json).toEqual({ kind: 'APIVersions', versions: ['v1'] });
  const { json } = await cluster.get('/apis?timeout=32s');
  expect(json.groups.map(({ name }: Named) => name)).toEqual([
    'authentication.k8s.io',
    'authorization.k8s.io',
    'apiextensions.k8s.io',
    'applicationconnector.kyma-project.io',
    'eventing.kyma-project.io',
    'serverless.kyma-project.io',
    'gateway.kyma-project.io',
    'services.cloud.sap.com',
    'compass.kyma-project.io',
  ]);
  expect((await cluster.get('/apis/gateway.kyma-project.io')).json).toMatchObject({
    kind: 'APIGroup',
    versions: [{ version: 'v2' }, { version: 'v1beta1' }, { version: 'v2alpha1' }],
    preferredVersion: { groupVersion: 'gateway.kyma-project.io/v2' },
  });
  const list = (await cluster.get(`/apis/${group}/v1alpha1`)).json;
  expect(list).toMatchObject({ kind: 'APIResourceList', groupVersion: `${group}/v1alpha1` });
  expect(list.resources[0]).toEqual({
    name: 'applications',
    singularName: 'application',
    namespaced: false,
    kind: 'Application',
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    shortNames: ['app'],
  });
  const core = (await cluster.get('/api/v1')).json.resources.map(({ name }: Named) => name);
  expect(core).toEqual(expect.arrayContaining(['pods', 'pods/log', 'pods/exec', 'pods/portforward', 'pods/status']));
});

test.each(['v2', 'v2beta1'])('and in the aggregated form %s', async (version) => {
  const cluster = await startCluster();
  const accept = { Accept: `${aggregated(version)},application/json` };
  const answer = await cluster.get('/apis', accept);
  expect(answer.headers['content-type']).toBe(aggregated(version));
  expect(answer.json).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}` });
  const own = answer.json.items.find((item: { metadata: Named }) => item.metadata.name === group);
  expect(own.versions[0].resources[0]).toMatchObject({
    resource: 'applications',
    responseKind: { group, version: 'v1alpha1', kind: 'Application' },
    scope: 'Cluster',
    singularResource: 'application',
    shortNames: ['app'],
  });
  const core = (await cluster.get('/api', accept)).json;
  expect(core.items).toHaveLength(1);
  expect(core.items[0].metadata).not.toHaveProperty('name');
});

test('documents that the client has already are not sent again', async () => {
  const cluster = await startCluster();
  for (const path of ['/api', '/apis', '/openapi/v3', '/apis/apiextensions.k8s.io/v1']) {
    const { headers } = await cluster.get(path);
    const again = await cluster.get(path, { 'If-None-Match': headers.etag });
    expect([again.status, again.text], path).toEqual([304, '']);
  }
});

test('OpenAPI v3 has a document for each version, which says that writes know fieldValidation', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.get('/openapi/v3');
  const url = json.paths[`apis/${group}/v1alpha1`].serverRelativeURL;
  const answer = await cluster.get(`${url}&timeout=32s`);
  expect(answer.headers['cache-control']).toContain('immutable');
  const kind = { group, version: 'v1alpha1', kind: 'Application' };
  const { patch } = answer.json.paths[`/apis/${group}/v1alpha1/applications/{name}`];
  expect(patch['x-kubernetes-group-version-kind']).toEqual(kind);
  expect(patch.parameters).toContainEqual(expect.objectContaining({ name: 'fieldValidation', in: 'query' }));
  expect(patch).not.toHaveProperty('requestBody');
  expect(answer.json.components.schemas['io.kyma-project.applicationconnector.v1alpha1.Application']).toMatchObject({
    'x-kubernetes-group-version-kind': [kind],
    properties: { spec: { properties: { description: { type: 'string' } } } },
  });
  expect((await cluster.get('/openapi/v3/apis/x.y/v1')).status).toBe(404);
});

test('OpenAPI v2 is five bytes of protobuf', async () => {
  const cluster = await startCluster();
  const { headers, text } = await cluster.get('/openapi/v2');
  expect(headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
  expect(text).toBe('\n\u00032.0');
});

test('version and health are open to everybody', async () => {
  const cluster = await startCluster();
  expect((await call(`${cluster.url}/version`)).json).toMatchObject({ major: '1', minor: '32', gitVersion: /^v1\.32/ });
  for (const path of ['/healthz', '/livez', '/readyz']) expect((await call(cluster.url + path)).text).toBe('ok');
});

const definition = (change: object = {}, version: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer', minimum: 1, default: 7 } } } },
          },
        },
        ...version,
      },
    ],
    ...change,
  },
});

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';
const widget = (spec: object) => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec });

test('a definition that is applied is established and serves its kind at once', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(CRDS, definition());
  expect(json.status).toMatchObject({
    acceptedNames: { plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    storedVersions: ['v1'],
  });
  expect(
    json.status.conditions.map(({ type, status }: { type: string; status: string }) => `${type}=${status}`),
  ).toEqual(['NamesAccepted=True', 'Established=True']);
  expect((await cluster.post(WIDGETS, widget({}))).json.spec).toEqual({ size: 7 });
  expect((await cluster.get('/apis/example.com/v1')).json.resources.map(({ name }: Named) => name)).toEqual([
    'widgets',
    'widgets/status',
  ]);
  expect((await cluster.get('/openapi/v3')).json.paths).toHaveProperty('apis/example.com/v1');
  expect((await cluster.put(`${WIDGETS}/w`, widget({ size: 0 }))).status).toBe(422);
});

test('a kind and its resources go with their definition', async () => {
  const cluster = await startCluster();
  await cluster.post(CRDS, definition());
  await cluster.post(WIDGETS, widget({}));
  await cluster.delete(`${CRDS}/widgets.example.com`);
  expect((await cluster.get(WIDGETS)).status).toBe(404);
  await cluster.post(CRDS, definition());
  await expect.poll(async () => (await cluster.get(WIDGETS)).json.items).toEqual([]);
});

test('a definition waits for what is held of its kind, which is served until then', async () => {
  const cluster = await startCluster();
  await cluster.post(CRDS, definition());
  await cluster.post(WIDGETS, { ...widget({}), metadata: { name: 'w', finalizers: ['a/b'] } });
  const { status, json } = await cluster.delete(`${CRDS}/widgets.example.com`);
  expect([status, json.kind]).toEqual([200, 'CustomResourceDefinition']);
  expect(json.metadata.deletionTimestamp).toBe('2026-01-05T10:00:00Z');
  await expect
    .poll(async () => (await cluster.get(`${WIDGETS}/w`)).json.metadata.deletionTimestamp)
    .toBe('2026-01-05T10:00:00Z');
  await cluster.patch(`${WIDGETS}/w`, { metadata: { finalizers: null } }, 'application/merge-patch+json');
  await expect.poll(async () => (await cluster.get(`${CRDS}/widgets.example.com`)).status).toBe(404);
  expect((await cluster.get(WIDGETS)).status).toBe(404);
});

test.each([
  ['a name of its own', { names: { plural: 'things', kind: 'Thing' } }, {}, 'must be spec.names.plural+"."+spec.group'],
  ['no schema', {}, { schema: undefined }, 'spec.versions[0].schema.openAPIV3Schema: Required value'],
  ['no storage version', {}, { storage: false }, 'must have exactly one version marked as storage version'],
  ['another scope', { scope: 'Galaxy' }, {}, 'Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"'],
])('a definition with %s is refused', async (_, change, version, text) => {
  const cluster = await startCluster();
  const { json } = await cluster.post(CRDS, definition(change, version));
  expect(json).toMatchObject({ code: 422, message: expect.stringContaining(text) });
});

test('the definitions of our own kinds can be read but not taken away', async () => {
  const cluster = await startCluster();
  const name = 'applications.applicationconnector.kyma-project.io';
  expect((await cluster.get(`${CRDS}/${name}`)).json.spec).toMatchObject({ group, scope: 'Cluster' });
  expect((await cluster.delete(`${CRDS}/${name}`)).json).toMatchObject({ code: 403, reason: 'Forbidden' });
});
