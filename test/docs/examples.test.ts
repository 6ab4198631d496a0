import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { edge, start, temporaryFolder } from '../support/instance.ts';
import { run } from '../support/shell.ts';

const root = resolve(import.meta.dirname, '../..');
const readme = await readFile(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)```/g)];

test('the README shows the example files as they are', async () => {
  expect(blocks.length).toBeGreaterThan(2);
  for (const [, file = '', block] of blocks) {
    expect(block, file).toBe(await readFile(join(root, file), 'utf8'));
  }
});

/** Runs an example from the project's folder, with the addresses and the folder for certificates of the test. */
async function example(name: string) {
  const instance = await start({ seed: [join(root, 'fixtures/demo')] });
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ca.crt'), instance.ca.certificate);
  const text = await readFile(join(root, 'docs/examples', name), 'utf8');
  const ports = {
    'http://localhost:8080': 'internal',
    'https://localhost:9443': 'gateway',
    'http://localhost:8090': 'application-gateway',
    'http://localhost:8088': 'external-system',
  };
  const script = Object.entries(ports)
    .reduce((so, [address, name]) => so.replaceAll(address, edge(instance, name)), text)
    .replaceAll('certs/', `${folder}/`)
    .replaceAll(/\bshop\.(key|csr|crt)\b(?<!\/shop\.\w+)/g, `${folder}/shop.$1`);
  const env = {
    KYMULATOR_CONTROL_URL: edge(instance, 'control'),
    KYMULATOR_CERTS_DIR: folder,
    no_proxy: '',
  };
  return run('bash', ['-euo', 'pipefail', '-c', script], { cwd: root, env });
}

test('the five minutes of the README work as printed', { timeout: 60_000 }, async () => {
  const { code, output } = await example('five-minutes.sh');
  expect(output).toMatch(/\{"id":"[0-9a-f-]{36}"\}/);
  expect(output).toMatch(/"method": "GET"/);
  expect(output).toMatch(/"uuid": "[0-9a-f-]{36}"/);
  expect(code).toBe(0);
});

test('the pairing by hand works as printed', { timeout: 60_000 }, async () => {
  const { code, output } = await example('pairing-by-hand.sh');
  expect(output).toContain('{"clientIdentity":{"application":"shop"}');
  expect(code).toBe(0);
});
