import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** An RSA key for a new pairing. @param bits 2048 or more */
export async function newKey(bits = 2048): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
  return privateKey;
}

/** Reads a key of an earlier pairing, or one that is brought along. @returns undefined when it is not RSA or not to be read */
export function readKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    // Encrypted or broken: OpenSSL's words would help nobody.
    return undefined;
  }
}

/** PEM, PKCS#8. */
export const keyPem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
