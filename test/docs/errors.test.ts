import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorsPage } from '../../scripts/errors-page.ts';
import { userError } from '../../src/core/errors.ts';
import { type UserErrorCode, userErrorGroups } from '../../src/core/user-errors/catalogue.ts';
import type { Entry } from '../../src/core/user-errors/entry.ts';
import { root } from '../cli/child.ts';

const entries = userErrorGroups.flatMap(([, group]) => Object.entries<Entry>(group));

async function sources(pattern: string): Promise<{ path: string; text: string }[]> {
  const paths = globSync(pattern, { cwd: root }).map((path) => path.replaceAll('\\', '/'));
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

test('docs/errors.md is what scripts/write-docs.ts writes', async () => {
  const page = await readFile(join(root, 'docs/errors.md'), 'utf8');
  expect(page, 'run: npm run docs').toBe(errorsPage());
});

test('every code has one section of its own', () => {
  const sections = [...errorsPage().matchAll(/^### (\S+)$/gm)].map(([, code]) => code);
  expect(sections).toEqual([...new Set(entries.map(([code]) => code))]);
});

test('where a person is told what went wrong, it is in the words of the catalogue', async () => {
  const files = await sources('src/{{cli,config,control,core,pairing,seed}/**/*,index,testing,http/exchange}.ts');
  expect(files.length).toBeGreaterThan(60);
  const makers = files.filter(({ text }) => /\bnew \w*Error\(/.test(text)).map(({ path }) => path);
  expect(makers).toEqual(['src/core/errors.ts']);
  const everywhere = (await sources('src/**/*.ts')).filter(({ text }) =>
    /\bnew UserError\(|\bUserError\.from\b/.test(text),
  );
  expect(everywhere.map(({ path }) => path)).toEqual(['src/core/errors.ts']);
});

test('every text of the catalogue is told somewhere', async () => {
  const files = (await sources('src/**/*.ts')).filter(({ path }) => !path.startsWith('src/core/user-errors/'));
  const code = files.map(({ text }) => text).join('\n');
  const keys = entries.flatMap(([name, { message }]) =>
    typeof message === 'string' ? [name] : Object.keys(message).map((variant) => `${name}.${variant}`),
  );
  expect(keys.length).toBeGreaterThan(50);
  expect(keys.filter((key) => !code.includes(`'${key}'`))).toEqual([]);
});

test.each(entries)('%s says when it happens and what to do, in sentences', (_, { when, remedy }) => {
  for (const text of [when, remedy]) expect(text).toMatch(/^[A-Z`](?:.|\n)*[.)]$/);
});

test('a message has its values in place, and nothing that stands in a value is a name', () => {
  const cause = new Error('why');
  const error = userError(
    'TOKEN_REFUSED',
    { application: '{url}', answer: '400 $& {answer}', url: 'http://x' },
    { cause },
  );
  expect(error.message).toBe('the Connector Service gave no token for "{url}": 400 $& {answer} (http://x)');
  expect(error).toMatchObject({ code: 'TOKEN_REFUSED' satisfies UserErrorCode, name: 'UserError', cause });
  expect(userError('CA_INVALID.absent', { file: 'ca.crt' })).toMatchObject({
    code: 'CA_INVALID',
    message: 'ca.crt does not exist',
  });
});
