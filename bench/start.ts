/** From starting the built command line with an existing authority to its first screen, against an empty Node. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { flagOf } from '../src/config/names.ts';
import { optionRows } from '../src/config/options.ts';
import { compare, median } from './support/measure.ts';
import { type Figure, printFigures } from './support/table.ts';

const ROUNDS = 15;
const root = resolve(import.meta.dirname, '..');
const anyPort = optionRows.flatMap(([name, { type }]) => (type === 'port' ? [flagOf(name), '0'] : []));

/** Megabytes of memory that the process holds, where the system tells. */
async function residentMemory(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** One start, in a folder that keeps the authority from one start to the next. */
async function start(cwd: string): Promise<{ milliseconds: number; megabytes: number | undefined }> {
  const began = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist', 'cli.js'), 'up', ...anyPort], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const ready = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
  const milliseconds = performance.now() - began;
  if (!ready) throw new Error('dist/cli.js up ended before it was ready; run it to see why');
  const megabytes = await residentMemory(child.pid);
  child.kill();
  await ended;
  return { milliseconds, megabytes };
}

async function emptyNode(): Promise<number> {
  const began = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - began;
}

async function figures(cwd: string): Promise<Figure[]> {
  const memory: number[] = [];
  const measured = async () => {
    const { milliseconds, megabytes } = await start(cwd);
    if (megabytes !== undefined) memory.push(megabytes);
    return milliseconds;
  };
  const { value, baseline, ratio } = await compare(ROUNDS, measured, emptyNode);
  const megabytes = median(memory);
  const starting: Figure = {
    figure: 'start to ready, existing authority / node -e 0',
    value: `${value.toFixed(0)} ms`,
    baseline: `${baseline.toFixed(0)} ms`,
    ratio,
    aim: { text: '< 15', met: ratio < 15 },
  };
  if (memory.length === 0) return [starting];
  const resident: Figure = {
    figure: 'resident memory after the start',
    value: `${megabytes.toFixed(0)} MB`,
    aim: { text: '< 120 MB', met: megabytes < 120 },
  };
  return [starting, resident];
}

const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
if (build.status !== 0) throw new Error('the build failed');
const folder = await mkdtemp(join(tmpdir(), 'kymulator-bench-'));
try {
  printFigures(await figures(folder));
} finally {
  await rm(folder, { recursive: true });
}
