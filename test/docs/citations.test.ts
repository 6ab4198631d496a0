import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../cli/child.ts';
import { type Contracts, deadCitations, sectionsOf } from './citations.ts';

async function readContracts(): Promise<Contracts> {
  const names = globSync('docs/contracts/*.md', { cwd: root }).filter((path) => basename(path) !== 'README.md');
  return new Map(
    await Promise.all(
      names.map(async (path) => {
        return [basename(path, '.md'), sectionsOf(await readFile(join(root, path), 'utf8'))] as const;
      }),
    ),
  );
}

test('every section that a comment, a test or a page cites is in docs/contracts', async () => {
  const contracts = await readContracts();
  const paths = globSync(['{src,test,bench,scripts,docs,fixtures}/**/*.{ts,mjs,md,sh,yaml,yml}', '*.{md,ts}'], {
    cwd: root,
  });
  let citing = 0;
  const dead: string[] = [];
  for (const path of paths) {
    const text = await readFile(join(root, path), 'utf8');
    if (text.includes('\u00a7')) citing += 1;
    dead.push(...deadCitations(path.replaceAll('\\', '/'), text, contracts));
  }
  expect(dead).toEqual([]);
  expect(citing).toBeGreaterThan(150);
});

const contract = `# Contract
## 1. Rules
1. not a section, since there is one below
### 1.1 In detail
## 2. Addenda
1. the first
| 2.a | a row |
`;

test('headings are sections, and so are numbered items and rows where there is nothing below', () => {
  expect([...sectionsOf(contract)].sort()).toEqual(['1', '1.1', '2', '2.1', '2.a']);
});

test.each([
  ['src/x.ts', '/** It does. (some-contract S1.1, S2; RFC 9112 S99) */', []],
  ['src/x.ts', '// Ranges. (some-contract S1\u20132.1)\n', []],
  ['src/gateway/x.ts', '/** Its own. (S7) */', ['src/gateway/x.ts: application-gateway has no section 7']],
  ['src/x.ts', '/** (some-contract S1.2, S2.b) */', ['no section 1.2', 'no section 2.b']],
  ['src/x.ts', '/** (some-contract\n * S9) */', ['no section 9']],
  ['src/x.ts', '/** (some-contract S2\u20134) */', ['no section 4']],
  ['src/x.ts', '/** (some-contract S2) and (S1) */', ['"S1" does not say of which document']],
  ['src/x.ts', '/** (design S1) */', ['"design S1" names no document']],
  ['src/x.ts', '/** (some-contract, addendum_1) */', ['is cited by its section']],
  ['docs/contracts/some-contract.md', '| see application-gateway S1 | S2 |', []],
  ['docs/contracts/some-contract.md', 'As in S2.1, unlike S3.', ['some-contract has no section 3']],
])('%s with %j', (path, text, expected) => {
  const contracts = new Map([
    ['some-contract', sectionsOf(contract)],
    ['application-gateway', new Set(['1'])],
  ]);
  const found = deadCitations(path, text.replaceAll(/\bS(?=\d)/g, '\u00a7').replace('_', ' '), contracts);
  expect(found.map((one) => one.replaceAll('\u00a7', 'S'))).toEqual(
    expected.map((part) => expect.stringContaining(part)),
  );
});
