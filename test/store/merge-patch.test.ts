import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergePatch } from '../../src/store/merge-patch.ts';

test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b', c: 1 }, { a: null }, { c: 1 }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c', d: 'e' } }, { a: { b: null, f: 1 } }, { a: { d: 'e', f: 1 } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [['a'], { b: null, c: { d: null } }, { c: {} }],
  [{ a: null }, {}, { a: null }],
  [{ a: 1 }, 'text', 'text'],
])('%j patched with %j is %j', (target, patch, expected) => {
  const before = structuredClone(target);
  expect(mergePatch(target, patch)).toEqual(expected);
  expect(target).toEqual(before);
});

test('patching twice is patching once', () => {
  const json = fc.jsonValue();
  fc.assert(
    fc.property(json, json, (target, patch) => {
      const once = mergePatch(target, patch);
      expect(mergePatch(once, patch)).toEqual(once);
    }),
  );
});
