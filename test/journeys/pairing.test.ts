import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { edge, start, temporaryFolder } from '../support/instance.ts';
import { run } from '../support/shell.ts';

const here = import.meta.dirname;

/** Runs a journey's script, as a person would, against an instance of the release. */
async function journey(script: string, kyma: string, variables: Record<string, string> = {}) {
  const instance = await start({ kyma, seed: [resolve(here, '../../fixtures/demo')] });
  const folder = await temporaryFolder();
  const ca = join(folder, 'ca.crt');
  await writeFile(ca, instance.ca.certificate);
  return run('bash', [join(here, script)], {
    cwd: folder,
    env: { INTERNAL: edge(instance, 'internal'), CA: ca, TARGET: edge(instance, 'external-system'), ...variables },
  });
}

test.each(['0.4.3', '0.5.0', 'latest'])('obtaining the certificate as in 2018, with Kyma %s', async (kyma) => {
  const { code, output } = await journey('obtain-certificate-2018.sh', kyma, { KYMA: kyma });
  expect(output).toMatch(/== Done\n/);
  expect(output).toContain('generated.crt: OK');
  expect(code).toBe(0);
});

test.each(['1.24.11', '2.2', 'latest'])('renewing and revoking, with Kyma %s', async (kyma) => {
  const { code, output } = await journey('renew-and-revoke-1.x.sh', kyma);
  expect(output).toMatch(/== Done\n/);
  expect(output).toContain('{"code":403,"error":"Certificate has been revoked."}');
  expect(code).toBe(0);
});
