import { expect, test } from 'vitest';
import { APPS, apiVersion, application, configMap, MERGE, startCluster } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';

test('what is created gets what the server owns, and is read as it was answered', async () => {
  const cluster = await startCluster();
  const created = await cluster.post(APPS, application('shop', { description: 'd' }, { uid: 'mine', generation: 9 }));
  expect(created.status).toBe(201);
  expect(created.headers['content-type']).toBe('application/json');
  expect(created.json).toMatchObject({
    apiVersion,
    kind: 'Application',
    metadata: { name: 'shop', generation: 1, creationTimestamp: '2026-01-05T10:00:00Z' },
    spec: { description: 'd', encodeUrl: true },
  });
  expect(created.json.metadata.uid).toMatch(/^[-0-9a-f]{36}$/);
  expect((await cluster.get(`${APPS}/shop`)).text).toBe(created.text);
});

test('kinds of Kubernetes itself have no generation', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(CMS, configMap('a'));
  expect(json.metadata).not.toHaveProperty('generation');
});

test('a missing name is made from generateName', async () => {
  const cluster = await startCluster();
  const body = { ...configMap(''), metadata: { generateName: 'job-' } };
  const { status, json } = await cluster.post(CMS, body);
  expect(status).toBe(201);
  expect(json.metadata.name).toMatch(/^job-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

// (kubernetes-api §5.2, §8)
test.each([
  [
    'in a namespace that is not there',
    '/api/v1/namespaces/nope/configmaps',
    configMap('a'),
    404,
    'NotFound',
    'namespaces "nope" not found',
  ],
  [
    'of another kind',
    CMS,
    { ...configMap('a'), kind: 'Secret' },
    400,
    'BadRequest',
    'the kind in the data (Secret) does not match the expected kind (ConfigMap)',
  ],
  [
    'of another version',
    CMS,
    { ...configMap('a'), apiVersion: 'v2' },
    400,
    'BadRequest',
    'the API version in the data (v2) does not match the expected API version (v1)',
  ],
  [
    'for another namespace',
    CMS,
    configMap('a', {}, { namespace: 'x' }),
    400,
    'BadRequest',
    'the namespace of the provided object does not match the namespace sent on the request',
  ],
  [
    'with a version',
    CMS,
    configMap('a', {}, { resourceVersion: '1' }),
    400,
    'BadRequest',
    'resourceVersion should not be set on objects to be created',
  ],
  [
    'without a name',
    CMS,
    { ...configMap(''), metadata: {} },
    422,
    'Invalid',
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
])('a resource %s is refused', async (_, path, body, code, reason, message) => {
  const cluster = await startCluster();
  const answer = await cluster.post(path, body);
  expect(answer.status).toBe(code);
  expect(answer.json).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
  expect((await cluster.get(CMS)).json.items).toEqual([]);
});

test('a name that is taken is a conflict of its own kind', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop'));
  const { status, json } = await cluster.post(APPS, application('shop'));
  expect(status).toBe(409);
  expect(json).toMatchObject({
    reason: 'AlreadyExists',
    message: 'applications.applicationconnector.kyma-project.io "shop" already exists',
    details: { name: 'shop', group: 'applicationconnector.kyma-project.io', kind: 'applications' },
  });
});

test('what is not there is not found, by its plural and group', async () => {
  const cluster = await startCluster();
  expect((await cluster.get(`${APPS}/shop`)).json).toMatchObject({
    code: 404,
    message: 'applications.applicationconnector.kyma-project.io "shop" not found',
  });
  expect((await cluster.get('/api/v1/namespaces/default/secrets/x')).json).toMatchObject({
    message: 'secrets "x" not found',
    details: { name: 'x', kind: 'secrets' },
  });
});

test('an unknown path is plain text', async () => {
  const cluster = await startCluster();
  for (const path of ['/nothing', '/apis/x.y/v1/things', '/api/v1/namespaces/default/things', '/apis/x.y']) {
    const answer = await cluster.get(path);
    expect([answer.status, answer.text], path).toEqual([404, '404 page not found\n']);
  }
});

test('a method that a path does not have is refused', async () => {
  const cluster = await startCluster();
  expect((await cluster.put(APPS, {})).json).toMatchObject({ code: 405, reason: 'MethodNotAllowed' });
  expect((await cluster.post('/api/v1/configmaps', configMap('a'))).status).toBe(405);
});

test('an update replaces, counts the generation and keeps what the server owns', async () => {
  const cluster = await startCluster();
  const { json: created } = await cluster.post(APPS, application('shop', { description: 'a' }));
  const { resourceVersion } = created.metadata;
  const body = application(
    'shop',
    { description: 'b' },
    { resourceVersion, creationTimestamp: '2000-01-01T00:00:00Z' },
  );
  const { status, json } = await cluster.put(`${APPS}/shop`, body);
  expect(status).toBe(200);
  expect(json.metadata).toMatchObject({
    uid: created.metadata.uid,
    creationTimestamp: created.metadata.creationTimestamp,
    generation: 2,
  });
  expect(json.spec.description).toBe('b');
});

test('an update from an old version is a conflict, whoever wrote in between', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(APPS, application('shop'));
  await cluster.store.patch({ apiVersion, kind: 'Application', name: 'shop' }, { spec: { description: 'registry' } });
  const answer = await cluster.put(`${APPS}/shop`, { ...json, spec: { description: 'kubectl' } });
  expect(answer.json).toMatchObject({
    code: 409,
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled on applications.applicationconnector.kyma-project.io "shop": ' +
      'the object has been modified; please apply your changes to the latest version and try again',
  });
  expect((await cluster.get(`${APPS}/shop`)).json.spec.description).toBe('registry');
});

test('custom resources must name the version that an update replaces, others need not', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop'));
  await cluster.post(CMS, configMap('a'));
  expect((await cluster.put(`${APPS}/shop`, application('shop'))).json).toMatchObject({
    code: 422,
    details: { causes: [{ field: 'metadata.resourceVersion' }] },
  });
  expect((await cluster.put(`${CMS}/a`, configMap('a', { k: 'v' }))).status).toBe(200);
});

test('an update of another name, another uid or of nothing is refused', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a'));
  expect((await cluster.put(`${CMS}/a`, configMap('b'))).json.message).toBe(
    'the name of the object (b) does not match the name on the URL (a)',
  );
  expect((await cluster.put(`${CMS}/a`, configMap('a', {}, { uid: 'x' }))).json).toMatchObject({ code: 409 });
  expect((await cluster.put(`${CMS}/z`, configMap('z'))).status).toBe(404);
});

test('a write that changes nothing keeps the version', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(APPS, application('shop', { description: 'a' }));
  cluster.clock.advance(60_000);
  expect((await cluster.put(`${APPS}/shop`, json)).json.metadata.resourceVersion).toBe(json.metadata.resourceVersion);
  const patched = await cluster.patch(`${APPS}/shop`, { spec: { description: 'a' } }, MERGE);
  expect(patched.json.metadata.resourceVersion).toBe(json.metadata.resourceVersion);
});

test('a dry run answers like the real thing and stores nothing', async () => {
  const cluster = await startCluster();
  const made = await cluster.post(`${APPS}?dryRun=All`, application('shop'));
  expect([made.status, made.json.metadata.name, typeof made.json.metadata.uid]).toEqual([201, 'shop', 'string']);
  expect((await cluster.get(`${APPS}/shop`)).status).toBe(404);
  const { json } = await cluster.post(APPS, application('shop'));
  const patched = await cluster.patch(`${APPS}/shop?dryRun=All`, { spec: { description: 'x' } }, MERGE);
  expect(patched.json).toMatchObject({
    metadata: { uid: json.metadata.uid, resourceVersion: json.metadata.resourceVersion },
    spec: { description: 'x' },
  });
  await cluster.delete(`${APPS}/shop?dryRun=All`);
  await cluster.delete(`${APPS}/shop`, { kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] });
  expect((await cluster.get(`${APPS}/shop`)).json).toEqual(json);
  expect((await cluster.post(`${APPS}?dryRun=Some`, application('x'))).status).toBe(400);
});

test('of twenty writers on one object every accepted write is there and the others are conflicts', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(CMS, configMap('a'));
  const patches = await Promise.all(
    Array.from({ length: 20 }, (_, index) => cluster.patch(`${CMS}/a`, { data: { [`k${index}`]: 'v' } }, MERGE)),
  );
  expect(patches.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(Object.keys((await cluster.get(`${CMS}/a`)).json.data)).toHaveLength(20);
  const stale = await Promise.all(
    Array.from({ length: 20 }, (_, index) => cluster.put(`${CMS}/a`, { ...json, data: { only: String(index) } })),
  );
  expect(new Set(stale.map(({ status }) => status))).toEqual(new Set([409]));
});

test('a Secret takes plain text, keeps its type, and checks what its type needs', async () => {
  const cluster = await startCluster();
  const path = '/api/v1/namespaces/default/secrets';
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
  const { json } = await cluster.post(path, { ...secret, stringData: { user: 'alice' } });
  expect(json).toMatchObject({ type: 'Opaque', data: { user: 'YWxpY2U=' } });
  expect(json).not.toHaveProperty('stringData');
  const changed = await cluster.put(`${path}/s`, { ...json, type: 'other' });
  expect(changed.json.message).toBe('Secret "s" is invalid: type: Invalid value: "other": field is immutable');
  const tls = await cluster.post(path, { ...secret, metadata: { name: 't' }, type: 'kubernetes.io/tls' });
  expect(tls.json.details.causes.map(({ field }: { field: string }) => field)).toEqual([
    'data[tls.crt]',
    'data[tls.key]',
  ]);
});

test('what is immutable stays as it is', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, { ...configMap('a', { k: 'v' }), immutable: true });
  const { json } = await cluster.patch(`${CMS}/a`, { data: { k: 'w' } }, MERGE);
  expect(json.message).toBe('ConfigMap "a" is invalid: data: Forbidden: field is immutable when `immutable` is set');
  expect((await cluster.patch(`${CMS}/a`, { immutable: false }, MERGE)).status).toBe(422);
  expect((await cluster.patch(`${CMS}/a`, { metadata: { labels: { a: 'b' } } }, MERGE)).status).toBe(200);
});

test('names that are special in JavaScript are names like any other', async () => {
  const cluster = await startCluster();
  const path = APPS.replace('applications', 'remoteenvironments');
  const text = `{"apiVersion":"${apiVersion}","kind":"RemoteEnvironment","metadata":{"name":"x"},"spec":{"__proto__":{"a":1},"constructor":{"b":2}}}`;
  await cluster.post(path, text);
  const patched = await cluster.patch(`${path}/x`, '{"spec":{"__proto__":{"c":3}}}', MERGE);
  expect(patched.text).toContain('"__proto__":{"a":1,"c":3}');
  expect(({} as Record<string, unknown>).c).toBeUndefined();
});

test('a Service gets an address and target ports, a Pod runs at once, a Namespace gets an account', async () => {
  const cluster = await startCluster();
  const base = '/api/v1/namespaces/default';
  const service = await cluster.post(`${base}/services`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports: [{ port: 80 }] },
  });
  expect(service.json.spec).toMatchObject({
    type: 'ClusterIP',
    sessionAffinity: 'None',
    clusterIP: expect.stringMatching(/^10\.96\.\d+\.\d+$/),
    ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
  });
  const pod = await cluster.post(`${base}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'p', image: 'nginx' }] },
    status: {},
  });
  expect(pod.json.status).toMatchObject({ phase: 'Running', containerStatuses: [{ name: 'p', ready: true }] });
  await cluster.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } });
  await expect
    .poll(async () => (await cluster.get('/api/v1/namespaces/demo/serviceaccounts/default')).status)
    .toBe(200);
});

test('YAML is understood, and other types are refused with those that are', async () => {
  const cluster = await startCluster();
  const yaml = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n`;
  expect((await cluster.post(CMS, yaml, 'application/yaml')).json.data).toEqual({ k: 'v' });
  const refused = await cluster.post(CMS, 'x=1', 'application/x-www-form-urlencoded');
  expect(refused.json).toMatchObject({ code: 415, reason: 'UnsupportedMediaType' });
});

test.each([
  ['broken JSON', '{', 'application/json'],
  ['broken YAML', 'a: [', 'application/yaml'],
  ['a list', '[]', 'application/json'],
  ['nothing', '', 'application/json'],
  ['nesting without end', `{"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'application/json'],
  ['protobuf that is none', 'garbage', 'application/vnd.kubernetes.protobuf'],
])('%s as a body is a bad request', async (_, body, type) => {
  const cluster = await startCluster();
  const { json } = await cluster.post(CMS, body, type);
  expect(json).toMatchObject({ code: 400, reason: 'BadRequest' });
  expect(json.message).toMatch(/^the object provided is unrecognized \(must be of type ConfigMap\)/);
});

test('a body that is too large is refused, and the connection survives it', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post(CMS, configMap('a', { k: 'x'.repeat(5 * 1024 * 1024) }));
  expect(json).toMatchObject({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: limit is 3145728',
  });
});
