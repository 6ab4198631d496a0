import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineCounter } from 'yaml';
import { messageOf } from '../../src/core/errors.ts';
import type { Path } from '../../src/resources/problem.ts';
import { readJson } from '../../src/seed/json-text.ts';
import { parseDocuments } from '../../src/seed/read.ts';
import { readYaml } from '../../src/seed/yaml-text.ts';

const refusal = (text: string) => {
  try {
    parseDocuments(text, 'seed.json');
  } catch (error) {
    return messageOf(error);
  }
  throw new Error('the seed was accepted');
};

test('what is wrong in JSON is told with line and column', () => {
  const secret = '{"apiVersion": "v1", "kind": "Secret",\n  "metadata": {"name": "A"}}';
  expect(refusal(secret)).toContain('seed.json:2:24: metadata.name: Invalid value: "A"');
  expect(refusal(`{"apiVersion":"v1","kind":"List","items":[\n${secret}]}`)).toContain('seed.json:3:24: metadata.name');
});

test.each([
  ['{"a": 1,\n "b": 2,\n "a": 3}', 'seed.json:3:2: Map keys must be unique; "a" is there twice'],
  ['{"x": [{}, {"\\u0061": "}", "a": 3}]}', 'seed.json:1:28: Map keys must be unique; "a"'],
  ['{"a": "\\\\", "b": "\\"", "a": 1}', 'seed.json:1:24: Map keys must be unique; "a"'],
])('a name that is there twice in %s is refused with its place', (text, message) => {
  expect(refusal(text)).toBe(`The seed is invalid: ${message.replace(/"a"$/, '"a" is there twice')}`);
});

test.each([
  ['JSON', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 'nested deeper than 500 levels'],
  ['YAML', '[ '.repeat(100_000), 'nested too deeply to be read'],
])('%s that is nested without end is refused', (_, text, message) => {
  expect(refusal(text)).toMatch(new RegExp(`^The seed is invalid: seed.json:1:\\d+: ${message}$`));
});

/** Every path of a value. */
const pathsOf = (value: unknown, path: Path = []): Path[] => [
  path,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) =>
        pathsOf(inner, [...path, Array.isArray(value) ? Number(name) : name]),
      )
    : []),
];

test('every member is found where the YAML parser finds it', () => {
  const indents = fc.constantFrom('', ' ', '    ');
  fc.assert(
    fc.property(fc.jsonValue(), indents, (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const json = readJson(text);
      const [yaml] = readYaml(text, new LineCounter());
      fc.pre(yaml !== undefined && yaml.errors.length === 0);
      const paths = [...pathsOf(value), ['not', 'there']];
      expect(json?.locate(paths)).toEqual(yaml?.locate(paths));
      expect(json?.errors).toEqual([]);
    }),
  );
});
