import { expect, test } from 'vitest';
import type { Stored } from '../../src/resources/resource.ts';
import { parseFieldSelector, parseLabelSelector } from '../../src/store/selectors.ts';

const labels = { tier: 'gold', 'app.kubernetes.io/name': 'shop', empty: '' };

test.each([
  ['tier=gold', true],
  ['tier==gold', true],
  ['tier = gold', true],
  ['tier=tin', false],
  ['missing=gold', false],
  ['tier!=gold', false],
  ['tier!=tin', true],
  ['missing!=gold', true],
  ['tier', true],
  ['missing', false],
  ['!tier', false],
  ['!missing', true],
  ['tier in (tin, gold)', true],
  ['tier in (tin)', false],
  ['missing in (gold)', false],
  ['tier notin (tin,copper)', true],
  ['tier notin (gold)', false],
  ['missing notin (gold)', true],
  ['empty=', true],
  ['tier=', false],
  ['app.kubernetes.io/name=shop,tier in (gold,tin),!missing', true],
  ['app.kubernetes.io/name=shop,tier=tin', false],
  ['toString', false],
  ['constructor!=x', true],
])('label selector %s on the sample labels is %s', (selector, expected) => {
  expect(parseLabelSelector(selector)(labels)).toBe(expected);
});

test.each(['=a', 'a=b=c', 'tier in gold', 'tier in (gold', 'a,,b', 'a b', 'a>1', '-a', 'a=b,'])(
  'label selector %s is refused',
  (selector) => {
    expect(() => parseLabelSelector(selector)).toThrow(
      expect.objectContaining({ code: 'INVALID', message: expect.stringContaining(`"${selector}"`) }),
    );
  },
);

const stored = (name: string, namespace?: string) =>
  ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } }) as unknown as Stored;

test.each([
  ['metadata.name=a', true],
  ['metadata.name==a', true],
  ['metadata.name=b', false],
  ['metadata.name!=b', true],
  ['metadata.name=a,metadata.namespace=x', true],
  ['metadata.namespace!=x', false],
])('field selector %s on the secret x/a is %s', (selector, expected) => {
  expect(parseFieldSelector(selector)(stored('a', 'x'))).toBe(expected);
});

test('an empty value in a field selector matches an absent field', () => {
  expect(parseFieldSelector('metadata.namespace=')(stored('a'))).toBe(true);
  expect(parseFieldSelector('metadata.namespace=')(stored('a', 'x'))).toBe(false);
});

test.each([
  ['spec.x=1', 'field label not supported: spec.x'],
  ['toString=1', 'field label not supported: toString'],
  ['metadata.name', 'cannot read "metadata.name"'],
])('field selector %s is refused', (selector, message) => {
  expect(() => parseFieldSelector(selector)).toThrow(
    expect.objectContaining({ code: 'INVALID', message: expect.stringContaining(message) }),
  );
});
