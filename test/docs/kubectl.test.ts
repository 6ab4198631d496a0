import { expect, test } from 'vitest';
import { example } from './example.ts';

test('the kubectl commands work as printed', { timeout: 60_000 }, async () => {
  const { code, output } = await example('kubectl.sh');
  expect(output).toContain('condition met');
  expect(output).toMatch(/signingRequests\/info\?token=/);
  expect(code).toBe(0);
});
