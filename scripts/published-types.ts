/**
 * Compiles a program that uses the package as its users have it: the declarations alone, beside the packages that are
 * installed with it and no others, with every setting that could find fault with them.
 */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';

const root = resolve(import.meta.dirname, '..');

const settings = {
  module: 'nodenext',
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noPropertyAccessFromIndexSignature: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
};

const program = `
import { createMemoryStore, systemClock, systemRandom } from 'kymulator';
import { ManualClock, pair, startKymulator } from 'kymulator/testing';

const store = createMemoryStore({ clock: systemClock, random: systemRandom });
await using kymulator = await startKymulator({ kyma: '1.24', appTokenTtl: '5m', clock: new ManualClock(), store });
await using shop = await pair(kymulator, 'shop');
export const url: string = shop.urls.metadataUrl;
`;

const compile = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], { stdio: 'inherit' }).status;

/** Installed packages, at the place where the program finds them. */
async function installDependencies(modules: string): Promise<void> {
  const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
}

const folder = await mkdtemp(join(tmpdir(), 'kymulator-types-'));
try {
  const modules = join(folder, 'node_modules');
  const own = join(modules, 'kymulator');
  await installDependencies(modules);
  await mkdir(own);
  await copyFile(join(root, 'package.json'), join(own, 'package.json'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: settings }));
  await writeFile(join(folder, 'program.ts'), program);
  const build = ['-p', join(root, 'tsconfig.build.json'), '--emitDeclarationOnly', '--outDir', join(own, 'dist')];
  process.exitCode = compile(...build) || compile('-p', folder) || 0;
} finally {
  await rm(folder, { recursive: true });
}
