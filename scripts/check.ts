/** Everything that a machine can find wrong without running the tests: `npm run check`. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { text } from 'node:stream/consumers';

const root = resolve(import.meta.dirname, '..');

interface Check {
  readonly name: string;
  /** A script for Node, and its arguments. */
  readonly run: readonly string[];
  /** What to do when it fails. */
  readonly advice: string;
}

const checks: readonly Check[] = [
  {
    name: 'format and lint',
    run: ['node_modules/@biomejs/biome/bin/biome', 'check', '.', '--error-on-warnings'],
    advice: '"npm run format" repairs the format and the order of imports',
  },
  {
    name: 'types',
    run: ['node_modules/typescript/bin/tsc', '-p', '.'],
    advice: 'no "any", no "!": let the types say what can happen',
  },
  {
    name: 'published types',
    run: ['scripts/published-types.ts'],
    advice: 'what index.ts and testing.ts reach may need only types of packages that are installed with ours',
  },
  {
    name: 'dependency rules',
    run: ['scripts/dependencies.ts'],
    advice: 'the rules are in .dependency-cruiser.mjs, the reasons in docs/architecture.md',
  },
  {
    name: 'patterns',
    run: ['scripts/patterns.ts'],
    advice: 'text of a client meets no pattern that can backtrack: write a scanner, or one without overlaps',
  },
  {
    name: 'dead code',
    run: ['node_modules/knip/bin/knip.js', '--no-progress'],
    advice: 'remove what nothing uses; what is used only in its own file needs no "export"',
  },
  {
    name: 'lock file',
    run: ['scripts/complete-lock.mjs', '--check'],
    advice: '"node scripts/complete-lock.mjs" after every change of dependencies',
  },
];

async function runCheck({ run, ...check }: Check) {
  const began = performance.now();
  const child = spawn(process.execPath, run, {
    cwd: root,
    env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<boolean>((fulfil, reject) => {
    child.on('error', reject);
    child.on('close', (code) => fulfil(code === 0));
  });
  const [passed, ...output] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${passed ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(16)}  ${seconds.padStart(5)} s`);
  return { ...check, passed, output: output.join('').trimEnd() };
}

const failures = (await Promise.all(checks.map(runCheck))).filter(({ passed }) => !passed);
for (const { name, output, advice } of failures) console.log(`\n── ${name}: ${advice}\n\n${output}`);
if (failures.length > 0) process.exitCode = 1;
