import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { call } from '../support/call.ts';
import { ConnectorClient } from '../support/connector.ts';
import { edge, start, temporaryFolder } from '../support/instance.ts';
import { run } from '../support/shell.ts';

const here = import.meta.dirname;

/** An instance with the demo, and an empty folder with a kubeconfig for it. */
async function prepare() {
  const instance = await start({ allowExec: true, seed: [resolve(here, '../../fixtures/demo')] });
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'kubeconfig'), instance.kubernetes.kubeconfig, { mode: 0o600 });
  const env = { KUBECONFIG: join(folder, 'kubeconfig'), KUBECACHEDIR: join(folder, 'cache') };
  return { instance, folder, env };
}

test('integrating an external system as the guide of today prints it', { timeout: 120_000 }, async () => {
  const { instance, folder, env } = await prepare();
  const { identity } = await new ConnectorClient(instance, 'latest').pair('client');
  await writeFile(join(folder, 'client.crt'), identity.cert);
  await writeFile(join(folder, 'client.key'), identity.key, { mode: 0o600 });
  const { code, output } = await run('bash', [join(here, 'integrate-external-system.sh')], {
    cwd: folder,
    env: {
      ...env,
      TARGET_URL: `${edge(instance, 'external-system')}/`,
      SECURE_URL: edge(instance, 'external-system-tls'),
      EXPIRED_URL: edge(instance, 'external-system-expired'),
      CLIENT_CRT: join(folder, 'client.crt'),
      CLIENT_KEY: join(folder, 'client.key'),
    },
  });
  expect(output).toMatch(/== Done\n/);
  expect(code).toBe(0);
});

test('a token by port-forward, as the guide of 2018 prints it', { timeout: 60_000 }, async () => {
  const { instance, folder, env } = await prepare();
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  const { code, output } = await run('bash', [join(here, 'port-forward-2018.sh')], {
    cwd: folder,
    env: { ...env, PORT: String(port) },
  });
  expect(code, output).toBe(0);
  const { url } = JSON.parse(output);
  expect((await call(url, { ca: instance.ca.certificate })).status).toBe(200);
});
