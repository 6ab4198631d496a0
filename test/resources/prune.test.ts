import { expect, test } from 'vitest';
import { fieldOf, problemText } from '../../src/resources/problem.ts';
import type { Schema } from '../../src/resources/schema.ts';
import { checkSchema } from '../../src/resources/schema-check.ts';
import { withDefaults } from '../../src/resources/schema-defaults.ts';
import { prune } from '../../src/resources/schema-prune.ts';

const text = { type: 'string' } as const;
const schema: Schema = {
  type: 'object',
  properties: {
    known: text,
    map: { type: 'object', additionalProperties: text },
    anything: { type: 'object', additionalProperties: true },
    open: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { inner: { type: 'object', properties: { a: text } } },
    },
    list: { type: 'array', items: { type: 'object', properties: { a: text } } },
    object: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
  },
};

// (kubernetes-api §5.3)
test.each([
  [{ known: 'a', odd: 1 }, { known: 'a' }, ['odd']],
  [{ map: { any: 'x' } }, { map: { any: 'x' } }, []],
  [{ anything: { a: { b: [1] } } }, { anything: { a: { b: [1] } } }, []],
  [{ open: { extra: 1, inner: { a: 'x', b: 1 } } }, { open: { extra: 1, inner: { a: 'x' } } }, ['open.inner.b']],
  [{ list: [{ a: '1' }, { a: '2', b: 3 }] }, { list: [{ a: '1' }, { a: '2' }] }, ['list[1].b']],
  [
    { object: { apiVersion: 'v1', kind: 'X', metadata: { name: 'n' }, spec: {}, odd: 1 } },
    { object: { apiVersion: 'v1', kind: 'X', metadata: { name: 'n' }, spec: {} } },
    ['object.odd'],
  ],
])('%j is pruned', (value, pruned, unknown) => {
  const result = prune(schema, value);
  expect(result.value).toEqual(pruned);
  expect(result.unknown.map(fieldOf)).toEqual(unknown);
});

test('what has nothing to drop is handed back as it came', () => {
  const value = { known: 'a', list: [{ a: '1' }] };
  expect(prune(schema, value).value).toBe(value);
});

test.each<[Schema, unknown, string]>([
  [{ type: 'integer', minimum: 1 }, 0, 'Invalid value: 0: a in body should be greater than or equal to 1'],
  [{ type: 'integer', maximum: 1, exclusiveMaximum: true }, 1, 'Invalid value: 1: a in body should be less than 1'],
  [{ type: 'number', multipleOf: 2 }, 3, 'Invalid value: 3: a in body should be a multiple of 2'],
  [{ type: 'string', minLength: 1 }, '', 'Invalid value: "": a in body should be at least 1 chars long'],
  [{ type: 'array', minItems: 1 }, [], 'Invalid value: 0: a in body should have at least 1 items'],
  [{ type: 'array', maxItems: 1 }, [1, 2], 'Too many: 2: must have at most 1 items'],
  [{ type: 'integer', enum: [1, 2] }, 3, 'Unsupported value: "3": supported values: "1", "2"'],
  [
    { 'x-kubernetes-int-or-string': true },
    true,
    'Invalid value: "boolean": a in body must be of type integer,string: "boolean"',
  ],
  [
    { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    true,
    'Invalid value: "": "a" must validate one and only one schema (oneOf)',
  ],
  [{ anyOf: [{ type: 'string' }] }, 1, 'Invalid value: "": "a" must validate at least one schema (anyOf)'],
  [{ not: { type: 'string' } }, 'x', 'Invalid value: "": "a" must not validate the schema (not)'],
])('%j refuses %j', (rule, value, message) => {
  const problems = checkSchema({ type: 'object', properties: { a: rule } }, { a: value });
  expect(problems.map(problemText)).toEqual([`a: ${message}`]);
});

test.each<[Schema, unknown]>([
  [{ 'x-kubernetes-int-or-string': true }, 5],
  [{ 'x-kubernetes-int-or-string': true }, '50%'],
  [{ type: 'string', pattern: '(?P<go>only' }, 'a pattern that only Go can read refuses nothing'],
  [{ oneOf: [{ type: 'string' }, { type: 'integer' }] }, 1],
])('%j allows %j', (rule, value) => {
  expect(checkSchema(rule, value)).toEqual([]);
});

test('a default that is an object gets the defaults inside it', () => {
  const inner: Schema = { type: 'object', default: {}, properties: { size: { type: 'integer', default: 3 } } };
  expect(withDefaults({ type: 'object', properties: { inner } }, {})).toEqual({ inner: { size: 3 } });
});
