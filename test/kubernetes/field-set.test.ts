import { describe, expect, test } from 'vitest';
import {
  changedFields,
  common,
  difference,
  existing,
  fieldsOf,
  pathText,
  union,
  without,
} from '../../src/kubernetes/patch/field-set.ts';
import { applyJsonPatch, JsonPatchError } from '../../src/kubernetes/patch/json-patch.ts';
import { strategicMerge } from '../../src/kubernetes/patch/strategic-merge.ts';
import type { Schema } from '../../src/resources/schema.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    map: { type: 'object', additionalProperties: { type: 'string' } },
    whole: { type: 'object', 'x-kubernetes-map-type': 'atomic' },
    list: { type: 'array', items: { type: 'object' } },
    set: {
      type: 'array',
      items: { type: 'string' },
      'x-kubernetes-list-type': 'set',
      'x-kubernetes-patch-strategy': 'merge',
    },
    keyed: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
      items: { type: 'object', properties: { name: { type: 'string' }, value: { type: 'integer' } } },
    },
  },
};
const value = {
  map: { a: '1', b: '2' },
  whole: { x: 1 },
  list: [{ y: 1 }],
  set: ['p', 'q'],
  keyed: [{ name: 'n', value: 1 }],
};
const all = {
  'f:map': { 'f:a': {}, 'f:b': {} },
  'f:whole': {},
  'f:list': {},
  'f:set': { 'v:"p"': {}, 'v:"q"': {} },
  'f:keyed': { 'k:{"name":"n"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
};

describe('a set of fields', () => {
  test('goes as deep as the schema lets fields be owned', () => {
    expect(fieldsOf(value, schema)).toEqual(all);
  });

  test.each([
    [{ ...value, map: { a: '1', b: '3' } }, { 'f:map': { 'f:b': {} } }],
    [{ ...value, list: [{ y: 2 }] }, { 'f:list': {} }],
    [{ ...value, whole: { x: 2, z: 1 } }, { 'f:whole': {} }],
    [{ ...value, set: ['q', 'r'] }, { 'f:set': { 'v:"r"': {} } }],
    [{ ...value, keyed: [{ name: 'n', value: 2 }] }, { 'f:keyed': { 'k:{"name":"n"}': { 'f:value': {} } } }],
    [{ ...value, map: { a: '1' } }, undefined],
    [structuredClone(value), undefined],
  ])('tells what is new in %j', (next, expected) => {
    expect(changedFields(value, next, schema)).toEqual(expected);
  });

  test('can be joined, reduced and compared', () => {
    const some = { 'f:map': { 'f:a': {} } };
    expect(difference(all, some)?.['f:map']).toEqual({ 'f:b': {} });
    expect(difference(some, all)).toBeUndefined();
    expect(union(some, { 'f:map': { 'f:b': {} } })).toEqual({ 'f:map': { 'f:a': {}, 'f:b': {} } });
    expect(common(all, some).map(pathText)).toEqual(['.map.a']);
    expect(common(all, { 'f:keyed': { 'k:{"name":"n"}': { 'f:value': {} } } }).map(pathText)).toEqual([
      '.keyed[name="n"].value',
    ]);
  });

  test('can be limited to what is there, and taken away', () => {
    expect(existing(all, { map: { a: '1' }, set: ['p'] }, schema)).toEqual({
      'f:map': { 'f:a': {} },
      'f:set': { 'v:"p"': {} },
    });
    const gone = { 'f:map': { 'f:a': {} }, 'f:set': { 'v:"p"': {} }, 'f:keyed': { 'k:{"name":"n"}': { '.': {} } } };
    expect(without(value, gone, schema)).toEqual({
      map: { b: '2' },
      whole: { x: 1 },
      list: [{ y: 1 }],
      set: ['q'],
    });
  });
});

describe('a JSON patch', () => {
  // (RFC 6902, appendix A)
  test.each([
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    [{ foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    [{ foo: ['a'] }, [{ op: 'add', path: '/foo/-', value: ['b'] }], { foo: ['a', ['b']] }],
    [{ a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    [{ a: [1, 2, 3] }, [{ op: 'remove', path: '/a/1' }], { a: [1, 3] }],
    [{ a: { b: 1 } }, [{ op: 'replace', path: '/a/b', value: null }], { a: { b: null } }],
    [{ a: { b: 1 }, c: {} }, [{ op: 'move', from: '/a/b', path: '/c/d' }], { a: {}, c: { d: 1 } }],
    [{ a: [1, 2, 3] }, [{ op: 'move', from: '/a/0', path: '/a/2' }], { a: [2, 3, 1] }],
    [{ a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [{ a: 1 }, [{ op: 'add', path: '', value: { b: 2 } }], { b: 2 }],
  ])('%j with %j', (before, patch, after) => {
    const copy = structuredClone(before);
    expect(applyJsonPatch(before, patch)).toEqual(after);
    expect(before).toEqual(copy);
  });

  test.each([
    [[{ op: 'add', path: '/a/b/c', value: 1 }]],
    [[{ op: 'add', path: '/list/9', value: 1 }]],
    [[{ op: 'remove', path: '/list/01' }]],
    [[{ op: 'test', path: '/a', value: 2 }]],
    [[{ op: 'add', path: 'a', value: 2 }]],
    [[{ op: 'add', path: '/a' }]],
    [[{ op: 'toString', path: '/a' }]],
  ])('%j is refused', (patch) => {
    expect(() => applyJsonPatch({ a: 1, list: [1] }, patch)).toThrow(JsonPatchError);
  });
});

describe('a strategic merge patch', () => {
  test.each([
    [{ map: { a: null, c: '3' } }, { map: { b: '2', c: '3' } }],
    [{ map: { $patch: 'replace', z: '9' } }, { map: { z: '9' } }],
    [{ whole: { $patch: 'delete' } }, { whole: undefined }],
    [{ map: { $retainKeys: ['b', 'c'], c: '3' } }, { map: { b: '2', c: '3' } }],
    [{ set: ['q', 'r'] }, { set: ['p', 'q', 'r'] }],
    [{ '$deleteFromPrimitiveList/set': ['p'] }, { set: ['q'] }],
    [{ list: [{ z: 1 }] }, { list: [{ z: 1 }] }],
    [{ keyed: [{ name: 'n', value: 2 }, { name: 'm' }] }, { keyed: [{ name: 'n', value: 2 }, { name: 'm' }] }],
    [{ keyed: [{ name: 'n', $patch: 'delete' }] }, { keyed: [] }],
  ])('%j', (patch, changed) => {
    expect(strategicMerge(value, patch, schema)).toEqual({ ...value, ...changed });
  });
});
