import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ListIndex } from '../../src/store/list-index.ts';

interface Item {
  readonly id: number;
  readonly keys: readonly string[];
}

const contribute = ({ id, keys }: Item) => keys.map((key) => [key, `${key}${id}`] as const);

/** The same, worked out from nothing. */
function expected(items: readonly Item[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const item of items) {
    for (const [key, value] of contribute(item)) groups.set(key, [...(groups.get(key) ?? []), value]);
  }
  return groups;
}

const key = fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'constructor');
const item: fc.Arbitrary<Item> = fc.record({ id: fc.nat(), keys: fc.array(key, { maxLength: 3 }) });
/** Items that come, at a place, in the place of so many others; some are there already. */
const edit = fc.record({
  at: fc.nat(30),
  gone: fc.nat(4),
  come: fc.array(item, { maxLength: 4 }),
  again: fc.boolean(),
});

test('an index that is brought along through any edits finds what one made anew finds, and the former ones still do', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 20 }), fc.array(edit, { maxLength: 12 }), (start, edits) => {
      let items: readonly Item[] = Object.freeze([...start]);
      let index = new ListIndex(contribute).next(items);
      const versions = [{ items, index }];
      for (const { at, gone, come, again } of edits) {
        const more = again && items[0] ? [...come, items[0]] : come;
        items = Object.freeze(items.toSpliced(at, gone, ...more));
        index = index.next(items);
        versions.push({ items, index });
      }
      for (const version of versions) {
        const groups = expected(version.items);
        expect(version.index.size).toBe(groups.size);
        for (const name of ['a', 'b', 'c', 'd', '__proto__', 'constructor']) {
          expect(version.index.get(name)).toEqual(groups.get(name));
        }
      }
    }),
  );
});

test('the next version costs what has changed', () => {
  let asked = 0;
  const counting = (item: Item) => {
    asked++;
    return contribute(item);
  };
  const items = Array.from({ length: 5_000 }, (_, id) => ({ id, keys: [`key-${id}`] }));
  const index = new ListIndex(counting).next(items);
  asked = 0;
  const added = [...items, { id: 5_000, keys: ['more'] }];
  const next = index.next(added).next(added.toSpliced(10, 1));
  expect(asked).toBe(2);
  expect([next.get('more'), next.get('key-10'), next.get('key-11'), next.size]).toEqual([
    ['more5000'],
    undefined,
    ['key-1111'],
    5_000,
  ]);
});
