import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChunkedList, rechunk } from '../../src/store/sqlite/chunks.ts';

const objects = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));

/** A table of chunks, as a database would have it. */
function table() {
  const rows = new Map<number, readonly unknown[]>();
  let list: ChunkedList | undefined;
  let ids = 0;
  return {
    rows,
    get lengths() {
      return list?.chunks.map(({ length }) => length) ?? [];
    },
    /** @returns how many items were written */
    write(items: readonly unknown[]): number {
      const { list: next, written, dropped } = rechunk(items, () => ++ids, list);
      for (const { id, items } of written) rows.set(id, items);
      for (const id of dropped) expect(rows.delete(id)).toBe(true);
      list = next;
      return written.reduce((count, { items }) => count + items.length, 0);
    },
    read: () => list?.chunks.flatMap(({ id }) => rows.get(id)),
  };
}

const edit = fc.record({ at: fc.nat(300), gone: fc.nat(60), come: fc.nat(60) });

test('whatever is done to a list, its chunks in their order are the list, and no other chunk is left', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.array(edit, { maxLength: 20 }), (start, edits) => {
      const chunks = table();
      let items: readonly unknown[] = objects(start);
      chunks.write(items);
      for (const { at, gone, come } of edits) {
        items = items.toSpliced(at, gone, ...objects(come));
        chunks.write(items);
        expect(chunks.read()).toEqual(items);
        expect(chunks.rows.size).toBe(chunks.lengths.length);
      }
    }),
  );
});

test('what is written is about what has changed, wherever that is', () => {
  const { write } = table();
  const items = objects(5_000);
  expect(write(items)).toBe(5_000);
  expect(write(items)).toBe(0);
  for (const at of [0, 17, 2_500, 4_999]) {
    expect(write(items.toSpliced(at, 1))).toBeLessThan(33);
    expect(write(items)).toBeLessThan(33);
    expect(write(items.toSpliced(at, 0, { n: -1 }, { n: -2 }))).toBeLessThan(33);
    expect(write(items)).toBeLessThan(33);
  }
});

test('chunks neither grow nor crumble, in whatever order items come and go', () => {
  const small = table();
  let items: readonly unknown[] = [];
  for (let n = 0; n < 1_000; n++) {
    items = [...items, { n }];
    expect(small.write(items)).toBeLessThan(17);
  }
  expect(small.lengths.length).toBeLessThan(1_000 / 16 + 2);
  // Two of three go, then as many come at the beginning.
  for (let at = 0; at < items.length; at++) {
    items = items.toSpliced(at, 2);
    small.write(items);
  }
  expect(Math.min(...small.lengths.slice(0, -1))).toBeGreaterThanOrEqual(8);
  for (let n = 0; n < 1_000; n++) {
    items = [{ n }, ...items];
    small.write(items);
  }
  expect(Math.max(...small.lengths)).toBeLessThan(17);
  expect(Math.min(...small.lengths.slice(1, -1))).toBeGreaterThanOrEqual(8);
});
