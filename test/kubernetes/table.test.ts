import { expect, test } from 'vitest';
import { ageText } from '../../src/kubernetes/table/age.ts';
import { evaluate, parseJsonPath } from '../../src/kubernetes/table/json-path.ts';
import { APPS, application, type Cluster, configMap, startCluster } from './cluster.ts';

const table = { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

interface Column {
  name: string;
  priority: number;
}

/** The columns (wide ones in brackets) and the cells of every row. */
async function shown(cluster: Cluster, path: string) {
  const { json } = await cluster.get(path, table);
  const columns = json.columnDefinitions.map(({ name, priority }: Column) => (priority > 0 ? `(${name})` : name));
  return { columns: columns.join(' '), rows: json.rows.map(({ cells }: { cells: unknown[] }) => cells) };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// (kubernetes-api §4.2)
test.each([
  [-5 * SECOND, '<invalid>'],
  [85 * SECOND, '85s'],
  [3 * MINUTE, '3m'],
  [3 * MINUTE + 5 * SECOND, '3m5s'],
  [170 * MINUTE, '170m'],
  [5 * HOUR + 2 * MINUTE, '5h2m'],
  [30 * HOUR, '30h'],
  [4 * DAY + 3 * HOUR, '4d3h'],
  [400 * DAY, '400d'],
  [3 * 365 * DAY + 20 * DAY, '3y20d'],
  [9 * 365 * DAY, '9y'],
])('%i ms are shown as %s', (milliseconds, text) => {
  expect(ageText(milliseconds)).toBe(text);
});

const value = {
  a: { 'b.c': [1, 2, 3] },
  list: [
    { type: 'Running', status: 'True', n: 1 },
    { type: 'Ready', status: 'False', n: 2 },
  ],
};

test.each([
  ['.list[0].type', ['Running']],
  [".list[?(@.type=='Ready')].status", ['False']],
  ['.list[?(@.n==1)].status', ['True']],
  ['.list[*].n', [1, 2]],
  [".a['b.c'][-1]", [3]],
  ['.a.b\\.c[1]', [2]],
  ['{.list[1].type}', ['Ready']],
  ['.nothing.at[0].all', []],
])('the path %s leads to %j', (path, expected) => {
  expect(evaluate(parseJsonPath(path) ?? [], value)).toEqual(expected);
});

test('a path of another form is not understood', () => {
  expect(parseJsonPath('.a..b')).toBeUndefined();
});

test('a kind without printer columns has name and age', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop'));
  cluster.clock.advance(42 * SECOND);
  const { json } = await cluster.get(`${APPS}/shop`, table);
  expect(json).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
  expect(json.columnDefinitions[0]).toMatchObject({ name: 'Name', type: 'string', format: 'name', priority: 0 });
  expect(json.rows).toMatchObject([
    { cells: ['shop', '42s'], object: { kind: 'PartialObjectMetadata', metadata: { name: 'shop' } } },
  ]);
});

test('the kinds of Kubernetes itself have their own columns', async () => {
  const cluster = await startCluster();
  const base = '/api/v1/namespaces/kyma-integration';
  await cluster.post(`${base}/configmaps`, configMap('a', { x: '1', y: '2' }));
  expect(await shown(cluster, `${base}/configmaps`)).toEqual({ columns: 'Name Data Age', rows: [['a', 2, '0s']] });
  expect(await shown(cluster, '/api/v1/namespaces/default')).toEqual({
    columns: 'Name Status Age',
    rows: [['default', 'Active', '0s']],
  });
  expect(await shown(cluster, `${base}/services/connector-service-internal-api`)).toEqual({
    columns: 'Name Type Cluster-IP External-IP Port(s) Age (Selector)',
    rows: [
      [
        'connector-service-internal-api',
        'ClusterIP',
        expect.stringMatching(/^10\.96\./),
        '<none>',
        '8080/TCP',
        '0s',
        'app=connector-service',
      ],
    ],
  });
  expect(await shown(cluster, `${base}/pods/connector-service-0`)).toEqual({
    columns: 'Name Ready Status Restarts Age (IP) (Node) (Nominated Node) (Readiness Gates)',
    rows: [['connector-service-0', '1/1', 'Running', 0, '0s', '127.0.0.1', 'kymulator', '<none>', '<none>']],
  });
});

test('an event is shown by what it is about', async () => {
  const cluster = await startCluster();
  const path = '/api/v1/namespaces/default/events';
  await cluster.post(path, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { kind: 'Application', name: 'shop' },
    reason: 'Created',
    message: 'made',
    type: 'Normal',
    source: { component: 'test' },
    lastTimestamp: '2026-01-05T09:59:00Z',
    count: 2,
  });
  expect(await shown(cluster, path)).toEqual({
    columns: 'Last Seen Type Reason Object (Subobject) (Source) Message (First Seen) (Count) (Name)',
    rows: [['60s', 'Normal', 'Created', 'application/shop', '', 'test', 'made', '<unknown>', 2, 'e']],
  });
});

test('printer columns show what their paths find, and nothing where there is nothing', async () => {
  const cluster = await startCluster();
  const path = '/apis/serverless.kyma-project.io/v1alpha2/namespaces/default/functions';
  await cluster.post(path, {
    apiVersion: 'serverless.kyma-project.io/v1alpha2',
    kind: 'Function',
    metadata: { name: 'f' },
    spec: { runtime: 'nodejs22', source: { inline: { source: 'x' } } },
  });
  const status = { conditions: [{ type: 'Running', status: 'True' }] };
  await cluster.patch(`${path}/f/status`, { status }, 'application/merge-patch+json');
  expect(await shown(cluster, path)).toEqual({
    columns: 'Name Configured Running Runtime Version Age',
    rows: [['f', null, 'True', 'nodejs22', 1, '0s']],
  });
});

test('rows carry the whole object, its metadata or nothing', async () => {
  const cluster = await startCluster();
  await cluster.post(APPS, application('shop', { description: 'd' }));
  const object = async (included: string) =>
    (await cluster.get(`${APPS}?includeObject=${included}`, table)).json.rows[0].object;
  expect(await object('Object')).toMatchObject({ kind: 'Application', spec: { description: 'd' } });
  expect(await object('Metadata')).not.toHaveProperty('spec');
  expect(await object('None')).toBeNull();
});
