/**
 * Checks the rules of .dependency-cruiser.mjs. dependency-cruiser reads TypeScript only with a compiler that has the
 * programming interface of TypeScript 6; so it gets a copy of the tree in which every module is reduced to its imports,
 * as JavaScript.
 */
import { globSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { cruise } from 'dependency-cruiser';
import extractRules from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { parseSync } from 'rolldown/utils';

const root = resolve(import.meta.dirname, '..');
const folders = ['src', 'test', 'bench', 'scripts'];

/** What a module imports, as a module that does nothing else. */
function outline(file: string, source: string): string {
  const { module, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0]?.message}`);
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ];
  const lazy = module.dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start, end));
  return [
    ...[...new Set(requests)].map((request) => `import ${JSON.stringify(request)};`),
    ...lazy.map((request) => `import(${request});`),
    '',
  ].join('\n');
}

/** `clock.ts` becomes `clock.ts.js`, which is found under the name that the imports have. */
async function copyOutlines(to: string): Promise<void> {
  for (const file of globSync(`{${folders.join(',')}}/**/*.{ts,mjs}`, { cwd: root })) {
    const copy = join(to, `${file}.js`);
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, outline(file, await readFile(join(root, file), 'utf8')));
  }
  await copyFile(join(root, 'package.json'), join(to, 'package.json'));
  await symlink(join(root, 'node_modules'), join(to, 'node_modules'), 'junction');
}

const copy = await mkdtemp(join(tmpdir(), 'kymulator-imports-'));
try {
  await copyOutlines(copy);
  const { output, exitCode } = await cruise(
    folders,
    {
      baseDir: copy,
      ruleSet: await extractRules(join(root, '.dependency-cruiser.mjs')),
      validate: true,
      outputType: 'err-long',
      preserveSymlinks: true,
      doNotFollow: { path: 'node_modules' },
    },
    { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], extensions: ['.js', '.json'] },
  );
  console.log(String(output).replaceAll('.ts.js', '.ts').replaceAll('.mjs.js', '.mjs').trimEnd());
  process.exitCode = exitCode === 0 ? 0 : 1;
} finally {
  await rm(copy, { recursive: true });
}
