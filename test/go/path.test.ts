import { describe, expect, test } from 'vitest';
import { cleanPath, decodePath, encodePath, splitTarget } from '../../src/go/path.ts';
import { queryValue } from '../../src/go/query.ts';

test.each([
  ['/a%20b', '/a b'],
  ['/a%2Fb', '/a/b'],
  ['/%C3%A9', '/é'],
  ['/%ff', '/\ufffd'],
  ['/%', undefined],
  ['/%2', undefined],
  ['/%zz', undefined],
])('decodes the path %s', (path, decoded) => {
  expect(decodePath(path)).toBe(decoded);
});

test.each([
  ['/a b', '/a%20b'],
  ['/a/é?#%', '/a/%C3%A9%3F%23%25'],
  ['/-_.~$&+,:;=@', '/-_.~$&+,:;=@'],
])('encodes the path %s', (path, encoded) => {
  expect(encodePath(path)).toBe(encoded);
  expect(decodePath(encoded)).toBe(path);
});

test.each([
  ['', '/'],
  ['/', '/'],
  ['//', '/'],
  ['/a//b', '/a/b'],
  ['/a/./b/', '/a/b/'],
  ['/a/../b', '/b'],
  ['/../..', '/'],
  ['/a/..', '/'],
  ['/a/../', '/'],
  ['/.a/..b', '/.a/..b'],
])('cleans the path %s', (path, clean) => {
  expect(cleanPath(path)).toBe(clean);
});

describe('a query value', () => {
  test.each([
    ['token=a', 'a'],
    ['token=a&token=b', 'a'],
    ['x=%zz&token=a', 'a'],
    ['token=%zz&token=b', 'b'],
    ['TOKEN=a', undefined],
    ['token', ''],
    ['to%6ben=a%3D%3D', 'a=='],
    ['token=a+b', 'a b'],
    ['token=a;b', undefined],
    ['', undefined],
  ])('of %j', (query, value) => {
    expect(queryValue(query, 'token')).toBe(value);
  });
});

test('a request target is split at the first question mark', () => {
  expect(splitTarget('/a?b?c')).toEqual({ path: '/a', query: 'b?c' });
  expect(splitTarget('/a')).toEqual({ path: '/a', query: undefined });
});
