import { expect, test } from 'vitest';
import { APPS, application, MERGE, startCluster } from './cluster.ts';

const wrong = application('shop', { wrongField: 1, services: [{ id: 'a', nope: true }] }, { odd: 1 });
const kept = { description: 'd' };

test('Strict refuses every unknown field at once', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(`${APPS}?fieldValidation=Strict`, wrong);
  expect(json).toMatchObject({
    code: 400,
    message:
      'Application in version "v1alpha1" cannot be handled as a Application: strict decoding error: ' +
      'unknown field "metadata.odd", unknown field "spec.wrongField", unknown field "spec.services[0].nope"',
  });
});

test.each(['', '?fieldValidation=Warn'])(
  'without a wish, and with Warn, unknown fields are dropped and told (%s)',
  async (query) => {
    const cluster = await startCluster();
    const { json, headers } = await cluster.post(APPS + query, application('shop', { ...kept, wrongField: 1 }));
    expect(json.spec).toEqual({ ...kept, encodeUrl: true });
    expect(headers.warning).toBe('299 - "unknown field \\"spec.wrongField\\""');
  },
);

test('Ignore drops them silently', async () => {
  const cluster = await startCluster();
  const { json, headers } = await cluster.post(
    `${APPS}?fieldValidation=Ignore`,
    application('shop', { ...kept, wrongField: 1 }),
  );
  expect(json.spec).toEqual({ ...kept, encodeUrl: true });
  expect(headers.warning).toBeUndefined();
});

test('another validation than the three is refused', async () => {
  const cluster = await startCluster();
  expect((await cluster.post(`${APPS}?fieldValidation=Maybe`, application('shop'))).status).toBe(400);
});

test('kinds of 2018 keep what their schema does not know', async () => {
  const cluster = await startCluster();
  const path = APPS.replace('applications', 'remoteenvironments');
  const body = { ...application('ec', { source: { system: 'ec' } }), kind: 'RemoteEnvironment' };
  const { status, json } = await cluster.post(`${path}?fieldValidation=Strict`, body);
  expect([status, json.spec]).toEqual([201, { source: { system: 'ec' } }]);
});

test('everything that is wrong with a custom resource comes in one answer with a cause for each', async () => {
  const cluster = await startCluster();
  const body = application('Bad_Name', { accessLabel: '-', services: [{ id: 5, entries: [{ type: 'Foo' }] }] });
  const { json } = await cluster.post(APPS, body);
  expect(json).toMatchObject({ code: 422, reason: 'Invalid', details: { name: 'Bad_Name', kind: 'Application' } });
  const fields = json.details.causes.map(
    ({ field, reason }: { field: string; reason: string }) => `${field} ${reason}`,
  );
  expect(fields).toEqual([
    'metadata.name FieldValueInvalid',
    'spec.accessLabel FieldValueInvalid',
    'spec.services[0].name FieldValueRequired',
    'spec.services[0].displayName FieldValueRequired',
    'spec.services[0].description FieldValueRequired',
    'spec.services[0].providerDisplayName FieldValueRequired',
    'spec.services[0].id FieldValueTypeInvalid',
    'spec.services[0].entries[0].type FieldValueNotSupported',
  ]);
  expect(json.message).toMatch(
    /^Application\.applicationconnector\.kyma-project\.io "Bad_Name" is invalid: \[metadata\.name: /,
  );
});

test('a wrong patch changes nothing', async () => {
  const cluster = await startCluster();
  const { text } = await cluster.post(APPS, application('shop', kept));
  expect((await cluster.patch(`${APPS}/shop`, { spec: { description: 5 } }, MERGE)).status).toBe(422);
  expect((await cluster.patch(`${APPS}/shop?fieldValidation=Strict`, { spec: { nope: 5 } }, MERGE)).status).toBe(400);
  expect((await cluster.get(`${APPS}/shop`)).text).toBe(text);
});

test('a kind of Kubernetes itself with a wrong type cannot even be decoded', async () => {
  const cluster = await startCluster();
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { a: 1 } }, data: {} };
  expect((await cluster.post('/api/v1/namespaces/default/configmaps', body)).json).toMatchObject({
    code: 400,
    message:
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ' +
      'ConfigMap.metadata.labels.a of type string',
  });
});

test('labels are checked', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(APPS, application('shop', {}, { labels: { 'a b': 'x', ok: 'not ok' } }));
  expect(json.details.causes.map(({ field }: { field: string }) => field)).toEqual([
    'metadata.labels',
    'metadata.labels',
  ]);
});

test('status has an address of its own where the kind says so', async () => {
  const cluster = await startCluster();
  const path = '/apis/eventing.kyma-project.io/v1alpha2/namespaces/default/subscriptions';
  const status = { ready: true, types: [], backend: {} };
  const { json } = await cluster.post(path, {
    apiVersion: 'eventing.kyma-project.io/v1alpha2',
    kind: 'Subscription',
    metadata: { name: 's' },
    spec: { sink: 'http://a.default.svc.cluster.local', source: 'shop', types: ['order.created.v1'] },
    status,
  });
  expect(json).not.toHaveProperty('status');
  expect(json.spec).toMatchObject({ typeMatching: 'standard', config: { maxInFlightMessages: '10' } });
  await cluster.patch(`${path}/s`, { status, spec: { source: 'other' } }, MERGE);
  const after = await cluster.patch(`${path}/s/status`, { status, spec: { source: 'ignored' } }, MERGE);
  expect(after.json).toMatchObject({ spec: { source: 'other' }, status, metadata: { generation: 2 } });
  await cluster.post(APPS, application('shop'));
  expect((await cluster.get(`${APPS}/shop/status`)).status).toBe(404);
});

test('a deprecated version warns, and its objects are seen in every version', async () => {
  const cluster = await startCluster();
  const path = (version: string) => `/apis/gateway.kyma-project.io/${version}/namespaces/default/apirules`;
  const body = {
    apiVersion: 'gateway.kyma-project.io/v1beta1',
    kind: 'APIRule',
    metadata: { name: 'orders' },
    spec: {
      host: 'orders',
      gateway: 'kyma-system/kyma-gateway',
      service: { name: 'orders', port: 80 },
      rules: [{ path: '/.*', methods: ['GET'], accessStrategies: [{ handler: 'noop' }] }],
    },
  };
  const created = await cluster.post(path('v1beta1'), body);
  expect(created.status).toBe(201);
  expect(created.headers.warning).toContain('Migrate to version v2');
  expect((await cluster.get(`${path('v2')}/orders`)).json).toMatchObject({ apiVersion: 'gateway.kyma-project.io/v2' });
  expect((await cluster.get(path('v1beta1'))).json.items[0].apiVersion).toBe('gateway.kyma-project.io/v1beta1');
});

test.each([
  [{ source: {} }, 'spec.source: Invalid value: "object": Use GitRepository or Inline source'],
  [
    { source: { inline: { source: 'x' } }, env: [{ name: 'FUNC_PORT' }] },
    "spec.env: Invalid value: \"array\": Following envs are reserved and cannot be used: ['FUNC_RUNTIME','FUNC_HANDLER','FUNC_PORT','FUNC_HANDLER_SOURCE','FUNC_HANDLER_DEPENDENCIES','MOD_NAME','NODE_PATH','PYTHONPATH']",
  ],
  [
    { source: { inline: { source: 'x' } }, resourceConfiguration: { function: {} } },
    'spec.resourceConfiguration.function: Invalid value: "object": Use profile or resources',
  ],
])('a Function with %j is refused in the words of its definition', async (spec, text) => {
  const cluster = await startCluster();
  const { json } = await cluster.post('/apis/serverless.kyma-project.io/v1alpha2/namespaces/default/functions', {
    apiVersion: 'serverless.kyma-project.io/v1alpha2',
    kind: 'Function',
    metadata: { name: 'f' },
    spec: { runtime: 'nodejs22', ...spec },
  });
  expect(json.message).toBe(`Function.serverless.kyma-project.io "f" is invalid: ${text}`);
});
