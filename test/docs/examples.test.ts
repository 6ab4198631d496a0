import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { example, root } from './example.ts';

const readme = await readFile(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)```/g)];

test('the README shows the example files as they are', async () => {
  expect(blocks.length).toBeGreaterThan(2);
  for (const [, file = '', block] of blocks) {
    expect(block, file).toBe(await readFile(join(root, file), 'utf8'));
  }
});

test('the five minutes of the README work as printed', { timeout: 60_000 }, async () => {
  const { code, output } = await example('five-minutes.sh');
  expect(output).toMatch(/\{"id":"[0-9a-f-]{36}"\}/);
  expect(output).toMatch(/"method": "GET"/);
  expect(output).toMatch(/"uuid": "[0-9a-f-]{36}"/);
  expect(code).toBe(0);
});

test('the pairing by hand works as printed', { timeout: 60_000 }, async () => {
  const { code, output } = await example('pairing-by-hand.sh');
  expect(output).toContain('{"clientIdentity":{"application":"shop"}');
  expect(code).toBe(0);
});
