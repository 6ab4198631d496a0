import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runChild } from '../cli/child.ts';
import { temporaryFolder } from '../support/instance.ts';

const PROCESSES = 3;
const ROUNDS = 6;

test('processes that start at once in an empty folder have one authority, which the folder has too', {
  timeout: 60_000,
}, async () => {
  const root = await temporaryFolder();
  const child = fileURLToPath(new URL('./authority-child.ts', import.meta.url));
  const runs = await Promise.all(
    Array.from({ length: PROCESSES }, () => runChild(child, [root, String(ROUNDS), String(PROCESSES)])),
  );
  for (const { stderr } of runs) expect(stderr).toBe('');
  const rounds = runs.map(({ stdout }) => JSON.parse(stdout) as string[]);
  for (let round = 0; round < ROUNDS; round++) {
    expect(new Set(rounds.map((got) => got[round])).size, `authorities in round ${round}`).toBe(1);
    const folder = join(root, `certs-${round}`);
    expect((await readdir(folder)).sort()).toEqual(['ca.crt', 'ca.key', 'server.crt', 'server.key']);
    const [ca, server] = await Promise.all(
      ['ca.crt', 'server.crt'].map(async (name) => new X509Certificate(await readFile(join(folder, name)))),
    );
    expect(server?.verify(ca?.publicKey as X509Certificate['publicKey'])).toBe(true);
  }
});
