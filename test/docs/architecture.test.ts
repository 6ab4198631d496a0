import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../cli/child.ts';

const page = await readFile(join(root, 'docs/architecture.md'), 'utf8');
const journeys = (/## Four journeys\n(.*?)\n## /s.exec(page)?.[1] ?? '')
  .split(/\n\*\*/)
  .slice(1)
  .map((text) => ({ name: text.slice(0, text.indexOf('**')), files: filesIn(text) }));

/** Files of `src/`; one without a folder lies beside the one before it. */
function filesIn(text: string): string[] {
  const files: string[] = [];
  for (const [, path = ''] of text.matchAll(/`([\w./-]+\.ts)`/g)) {
    files.push(path.includes('/') ? path : join(dirname(files.at(-1) ?? ''), path));
  }
  return files;
}

test('a reader has four journeys', () => {
  expect(journeys).toHaveLength(4);
});

test.each(journeys)('$name: at most twelve files, and all of them are there', ({ files }) => {
  expect(files.length).toBeGreaterThan(5);
  expect(files.length).toBeLessThanOrEqual(12);
  expect(files.filter((file) => !existsSync(join(root, 'src', file)))).toEqual([]);
});
