import { join } from 'node:path';
import { messageOf, userError } from '../core/errors.ts';
import { writeWhole } from '../core/files.ts';

/** Where a pairing leaves its files. */
export interface PairingFiles {
  readonly key: string;
  readonly certificate: string;
  readonly chain: string;
  readonly ca: string;
}

export const pairingFiles = (folder: string, application: string): PairingFiles => ({
  key: join(folder, `${application}.key`),
  certificate: join(folder, `${application}.crt`),
  chain: join(folder, 'chain.crt'),
  ca: join(folder, 'ca.crt'),
});

/** Writes one file and its folder; a private one is for its owner only, from its first byte on. */
export async function writePem(path: string, pem: string, { secret = false } = {}): Promise<void> {
  try {
    await writeWhole(path, pem, secret ? { mode: 0o600 } : {});
  } catch (error) {
    throw userError('FILE_UNWRITABLE', { file: path, reason: messageOf(error) }, { cause: error });
  }
}
