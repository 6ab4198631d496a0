/**
 * Makes `dist/`: the library, compiled file by file with its declarations, and the command line as `dist/cli.js`,
 * bundled, since loading hundreds of small files is most of the time that a start takes. A command that is not used is
 * not loaded: each is a chunk of its own beside `cli.js`.
 */
import { spawnSync } from 'node:child_process';
import { chmod, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { rolldown } from 'rolldown';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');

async function buildLibrary(): Promise<void> {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('the library does not compile');
}

async function buildCommandLine(): Promise<void> {
  const bundle = await rolldown({
    cwd: root,
    input: { cli: join(root, 'src', 'cli', 'main.ts') },
    platform: 'node',
    // Loaded only for a log on a terminal; as a package it stays out of the way otherwise.
    external: ['pino-pretty'],
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  });
  await bundle.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    // Beside cli.js, not in a folder: relative paths to package files stay the same as in the library.
    chunkFileNames: 'cli-[name]-[hash].js',
    minify: false,
  });
  await bundle.close();
  await chmod(join(dist, 'cli.js'), 0o755);
}

await rm(dist, { recursive: true, force: true });
await buildLibrary();
await buildCommandLine();
