import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { root, runChild, startChild } from './child.ts';
import { temporaryFolder } from './cli.ts';

const launcher = resolve(root, 'scripts/launch.mjs');

const majorOf = (node: string) =>
  Number(/^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 0);
// The Node of the machine beside the one that runs the tests: old here, which is the case that the launcher is for.
const machineNode = '/usr/bin/node';
const oldNode = majorOf(machineNode) >= 18 && majorOf(machineNode) < 24 ? machineNode : undefined;

async function script(source: string): Promise<string> {
  const file = join(await temporaryFolder(), 'script.ts');
  await writeFile(file, source);
  return file;
}

const report = `import { execFileSync } from 'node:child_process';
const inner: string = execFileSync('node', ['--version'], { encoding: 'utf8' }).trim();
console.log(JSON.stringify({ args: process.argv.slice(2), script: process.argv[1], outer: process.version, inner }));
process.exitCode = 7;`;

const runners: [name: string, node: string][] = [['the Node that is new enough', process.execPath]];
if (oldNode !== undefined) runners.push(['an older Node', oldNode]);

test.each(runners)('%s runs the script in Node 24, with arguments, exit code and PATH', async (_name, node) => {
  const file = await script(report);
  const { code, stdout } = await runChild(launcher, [file, 'a', 'b c', '--x=1'], { node });
  const seen = JSON.parse(stdout);
  expect(seen).toMatchObject({ args: ['a', 'b c', '--x=1'], script: file });
  expect(Number(/^v(\d+)/.exec(seen.outer)?.[1])).toBeGreaterThanOrEqual(24);
  expect(seen.inner).toBe(seen.outer);
  expect(code).toBe(7);
});

test.skipIf(oldNode === undefined)('an older Node says so in one line on stderr', async () => {
  const { stderr } = await runChild(launcher, [await script('console.log(1)')], { node: oldNode ?? '' });
  expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^This is Node .* needs 24 or newer: /)]);
});

const patient = `let count = 0;
process.on('SIGINT', () => { count += 1; setTimeout(() => { console.log('signals', count); process.exit(9); }, 300); });
setInterval(() => {}, 1000);
console.log('listening');`;

test.each(runners)('%s passes Ctrl+C on exactly once', async (_name, node) => {
  const { child, ended } = startChild(launcher, [await script(patient)], { node });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  expect(await text(child.stdout)).toBe('signals 1\n');
  expect(await ended).toEqual({ code: 9, signal: null });
});

test.each(runners)('%s ends by the signal that ended the script', async (_name, node) => {
  const { ended } = startChild(
    launcher,
    [await script(`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`)],
    { node },
  );
  expect(await ended).toEqual({ code: null, signal: 'SIGTERM' });
});

test('a script that is not there is named, with what to do', async () => {
  const missing = await runChild(launcher, ['node_modules/nothing/cli.mjs']);
  expect(missing).toMatchObject({ code: 1, stderr: 'node_modules/nothing/cli.mjs is not there; run "npm ci" first\n' });
  expect((await runChild(launcher, [])).stderr).toBe('Usage: node scripts/launch.mjs SCRIPT [ARGUMENT…]\n');
});

test.skipIf(oldNode === undefined)(
  'without npm and without an earlier run, the text says what to install',
  async () => {
    // A copy, so that nothing is remembered from earlier runs.
    const folder = await temporaryFolder();
    const { cp } = await import('node:fs/promises');
    await cp(launcher, join(folder, 'scripts/launch.mjs'));
    const { code, stderr } = await runChild(join(folder, 'scripts/launch.mjs'), [await script('')], {
      node: oldNode ?? '',
      env: { PATH: folder },
    });
    expect(stderr).toContain('Kymulator needs Node 24 or newer, and there is no npm to fetch it with.');
    expect(code).toBe(1);
  },
);
