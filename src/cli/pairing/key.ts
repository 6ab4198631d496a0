import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { failed } from '../failure.ts';

export interface PairingKey {
  readonly key: KeyObject;
  /** PEM, PKCS#8. Absent for a key that was kept. */
  readonly newPem?: string | undefined;
}

/** @param bits 2048 or more */
export async function newKey(bits: number): Promise<PairingKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
  return { key: privateKey, newPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/**
 * Reads a key that is kept from an earlier pairing.
 * @throws CommandError when it is not an RSA private key without password
 */
export function keptKey(pem: string, file: string): PairingKey {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // An encrypted or broken file: reported below, without its content.
  }
  if (key?.asymmetricKeyType === 'rsa') return { key };
  throw failed(
    `${file} is not an RSA private key without password; move it away, or make another with --new-key (this replaces the file)`,
  );
}
