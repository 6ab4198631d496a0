import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frozenCopy } from '../../src/store/frozen.ts';

const list = fc.array(fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.record({ id: fc.nat(9) })), {
  maxLength: 12,
});
const edit = fc.record({ at: fc.nat(12), gone: fc.nat(4), come: list });

test('a copy of an edited list equals it, keeps what was handed back, and is the former one when nothing changed', () => {
  fc.assert(
    fc.property(list, edit, (start, { at, gone, come }) => {
      const before = frozenCopy(start) as readonly unknown[];
      const edited = before.toSpliced(at, gone, ...come);
      const after = frozenCopy(edited, before) as readonly unknown[];
      expect(after).toEqual(edited);
      expect(Object.isFrozen(after)).toBe(true);
      const kept = (item: unknown) => typeof item === 'object' && before.includes(item);
      expect(after.map((item, index) => kept(edited[index]) && item)).toEqual(edited.map((item) => kept(item) && item));
      expect(frozenCopy(structuredClone(after), after)).toBe(after);
    }),
  );
});

test('a list inside of another is copied as plain as the others', () => {
  class Odd extends Array<number> {}
  const copy = frozenCopy({ odd: Odd.from([1, 2]) }) as { odd: number[] };
  expect(Object.getPrototypeOf(copy.odd)).toBe(Array.prototype);
});
