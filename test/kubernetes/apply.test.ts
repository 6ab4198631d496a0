import { expect, test } from 'vitest';
import { APPLY, APPS, apiVersion, application, type Cluster, JSON_PATCH, MERGE, startCluster } from './cluster.ts';

const apply = (cluster: Cluster, body: unknown, query = 'fieldManager=kubectl') =>
  cluster.patch(`${APPS}/shop?${query}`, body, APPLY);

interface Entry {
  manager: string;
  operation: string;
  fieldsV1: object;
}
const owners = (json: { metadata: { managedFields: Entry[] } }) =>
  json.metadata.managedFields.map(({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1]);

test('applying creates what is not there and owns what it names', async () => {
  const cluster = await startCluster();
  const body = { apiVersion, kind: 'Application', metadata: { labels: { tier: 'demo' } }, spec: { description: 'a' } };
  const created = await apply(cluster, body);
  expect(created.status).toBe(201);
  expect(owners(created.json)).toEqual([
    ['kubectl', 'Apply', { 'f:metadata': { 'f:labels': { 'f:tier': {} } }, 'f:spec': { 'f:description': {} } }],
  ]);
  const again = await apply(cluster, body);
  expect([again.status, again.text]).toEqual([200, created.text]);
});

test('the body may be YAML', async () => {
  const cluster = await startCluster();
  const { json } = await apply(cluster, `apiVersion: ${apiVersion}\nkind: Application\nspec: {description: yaml}\n`);
  expect(json.spec.description).toBe('yaml');
});

test('what was applied before and is not applied any more goes, unless somebody else owns it', async () => {
  const cluster = await startCluster();
  const labels = (labels: object) => application('shop', {}, { labels });
  await apply(cluster, labels({ a: '1', b: '2', c: '3' }));
  await apply(cluster, labels({ b: '2' }), 'fieldManager=other');
  const { json } = await apply(cluster, labels({ a: '1' }));
  expect(json.metadata.labels).toEqual({ a: '1', b: '2' });
});

test('a field of somebody else with another value is a conflict that names owner and field', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop', {}, { labels: { two: 'x' } }));
  await cluster.patch(`${APPS}/shop?fieldManager=kubectl-label`, { metadata: { labels: { two: 'y' } } }, MERGE);
  const answer = await apply(cluster, application('shop', {}, { labels: { two: 'z' } }));
  expect(answer.json).toMatchObject({
    code: 409,
    reason: 'Conflict',
    message: `Apply failed with 1 conflict: conflict with "kubectl-label" using ${apiVersion}: .metadata.labels.two`,
    details: {
      causes: [
        {
          reason: 'FieldManagerConflict',
          message: `conflict with "kubectl-label" using ${apiVersion}`,
          field: '.metadata.labels.two',
        },
      ],
    },
  });
  expect((await cluster.get(`${APPS}/shop`)).json.metadata.labels).toEqual({ two: 'y' });
});

test('several conflicts are listed by owner', async () => {
  const cluster = await startCluster();
  await apply(cluster, application('shop', { description: 'a' }), 'fieldManager=m2');
  await apply(cluster, application('shop', { displayName: 'b', group: 'c' }), 'fieldManager=m1');
  const { json } = await apply(cluster, application('shop', { description: '1', displayName: '2', group: '3' }));
  expect(json.message).toBe(
    'Apply failed with 3 conflicts: conflicts with "m1":\n- .spec.displayName\n- .spec.group\nconflicts with "m2":\n- .spec.description',
  );
});

test('the same value is owned together, and force takes what differs', async () => {
  const cluster = await startCluster();
  await apply(cluster, application('shop', { description: 'a', group: 'g' }), 'fieldManager=m1');
  expect((await apply(cluster, application('shop', { description: 'a' }))).status).toBe(200);
  const { json } = await apply(cluster, application('shop', { description: 'b' }), 'fieldManager=kubectl&force=true');
  expect(json.spec).toMatchObject({ description: 'b', group: 'g' });
  expect(owners(json)).toEqual([
    ['m1', 'Apply', { 'f:spec': { 'f:group': {} } }],
    ['kubectl', 'Apply', { 'f:spec': { 'f:description': {} } }],
  ]);
});

test('lists with keys are owned item by item', async () => {
  const cluster = await startCluster();
  const path = '/api/v1/namespaces/default/services/web';
  const ports = (...ports: object[]) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { ports },
  });
  await cluster.patch(`${path}?fieldManager=a`, ports({ port: 80, name: 'http' }), APPLY);
  const both = await cluster.patch(`${path}?fieldManager=b`, ports({ port: 81, name: 'admin' }), APPLY);
  expect(both.json.spec.ports.map(({ port }: { port: number }) => port)).toEqual([80, 81]);
  const clash = await cluster.patch(`${path}?fieldManager=b`, ports({ port: 80, name: 'mine' }), APPLY);
  expect(clash.json.message).toBe(
    'Apply failed with 1 conflict: conflict with "a": .spec.ports[port=80,protocol="TCP"].name',
  );
  const gone = await cluster.patch(`${path}?fieldManager=b`, ports(), APPLY);
  expect(gone.json.spec.ports.map(({ port }: { port: number }) => port)).toEqual([80]);
});

test('updates own what they change, under the name of the program if none is given', async () => {
  const cluster = await startCluster();
  await cluster.request(APPS, {
    method: 'POST',
    body: JSON.stringify(application('shop', { description: 'a', group: 'g' })),
    headers: { 'Content-Type': 'application/json', 'User-Agent': 'manager/v1 (linux)' },
  });
  const { json } = await cluster.patch(`${APPS}/shop?fieldManager=p`, { spec: { description: 'b' } }, MERGE);
  expect(owners(json)).toEqual([
    ['manager', 'Update', { 'f:spec': { 'f:encodeUrl': {}, 'f:group': {} } }],
    ['p', 'Update', { 'f:spec': { 'f:description': {} } }],
  ]);
});

test('managed fields can be rewritten, as kubectl does when it changes over to server-side apply', async () => {
  const cluster = await startCluster();
  await cluster.post(`${APPS}?fieldManager=kubectl-client-side-apply`, application('shop', { description: 'a' }));
  const { json } = await cluster.get(`${APPS}/shop`);
  const value = [{ ...json.metadata.managedFields[0], manager: 'kubectl', operation: 'Apply' }];
  const operations = [
    { op: 'replace', path: '/metadata/managedFields', value },
    { op: 'replace', path: '/metadata/resourceVersion', value: json.metadata.resourceVersion },
  ];
  const moved = await cluster.patch(`${APPS}/shop`, operations, JSON_PATCH);
  expect(owners(moved.json).map(([manager, operation]) => [manager, operation])).toEqual([['kubectl', 'Apply']]);
});

test.each([
  [
    'without a field manager',
    '',
    {},
    422,
    'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
  ],
  [
    'with managed fields',
    'fieldManager=k',
    { metadata: { managedFields: [] } },
    400,
    'metadata.managedFields must be nil',
  ],
  [
    'of another name',
    'fieldManager=k',
    { metadata: { name: 'x' } },
    400,
    'the name of the object (x) does not match the name on the URL (shop)',
  ],
])('a configuration %s is refused', async (_, query, change, code, message) => {
  const cluster = await startCluster();
  const { status, json } = await apply(cluster, { ...application('shop'), ...change }, query);
  expect([status, json.message]).toEqual([code, message]);
});

test('a dry run shows conflicts and results without storing them', async () => {
  const cluster = await startCluster();
  expect((await apply(cluster, application('shop'), 'fieldManager=k&dryRun=All')).status).toBe(201);
  expect((await cluster.get(`${APPS}/shop`)).status).toBe(404);
});
