import { applyJsonPatch } from '../../src/kubernetes/patch/json-patch.ts';
import { applyConfiguration } from '../../src/kubernetes/patch/server-side-apply.ts';
import { strategicMerge } from '../../src/kubernetes/patch/strategic-merge.ts';
import { metaSchema } from '../../src/resources/meta-schema.ts';
import type { Resource } from '../../src/resources/resource.ts';
import type { Schema } from '../../src/resources/schema.ts';
import { row, testGrowth } from './growth.ts';

const schema: Schema = { type: 'object', properties: { metadata: metaSchema } };
const names = (count: number, prefix = 'f') => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
const owners = (uids: readonly string[]) => uids.map((uid) => ({ uid, name: uid }));
const withMetadata = (metadata: object) => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x', ...metadata } });
const merge = (before: object, patch: object) => strategicMerge({ metadata: before }, { metadata: patch }, schema);
const writer = { manager: 'a', apiVersion: 'v1', time: '2024-01-01T00:00:00Z' };
const apply = (before: object, after: object) =>
  applyConfiguration(withMetadata(before) as Resource, withMetadata(after) as Resource, writer, schema, true);
const most = 32 * 1024;

testGrowth([
  row({
    rule: 'strategic merge: values of a set',
    most,
    input: names,
    read: (all) => merge({ finalizers: all }, { finalizers: all.map((name) => `${name}x`) }),
  }),
  row({
    rule: 'strategic merge: items by their key',
    most,
    input: names,
    read: (all) => merge({ ownerReferences: owners(all) }, { ownerReferences: owners(all.map((name) => `${name}x`)) }),
  }),
  row({
    rule: 'strategic merge: items that go',
    most,
    input: names,
    read: (all) =>
      merge({ ownerReferences: owners(all) }, { ownerReferences: all.map((uid) => ({ uid, $patch: 'delete' })) }),
  }),
  row({
    rule: 'strategic merge: items of one key',
    most,
    input: names,
    read: (all) =>
      merge(
        { ownerReferences: all.map((name) => ({ uid: 'u', name })) },
        { ownerReferences: all.map((name) => ({ uid: 'u', name })) },
      ),
  }),
  row({
    rule: 'strategic merge: order',
    most,
    input: names,
    read: (all) => merge({ finalizers: all }, { '$setElementOrder/finalizers': all.toReversed() }),
  }),
  row({
    rule: 'strategic merge: values that go',
    most,
    input: names,
    read: (all) => merge({ finalizers: all }, { '$deleteFromPrimitiveList/finalizers': all.map((name) => `${name}x`) }),
  }),
  row({
    rule: 'strategic merge: names that stay',
    most,
    input: names,
    read: (all) =>
      strategicMerge(Object.fromEntries(all.map((name) => [name, 1])), { $retainKeys: all.toReversed() }, schema),
  }),

  row({
    rule: 'apply: values of a set',
    most,
    input: names,
    read: (all) => apply({ finalizers: all }, { finalizers: all.map((name) => `${name}x`) }),
  }),
  row({
    rule: 'apply: items by their key',
    most,
    input: names,
    read: (all) => apply({ ownerReferences: owners(all) }, { ownerReferences: owners(all.map((name) => `${name}x`)) }),
  }),
  row({
    rule: 'apply: labels',
    most,
    input: names,
    read: (all) =>
      apply(
        { labels: Object.fromEntries(all.map((name) => [name, 'a'])) },
        { labels: Object.fromEntries(all.map((name) => [name, 'b'])) },
      ),
  }),

  row({
    rule: 'JSON patch: additions in front of a list',
    most: 5000,
    input: names,
    read: (all) =>
      applyJsonPatch(
        [],
        all.map((value) => ({ op: 'add', path: '/0', value })),
      ),
  }),
  row({
    rule: 'JSON patch: additions to an object',
    most: 5000,
    input: names,
    read: (all) =>
      applyJsonPatch(
        {},
        all.map((value) => ({ op: 'add', path: `/${value}`, value })),
      ),
  }),
  row({
    rule: 'JSON patch: tests of a large value',
    most: 5000,
    input: names,
    read: (all) =>
      applyJsonPatch(
        all,
        all.map(() => ({ op: 'test', path: '', value: all })),
      ),
  }),
  row({
    rule: 'JSON patch: long paths',
    input: (size) => '/a'.repeat(size / 2),
    read: (path: string) => applyJsonPatch({}, [{ op: 'add', path, value: 1 }]),
  }),
]);
