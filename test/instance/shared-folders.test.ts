import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startKymulator } from '../../src/kymulator.ts';
import { start, temporaryFolder } from '../support/instance.ts';
import { warningLog } from '../support/warnings.ts';

const serverOf = async (file: string) => parse(await readFile(file, 'utf8')).clusters[0].cluster.server;

test('the kubeconfig of a running instance stays its own when a second one shares the certs folder', async () => {
  const folder = await temporaryFolder();
  const certsDir = join(folder, 'certs');
  const shared = join(certsDir, 'kubeconfig');
  const first = await startKymulator({ ephemeral: false, dataDir: join(folder, 'a'), certsDir });
  const { log, warnings } = warningLog();
  const options = { ephemeral: false, dataDir: join(folder, 'b'), certsDir, log };
  const second = await startKymulator(options);
  expect(await serverOf(shared)).toBe(first.kubernetes.url);
  const own = join(folder, 'b', 'kubeconfig');
  expect(second.kubernetes.file).toBe(own);
  expect(await readFile(own, 'utf8')).toBe(second.kubernetes.kubeconfig);
  expect((await stat(own)).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual([expect.stringContaining(`${shared} leads to the instance at ${first.kubernetes.url}`)]);
  expect(warnings[0]).toContain(own);
  await second.close();

  await first.close();
  const third = await start(options);
  expect(third.kubernetes.file).toBe(shared);
  expect(await serverOf(shared)).toBe(third.kubernetes.url);
  await expect(stat(own)).rejects.toMatchObject({ code: 'ENOENT' });
  expect(warnings).toHaveLength(1);
});

test.each(['', 'clusters: 5', ': [', 'clusters: [{cluster: {server: "https://localhost:1"}}]'])(
  'a kubeconfig "%s" that leads nowhere is written anew',
  async (text) => {
    const folder = await temporaryFolder();
    const certsDir = join(folder, 'certs');
    await mkdir(certsDir);
    await writeFile(join(certsDir, 'kubeconfig'), text);
    const instance = await start({ ephemeral: false, dataDir: join(folder, 'a'), certsDir });
    expect(await serverOf(join(certsDir, 'kubeconfig'))).toBe(instance.kubernetes.url);
  },
);
