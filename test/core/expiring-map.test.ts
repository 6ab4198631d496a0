import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { ExpiringMap } from '../../src/core/expiring-map.ts';

test('an entry is there until its time', () => {
  const clock = new ManualClock(0);
  const map = new ExpiringMap<string>(clock, 10);
  map.set('a', 'for a while', 1000);
  map.set('b', 'for ever', Number.POSITIVE_INFINITY);
  map.set('c', 'never', 0);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual(['for a while', 'for ever', undefined]);
  clock.advance(999);
  expect(map.get('a')).toBe('for a while');
  clock.advance(1);
  expect(['a', 'b'].map((key) => map.get(key))).toEqual([undefined, 'for ever']);
});

test('what is set again has its new time, what is deleted or cleared is gone', () => {
  const clock = new ManualClock(0);
  const map = new ExpiringMap<number>(clock, 10);
  map.set('a', 1, 10);
  map.set('a', 2, 1000);
  clock.advance(10);
  expect(map.get('a')).toBe(2);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
  map.set('b', 3, 1000);
  map.clear();
  expect([map.get('b'), map.size]).toEqual([undefined, 0]);
  map.set('c', 4, 1000);
  expect(map.get('c')).toBe(4);
});

test('where all the room is taken, what was used longest ago makes way', () => {
  const map = new ExpiringMap<number>(new ManualClock(0), 3);
  for (const key of ['a', 'b', 'c']) map.set(key, 1, 1000);
  map.get('a');
  map.set('d', 1, 1000);
  expect(['a', 'b', 'c', 'd'].map((key) => map.get(key))).toEqual([1, undefined, 1, 1]);
});

test('what is over goes as others come', () => {
  const clock = new ManualClock(0);
  const map = new ExpiringMap<number>(clock, 1_000_000);
  map.set('for ever', 1, Number.POSITIVE_INFINITY);
  let most = 0;
  for (let count = 0; count < 20_000; count++) {
    map.set(`${count}`, count, clock.now() + 100);
    clock.advance(1);
    most = Math.max(most, map.size);
  }
  // A hundred live at any time, and as many are over and have not been met.
  expect(most).toBeLessThanOrEqual(2 * 101 + 2);
  expect(map.get('for ever')).toBe(1);
});

test('nothing that is over is found, and nothing that is not is lost before the room is taken', () => {
  const limit = 5;
  const step = fc.oneof(
    fc.record({ set: fc.nat(9), life: fc.integer({ min: -2, max: 20 }) }),
    fc.record({ get: fc.nat(9) }),
    fc.record({ wait: fc.nat(10) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const clock = new ManualClock(0);
      const map = new ExpiringMap<number>(clock, limit);
      const model = new Map<number, number>();
      for (const step of steps) {
        if ('wait' in step) clock.advance(step.wait);
        else if ('set' in step) {
          map.set(`${step.set}`, step.set, clock.now() + step.life);
          model.set(step.set, clock.now() + step.life);
        } else {
          const until = model.get(step.get) ?? 0;
          const found = map.get(`${step.get}`);
          if (until <= clock.now()) expect(found).toBeUndefined();
          else if (model.size <= limit) expect(found).toBe(step.get);
        }
        expect(map.size).toBeLessThanOrEqual(limit);
      }
    }),
  );
});
