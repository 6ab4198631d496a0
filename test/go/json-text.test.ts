import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeGoJson, RawJson, writeJson } from '../../src/go/json.ts';
import { parseGoJson } from '../../src/go/json-parser.ts';
import { compactJson } from '../../src/go/json-text.ts';
import { decodeGo, goMap, goRaw, goSlice, goString, goStruct } from '../../src/go/struct.ts';

/** JSON with blanks wherever they may stand. */
const spacedJson = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, '\t', ' \n'))
  .map(([value, indent]) => ({ value, text: JSON.stringify(value, undefined, indent as number) }));

test('compacting takes away the blanks outside of texts and nothing else', () => {
  fc.assert(fc.property(spacedJson, ({ value, text }) => compactJson(` ${text}\r\n`) === JSON.stringify(value)));
});

test.each([
  ['{ "a b" : "c\\" d" , "e":[ 1.0 , 1e5 ] }', '{"a b":"c\\" d","e":[1.0,1e5]}'],
  ['"\\\\" ', '"\\\\"'],
  [' ', ''],
])('compacting %j gives %j', (text, expected) => expect(compactJson(text)).toBe(expected));

test('raw JSON is written as it stands, and escaped like everything else', () => {
  const value = { a: [new RawJson('{"x":1.0,"x":"<"}')], b: undefined, c: undefined, d: [undefined], e: 'ü&' };
  expect(writeJson(value)).toBe('{"a":[{"x":1.0,"x":"<"}],"d":[null],"e":"ü&"}');
  expect(encodeGoJson(value)).toBe('{"a":[{"x":1.0,"x":"\\u003c"}],"d":[null],"e":"ü\\u0026"}\n');
});

test('writing agrees with JSON.stringify', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => writeJson(value) === JSON.stringify(value)));
});

const type = goStruct('test.Outer', {
  name: goString,
  raw: goRaw,
  inner: goStruct('test.Inner', { raw: goRaw, list: goSlice(goString), map: goMap(goSlice(goString)) }),
});

/** Longer than what is parsed in full. */
const padding = `"padding":${JSON.stringify(Array.from({ length: 20_000 }, (_, n) => `<${n}>`))}`;

describe('a large text', () => {
  test('is decoded like a small one', () => {
    const member = fc.constantFrom('name', 'raw', 'RAW', 'inner', 'other');
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.record({
        raw: fc.jsonValue(),
        list: fc.array(fc.string()),
        map: fc.dictionary(fc.string(), fc.array(fc.string())),
      }),
    );
    const outcome = (text: string) => {
      try {
        return JSON.stringify(decodeGo(text, type));
      } catch (error) {
        return String(error);
      }
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(member, value), { maxLength: 4 }), (members) => {
        const texts = members.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value, undefined, 1)}`);
        expect(outcome(`{${[...texts, padding].join()}}`)).toBe(outcome(`{${texts.join()}}`));
      }),
      { numRuns: 60 },
    );
  });

  test('is refused with the same words', () => {
    for (const [broken, message] of [
      ['"raw":{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
      ['"raw":{"a":1,}', "invalid character '}' looking for beginning of object key string"],
      ['"raw":[1', 'unexpected end of JSON input'],
    ] as const) {
      const end = message.startsWith('unexpected') ? '' : '}';
      expect(() => decodeGo(`{${padding},${broken}${end}`, type)).toThrow(message);
    }
  });

  test('does not have to be shallow where nobody looks into it', () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect(decodeGo(`{${padding},"raw":${deep}}`, type)).toMatchObject({ raw: deep });
    expect(() => parseGoJson(deep)).toThrow('exceeded max depth');
  });
});

test('null takes away an object, a list and a map, but not a text', () => {
  const text = '{"name":"a","inner":{"list":["x"],"list":null,"map":{"a":[]},"map":null},"name":null}';
  expect(decodeGo(text, type)).toEqual({ name: 'a', inner: {} });
  expect(decodeGo('{"inner":{"raw":1},"inner":null,"raw":null}', type)).toEqual({ raw: 'null' });
});

test('before Go 1.14 a wrong type was placed by its last member', () => {
  const text = '{"inner":{"list":[1]}}';
  const error = 'json: cannot unmarshal number into Go struct field';
  expect(() => decodeGo(text, type)).toThrow(`${error} Inner.inner.list of type string`);
  expect(() => decodeGo(text, type, { place: 'member' })).toThrow(`${error} Inner.list of type string`);
});
