import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { runMain } from './child.ts';
import { temporaryFolder } from './cli.ts';

test('--version prints the version of the package', async () => {
  expect(await runMain(['--version'])).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('--help names every command and what the exit codes mean', async () => {
  const { code, stdout } = await runMain(['--help']);
  expect(code).toBe(0);
  for (const command of ['up', 'connect', 'token', 'ca', 'wait', 'config']) {
    expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  }
  expect(stdout).toContain('Exit codes:');
});

test('the help of up shows the options in their groups, with defaults', async () => {
  const { code, stdout } = await runMain(['up', '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Ports \(0 = any free port\):$/m);
  expect(stdout).toMatch(/--gateway-port <port> .*\n?.*default: 9443/);
  expect(stdout).toMatch(/--no-external-system +Do not start the demo system/);
});

test('wrong usage is exit code 2, with one text on stderr and nothing on stdout', async () => {
  const result = await runMain(['--gatway-port', '1', '--kyma', '9.9']);
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr.split('\n')).toEqual([
    'kymulator: 2 problems in the configuration:',
    '  - unknown option --gatway-port; did you mean --gateway-port?',
    expect.stringContaining('  - --kyma is "9.9"'),
    '',
  ]);
});

test('--print-config shows flags, environment and file together', async () => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'kymulator.yaml'), 'quirks: true\n');
  const { code, stdout } = await runMain(['--print-config', '--kyma', '1.24', '--no-external-system'], {
    cwd,
    env: { KYMULATOR_DOMAIN: 'kyma.example' },
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(/kyma +1\.24 +flag --kyma\n/);
  expect(stdout).toMatch(/externalSystem +false +flag --external-system\n/);
  expect(stdout).toMatch(/domain +kyma\.example +environment KYMULATOR_DOMAIN\n/);
  expect(stdout).toMatch(/quirks +true +kymulator\.yaml:1\n/);
});

test('config schema prints JSON', async () => {
  const { code, stdout } = await runMain(['config', 'schema']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ title: 'kymulator.yaml' });
});
