import fc from 'fast-check';
import { expect, test } from 'vitest';
import { APPLY, APPS, application, configMap, JSON_PATCH, MERGE, STRATEGIC, startCluster } from './cluster.ts';

const anything = fc.jsonValue({ maxDepth: 4 });
const CMS = '/api/v1/namespaces/default/configmaps';

/** Bodies that look enough like resources to get past the first check. */
const metadata = fc.record(
  {
    name: fc.constantFrom('a', 'b', 'c'),
    labels: fc.oneof(anything, fc.constant({ a: 'b' })),
    finalizers: fc.oneof(anything, fc.constant(['a/b'])),
    ownerReferences: anything,
    managedFields: anything,
    deletionTimestamp: anything,
  },
  { requiredKeys: [] },
);
const resource = fc.record(
  {
    apiVersion: fc.constant('v1'),
    kind: fc.constant('ConfigMap'),
    metadata: fc.oneof(anything, metadata),
    data: fc.oneof(anything, fc.dictionary(fc.stringMatching(/^[a-c]$/), fc.string())),
    $patch: anything,
  },
  { requiredKeys: [] },
);

const operation = fc.record({
  op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'other'),
  path: fc.constantFrom('', '/data', '/metadata/labels/a', '/metadata/finalizers/0', '/data/-', '/x/y', 'bad'),
  from: fc.constantFrom('/data', '/metadata', '/nope'),
  value: anything,
});

const attempt = fc.oneof(
  fc.tuple(fc.constant('POST'), fc.constant(CMS), fc.constant('application/json'), fc.oneof(resource, anything)),
  fc.tuple(fc.constant('PUT'), fc.constant(`${CMS}/a`), fc.constant('application/json'), fc.oneof(resource, anything)),
  fc.tuple(
    fc.constant('PATCH'),
    fc.constantFrom(`${CMS}/a?fieldManager=x`, `${APPS}/a?fieldManager=y&force=true`),
    fc.constantFrom(MERGE, STRATEGIC, APPLY),
    fc.oneof(resource, anything),
  ),
  fc.tuple(
    fc.constant('PATCH'),
    fc.constant(`${CMS}/a`),
    fc.constant(JSON_PATCH),
    fc.array(operation, { maxLength: 4 }),
  ),
  fc.tuple(
    fc.constant('DELETE'),
    fc.constant(`${CMS}/zzz`),
    fc.constant('application/json'),
    fc.oneof(resource, anything),
  ),
);

test('whatever a client sends, the server answers it as an API server and keeps its objects in order', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a', { k: 'v' }));
  await cluster.post(APPS, application('a'));
  await fc.assert(
    fc.asyncProperty(attempt, async ([method, path, type, body]) => {
      const answer = await cluster.send(method, path, body, type);
      expect(answer.status, answer.text).toBeLessThan(500);
      if (answer.status >= 400) expect(answer.json).toMatchObject({ kind: 'Status', code: answer.status });
      const stored = await cluster.get(`${CMS}/a`);
      if (stored.status === 200) {
        expect(Object.values(stored.json.data ?? {}).every((value) => typeof value === 'string')).toBe(true);
      } else {
        await cluster.post(CMS, configMap('a', { k: 'v' }));
      }
    }),
    { numRuns: 400 },
  );
}, 60_000);
