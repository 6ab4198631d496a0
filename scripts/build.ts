/**
 * Makes `dist/`: the library, compiled file by file with its declarations, and the command line as `dist/cli.js`,
 * bundled, since loading hundreds of small files is most of the time that a start takes. A command that is not used is
 * not loaded: each is a chunk of its own beside `cli.js`. `THIRD-PARTY-NOTICES.txt` names what is in the bundle.
 */
import { spawnSync } from 'node:child_process';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

/** The command line, and which packages are in it. */
async function buildCommandLine(): Promise<Set<string>> {
  const bundle = await rolldown({
    cwd: root,
    input: { cli: join(root, 'src', 'cli', 'main.ts') },
    platform: 'node',
    // Loaded only for a log on a terminal; as a package it stays out of the way otherwise.
    external: ['pino-pretty'],
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  });
  const { output } = await bundle.write({
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    // Beside cli.js, not in a folder: relative paths to package files stay the same as in the library.
    chunkFileNames: 'cli-[name]-[hash].js',
    minify: false,
  });
  await bundle.close();
  await chmod(join(dist, 'cli.js'), 0o755);
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  return new Set(modules.flatMap((file) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0] ?? []));
}

/** Licences want their text to go along with the code, and the bundle holds that of other packages. */
async function writeNotices(packages: Iterable<string>): Promise<void> {
  const notices = await Promise.all([...packages].sort().map(noticeOf));
  const head = 'The command line (cli*.js) contains code of these packages, under their own licenses.';
  await writeFile(
    join(dist, 'THIRD-PARTY-NOTICES.txt'),
    `${[head, ...new Set(notices)].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`,
  );
}

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license, author, homepage } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  // Some packages only name their license.
  const origin = files.length > 0 ? [] : [`by ${author?.name ?? author}, ${homepage}`];
  return [`${name} ${version} (${license})`, ...origin, ...texts.map((text) => text.trim())].join('\n\n');
}

await rm(dist, { recursive: true, force: true });
await buildLibrary();
await writeNotices(await buildCommandLine());
