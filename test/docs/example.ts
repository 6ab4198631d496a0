import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { edge, start, temporaryFolder } from '../support/instance.ts';
import { run } from '../support/shell.ts';

export const root = resolve(import.meta.dirname, '../..');

/** Runs an example from the project's folder, with the addresses and the folder for certificates of the test. */
export async function example(name: string) {
  const instance = await start({ seed: [join(root, 'fixtures/demo')] });
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ca.crt'), instance.ca.certificate);
  await writeFile(join(folder, 'kubeconfig'), instance.kubernetes.kubeconfig, { mode: 0o600 });
  const text = await readFile(join(root, 'docs/examples', name), 'utf8');
  const ports = {
    'http://localhost:8080': 'internal',
    'https://localhost:9443': 'gateway',
    'http://localhost:8090': 'application-gateway',
    'http://localhost:8088': 'external-system',
  };
  const script = Object.entries(ports)
    .reduce((so, [address, name]) => so.replaceAll(address, edge(instance, name)), text)
    .replaceAll('$PWD/certs/', `${folder}/`)
    .replaceAll('certs/', `${folder}/`)
    .replaceAll(/\bshop\.(key|csr|crt)\b(?<!\/shop\.\w+)/g, `${folder}/shop.$1`);
  const env = {
    KYMULATOR_CONTROL_URL: edge(instance, 'control'),
    KYMULATOR_CERTS_DIR: folder,
    KUBECACHEDIR: join(folder, 'cache'),
    no_proxy: '',
  };
  return run('bash', ['-euo', 'pipefail', '-c', script], { cwd: root, env });
}
