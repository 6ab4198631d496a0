import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { run } from '../support/shell.ts';
import { root } from './child.ts';

test('what a README of the package links to is in the package, and packing builds first', async () => {
  const packed = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'], { cwd: root });
  const [{ files }] = JSON.parse(packed.output.slice(packed.output.indexOf('[')));
  const paths = files.map(({ path }: { path: string }) => path);
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path);
  expect(links.length).toBeGreaterThan(5);
  expect(paths).toEqual(expect.arrayContaining([...links, 'LICENSE', 'CHANGELOG.md']));
  expect(paths.filter((path: string) => path.startsWith('docs/contracts/'))).toEqual([]);
  expect(manifest.scripts.prepack).toBe('npm run build');
});
