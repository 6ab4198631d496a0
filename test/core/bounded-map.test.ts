import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/core/bounded-map.ts';

test('a full map lets go what was used longest ago', () => {
  const dropped: number[] = [];
  const map = new BoundedMap<number>(2, (value) => dropped.push(value));
  map.set('a', 1);
  map.set('b', 2);
  map.get('a');
  map.set('c', 3);
  expect([dropped, map.get('a'), map.get('b'), map.get('c')]).toEqual([[2], 1, undefined, 3]);
});
