import { expect, test } from 'vitest';
import { parseSize } from '../../src/core/size.ts';

test.each([
  ['0', 0],
  ['65536', 65_536],
  ['512KiB', 524_288],
  ['1MiB', 1_048_576],
  ['2GiB', 2_147_483_648],
  ['1MB', undefined],
  ['1.5MiB', undefined],
  ['-1', undefined],
  ['', undefined],
])('the size %j is %j bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
