import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/config/duration.ts';

test.each([
  ['0', 0],
  ['0s', 0],
  ['1500ms', 1_500],
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['92d', 7_948_800_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1_500],
  ['-1s', -1_000],
])('%s is %d milliseconds', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '10', '-', 's', '10 s', '10S', '1y', '--1s', '1s2', 'ten minutes', '999999999999999d'])(
  '"%s" is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('a formatted duration reads back as the same one', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
    }),
  );
});

test.each([
  [0, '0s'],
  [1_500, '1500ms'],
  [90_000, '90s'],
  [3_600_000, '1h'],
  [7_948_800_000, '92d'],
])('%d milliseconds are shown as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
