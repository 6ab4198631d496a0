import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { call } from '../support/call.ts';
import { temporaryFolder } from '../support/instance.ts';
import { run } from '../support/shell.ts';

const root = resolve(import.meta.dirname, '../..');
const main = join(root, 'src/cli/main.ts');
const freePorts = [
  'internal',
  'connector',
  'gateway',
  'application-gateway',
  'application-gateway-compass',
  'application-gateway-health',
  'control',
  'external-system',
  'external-system-tls',
  'external-system-expired',
  'kubernetes',
].flatMap((name) => [`--${name}-port`, '0']);

interface Running {
  readonly child: ChildProcess;
  readonly screen: string;
  url(name: string): string;
}

/** Runs `up` in a folder until its first screen is there. */
async function up(cwd: string, ...flags: string[]): Promise<Running> {
  const child = spawn(process.execPath, [main, 'up', ...freePorts, '--log-level', 'warn', ...flags], { cwd });
  onTestFinished(() => void child.kill('SIGKILL'));
  let screen = '';
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  await new Promise<void>((done, fail) => {
    child.stdout.on('data', (chunk) => {
      screen += chunk;
      if (screen.includes('Ctrl+C stops')) done();
    });
    child.on('exit', (code) => fail(new Error(`up ended with ${code}: ${errors}`)));
  });
  const url = (name: string) => new RegExp(`^\\s+${name}\\s+(\\S+)`, 'm').exec(screen)?.[1] ?? '';
  return { child, screen, url };
}

const kymulator = (cwd: string, ...args: string[]) => run(process.execPath, [main, ...args], { cwd });

test('up shows where everything is, connect pairs with it, and SIGTERM ends it', async () => {
  const folder = await temporaryFolder();
  const { child, screen, url } = await up(folder);
  expect(screen).toMatch(/^ {2}connector +https:\/\/localhost:\d+ /m);
  expect(screen).toMatch(/^ {2}State +\.kymulator$/m);
  expect(screen).toMatch(/^ {2}CA +certs\/ca\.crt$/m);
  expect(screen).toMatch(/^ {2}kubectl +export KUBECONFIG=certs\/kubeconfig$/m);
  expect(screen).toMatch(/Next .* connect shop/);

  const control = ['--control-url', url('control')];
  expect(await kymulator(folder, 'wait', ...control)).toMatchObject({ code: 0 });
  const paired = await kymulator(folder, 'connect', 'fresh', ...control);
  expect(paired.code, paired.output).toBe(0);
  expect(paired.output).toContain('fresh, made now');
  expect((await stat(join(folder, 'certs/fresh/fresh.key'))).mode & 0o777).toBe(0o600);
  const curl = /^ {2}(curl .*)$/m.exec(paired.output)?.[1] ?? '';
  expect((await run('bash', ['-c', curl.replace('curl', 'curl -s')], { cwd: folder })).output).toBe('[]\n');

  const again = await kymulator(folder, 'connect', 'fresh', ...control);
  expect(again.output).toContain('fresh.key (kept)');

  const token = await kymulator(folder, 'token', 'fresh', '--quiet', ...control);
  const ca = await readFile(join(folder, 'certs/ca.crt'), 'utf8');
  expect((await call(token.output.trim(), { ca })).status).toBe(200);

  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  const gone = await kymulator(folder, 'token', 'fresh', ...control);
  expect(gone.code).toBe(3);
  expect(gone.output).toContain('Is an instance running?');
});

test('a second up on the same folder says so', async () => {
  const folder = await temporaryFolder();
  await up(folder);
  const second = await kymulator(folder, 'up', ...freePorts);
  expect(second.code).toBe(2);
  expect(second.output).toMatch(/is in use by another Kymulator.*--data-dir/);
});

test.each([
  ['--kyma', '3.1', 'from 0.4.0 to 2.20'],
  ['--gatway-port', '1', 'did you mean --gateway-port?'],
  ['--seed', 'missing.yaml', 'missing.yaml'],
  ['--seed', 'broken.yaml', 'broken.yaml:1:7: '],
  ['--ca-cert', 'broken.yaml', '--ca-key'],
  ['--config', 'bad-key.yaml', 'bad-key.yaml:1'],
])('up %s %s ends with one clear message and code 2', async (flag, value, text) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'broken.yaml'), 'kind: A\n  b: [\n');
  await writeFile(join(folder, 'bad-key.yaml'), 'gatwayPort: 1\n');
  const { code, output } = await kymulator(folder, 'up', '--ephemeral', ...freePorts, flag, value);
  expect(output).toContain(text);
  expect(output).not.toMatch(/^\s+at /m);
  expect(code).toBe(2);
});

test('a port that is taken is named with its flag', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const port = String((taken.address() as { port: number }).port);
  const flags = freePorts.map((value, index) => (freePorts[index - 1] === '--connector-port' ? port : value));
  const { code, output } = await kymulator(await temporaryFolder(), 'up', '--ephemeral', ...flags);
  expect(output).toContain(`port ${port} for the connector edge is taken by another program`);
  expect(output).toContain('--connector-port');
  expect(code).toBe(2);
});

test('a data folder that cannot be is a mistake of the user, with advice', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  for (const impossible of ['file', 'file/below']) {
    const { code, output } = await kymulator(folder, 'up', ...freePorts, '--data-dir', impossible);
    expect(output).toMatch(/Cannot create .*file.*kymulator\.db: .* Choose another directory with --data-dir/);
    expect(code).toBe(2);
  }
});

test('a host that is none of this machine is named with its flag, not with that of the port', async () => {
  const { code, output } = await kymulator(
    await temporaryFolder(),
    ...['up', '--ephemeral', ...freePorts, '--host', '192.0.2.1'],
  );
  expect(output).toMatch(/192\.0\.2\.1 is no address of this machine.*--host/);
  expect(output).not.toContain('-port');
  expect(code).toBe(2);
});
