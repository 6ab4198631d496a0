import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeGoJson } from '../../src/go/json.ts';
import { type GoNode, GoSyntaxError, parseGoJson } from '../../src/go/json-parser.ts';

/** The plain value of a node. */
function plain(node: GoNode): unknown {
  switch (node.kind) {
    case 'null':
      return null;
    case 'number':
      return Number(node.scalar);
    case 'array':
      return node.items?.map(plain);
    case 'object':
      return Object.fromEntries((node.members ?? []).map(({ key, value }) => [key, plain(value)]));
    default:
      return node.scalar;
  }
}

test('reads whatever JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(plain(parseGoJson(text))).toEqual(JSON.parse(text));
    }),
  );
});

test('refuses exactly the texts that JSON.parse refuses', () => {
  const piece = fc.constantFrom(...'{}[],:"\\u0019eE+-. \ntrufalsn'.split(''), '"a"', 'null', '{"a":1}');
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const accepts = (read: () => unknown) => {
    try {
      read();
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(text, (sample) => {
      expect(accepts(() => parseGoJson(sample))).toBe(accepts(() => JSON.parse(sample)));
    }),
    { numRuns: 5000 },
  );
});

/** (connector-service §5, §15.6) */
test.each([
  ['', 'unexpected end of JSON input'],
  ['  ', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['{"a', 'unexpected end of JSON input'],
  ['{"a"', 'unexpected end of JSON input'],
  ['{"a":', 'unexpected end of JSON input'],
  ['{"a":1', 'unexpected end of JSON input'],
  ['[1,', 'unexpected end of JSON input'],
  ['nul', "invalid character ' ' in literal null (expecting 'l')"],
  ['-', "invalid character ' ' in numeric literal"],
  ['1.', "invalid character ' ' after decimal point in numeric literal"],
  ['1e', "invalid character ' ' in exponent of numeric literal"],
  ['"\\', "invalid character ' ' in string escape code"],
  ['"\\u12', "invalid character ' ' in \\u hexadecimal character escape"],
  ['x', "invalid character 'x' looking for beginning of value"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['{x', "invalid character 'x' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a"1', "invalid character '1' after object key"],
  ['{"a":1 2', "invalid character '2' after object key:value pair"],
  ['[1 2', "invalid character '2' after array element"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['"\u0001"', "invalid character '\\x01' in string literal"],
  ['"\n"', "invalid character '\\n' in string literal"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['01', "invalid character '1' after top-level value"],
  ['tru}', "invalid character '}' in literal true (expecting 'e')"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
  ['{"a":1"', "invalid character '\"' after object key:value pair"],
  ['\\', "invalid character '\\\\' looking for beginning of value"],
  ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
  ['\u00a0', "invalid character 'Â' looking for beginning of value"],
])('tells what is wrong with %j as Go does', (text, message) => {
  expect(() => parseGoJson(text)).toThrow(new GoSyntaxError(message));
});

test('a text nested without end is refused, not a crash', () => {
  expect(() => parseGoJson('['.repeat(100_000))).toThrow('exceeded max depth');
});

test('knows where a value stands, so that it can be kept as written', () => {
  const text = ' {"a" : { "b": 1.0 } } ';
  const value = parseGoJson(text).members?.[0]?.value;
  expect(value && text.slice(value.start, value.end)).toBe('{ "b": 1.0 }');
});

describe('encoding', () => {
  test.each([
    [{ a: '<b> & c=d' }, '{"a":"\\u003cb\\u003e \\u0026 c=d"}\n'],
    [{ a: '\u2028\u2029' }, '{"a":"\\u2028\\u2029"}\n'],
    [{ a: undefined, b: null }, '{"b":null}\n'],
    ['é', '"é"\n'],
  ])('escapes %j as Go does', (value, text) => {
    expect(encodeGoJson(value)).toBe(text);
  });
});
