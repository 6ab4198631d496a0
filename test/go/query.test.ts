import { expect, test } from 'vitest';
import { addMissing, encodeQuery, parseQuery } from '../../src/go/query.ts';

test.each([
  ['a=1&b=2&a=3', { a: ['1', '3'], b: ['2'] }],
  ['a=b+c%20d&=x&y', { a: ['b c d'], '': ['x'], y: [''] }],
  ['a=%zz&b;c=1&d=1', { d: ['1'] }],
  ['', {}],
])('the query %j has %j', (query, values) => {
  expect(Object.fromEntries(parseQuery(query))).toEqual(values);
});

test('a query is written sorted by name, with the escapes of a form', () => {
  const values = new Map([
    ['b', ['2 3', '*~']],
    ['a', ['\xc3\xbc']],
    ['c', []],
  ]);
  expect(encodeQuery(values)).toBe('a=%C3%BC&b=2+3&b=%2A~');
});

test('what is added stands behind what is there', () => {
  const added = [
    ['c', ['3', '4']],
    ['b', ['9']],
    ['empty', []],
  ] as const;
  expect(addMissing('b=1&a=%7e', added)).toBe('a=~&b=1&c=3&c=4');
});
