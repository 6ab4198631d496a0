import { expect, test } from 'vitest';
import { applyJsonPatch, JsonPatchError } from '../../src/kubernetes/patch/json-patch.ts';
import { frozenCopy } from '../../src/store/frozen.ts';
import { configMap, JSON_PATCH, startCluster } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';

test.each<[string, unknown, object[], unknown]>([
  ['an added member', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
  ['an item added before another', [1, 2], [{ op: 'add', path: '/1', value: 3 }], [1, 3, 2]],
  ['an item added at the end', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
  ['the whole value replaced', { a: 1 }, [{ op: 'replace', path: '', value: [2] }], [2]],
  ['the whole value removed', { a: 1 }, [{ op: 'remove', path: '' }], null],
  ['a removed item', { a: [1, 2, 3] }, [{ op: 'remove', path: '/a/1' }], { a: [1, 3] }],
  ['a replaced item', { a: [1, 2, 3] }, [{ op: 'replace', path: '/a/1', value: 9 }], { a: [1, 9, 3] }],
  ['a moved part', { a: { x: 1 }, b: {} }, [{ op: 'move', from: '/a/x', path: '/b/y' }], { a: {}, b: { y: 1 } }],
  [
    'a copy that is changed while its origin stays',
    { a: { x: [1] } },
    [
      { op: 'add', path: '/a/x/-', value: 2 },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'add', path: '/b/x/-', value: 3 },
      { op: 'add', path: '/a/x/0', value: 0 },
    ],
    { a: { x: [0, 1, 2] }, b: { x: [1, 2, 3] } },
  ],
  [
    'a value that later operations change',
    {},
    [
      { op: 'add', path: '/a', value: { list: [] } },
      { op: 'add', path: '/a/list/-', value: 1 },
      { op: 'remove', path: '/a/list/0' },
      { op: 'add', path: '/a/list/-', value: 2 },
    ],
    { a: { list: [2] } },
  ],
  ['a name that JavaScript knows', {}, [{ op: 'add', path: '/__proto__', value: 1 }], JSON.parse('{"__proto__":1}')],
])('a JSON patch gives %s', (_name, value, operations, expected) => {
  // Frozen, so that a change of the value or of the patch would throw.
  expect(applyJsonPatch(frozenCopy(value), frozenCopy(operations))).toEqual(expected);
});

test.each<[string, object]>([
  ['into what is not there', { op: 'add', path: '/x/y', value: 1 }],
  ['into a text', { op: 'add', path: '/a/b', value: 1 }],
  ['behind the end of a list', { op: 'add', path: '/l/2', value: 1 }],
  ['to the place behind the last item', { op: 'replace', path: '/l/-', value: 1 }],
  ['of what is not there', { op: 'remove', path: '/toString' }],
  ['from what is not there', { op: 'copy', from: '/x', path: '/y' }],
])('a change %s is refused', (_name, operation) => {
  expect(() => applyJsonPatch({ a: 'text', l: [1] }, [operation])).toThrow(JsonPatchError);
});

test('ten thousand operations are done in a moment, and one more is refused with 413', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a', { a: 'b' }));
  const operations = Array.from({ length: 10_000 }, (_, n) => ({ op: 'add', path: `/data/k${n}`, value: 'v' }));
  const { json } = await cluster.patch(`${CMS}/a`, operations, JSON_PATCH);
  expect(Object.keys(json.data)).toHaveLength(10_001);
  operations.push({ op: 'add', path: '/data/more', value: 'v' });
  expect((await cluster.patch(`${CMS}/a`, operations, JSON_PATCH)).json).toMatchObject({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
  });
});

test('a patch whose copies grow beyond 3 MB is refused with 422', async () => {
  const cluster = await startCluster();
  await cluster.post(CMS, configMap('a', { a: 'x'.repeat(100_000) }));
  const copies = (count: number) =>
    Array.from({ length: count }, () => ({ op: 'copy', from: '/data/a', path: '/data/b' }));
  expect((await cluster.patch(`${CMS}/a`, copies(31), JSON_PATCH)).status).toBe(200);
  expect((await cluster.patch(`${CMS}/a`, copies(32), JSON_PATCH)).json).toMatchObject({
    code: 422,
    reason: 'Invalid',
  });
  const doubling = Array.from({ length: 40 }, () => ({ op: 'copy', from: '/data', path: '/data/x' }));
  expect((await cluster.patch(`${CMS}/a`, doubling, JSON_PATCH)).status).toBe(422);
});
