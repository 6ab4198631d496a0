import { expect, test } from 'vitest';
import { normaliseName, serviceName } from '../../src/resources/names.ts';

const id = '7d9a1c1e-52f3-4b0a-9a58-3f1f0c6f2b11';

// (application-cr §5.2)
test.each([
  ['Orders API (v2)', 'orders-api-v2', 'orders-api-v2-d0b12'],
  ['SAP Commerce Cloud - Events', 'sap-commerce-cloud-events', 'sap-commerce-cloud-events-d0b12'],
  ['A.B_C', 'a-b-c', 'a-b-c-d0b12'],
  ['  Été 2024 ', 't-2024', 't-2024-d0b12'],
  ['---', '', 'd0b12'],
  ['日本', '', 'd0b12'],
  ['a'.repeat(80), 'a'.repeat(57), `${'a'.repeat(57)}-d0b12`],
  [`${'x'.repeat(56)}!!y`, `${'x'.repeat(56)}-`, `${'x'.repeat(56)}--d0b12`],
])('the display name %j is found as %j and named %j', (displayName, normalised, name) => {
  expect(normaliseName(displayName)).toBe(normalised);
  expect(serviceName(displayName, id)).toBe(name);
});
