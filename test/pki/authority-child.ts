/** Loads the authority of numbered folders, each together with other processes, and prints what it has got. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { systemRandom } from '../../src/core/random.ts';
import { loadAuthority } from '../../src/pki/authority-store.ts';
import { serverCertificate } from '../../src/pki/server-certificate.ts';

const [root = '', rounds = '0', processes = '0'] = process.argv.slice(2);

/** Everybody begins a round at once. */
async function meet(round: number): Promise<void> {
  const place = join(root, `meeting-${round}`);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, String(process.pid)), '');
  while ((await readdir(place)).length < Number(processes)) await pause(2);
}

async function load(folder: string): Promise<string> {
  const now = Date.now();
  const { authority, certificatePem, privateKeyPem } = await loadAuthority({ folder }, [now], systemRandom);
  const { key } = await serverCertificate({ authority, names: ['localhost'], folder, now, random: systemRandom });
  return JSON.stringify([certificatePem, privateKeyPem, key]);
}

const got: string[] = [];
for (let round = 0; round < Number(rounds); round++) {
  await meet(round);
  got.push(await load(join(root, `certs-${round}`)).catch(String));
}
process.stdout.write(JSON.stringify(got));
