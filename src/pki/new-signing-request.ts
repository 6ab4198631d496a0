import { createPublicKey, type KeyObject } from 'node:crypto';
import { signBytes } from './authority.ts';
import * as der from './der.ts';
import { writePem } from './pem.ts';
import { sha256WithRsa } from './signature-algorithms.ts';
import { nameToDer, type SubjectAttribute } from './subject.ts';

/**
 * Makes a PKCS#10 signing request, signed with SHA-256.
 * @param key an RSA private key
 * @returns PEM
 */
export async function newSigningRequest(key: KeyObject, subject: readonly SubjectAttribute[]): Promise<string> {
  const information = der.writeDer(
    der.sequence(
      der.integer(Buffer.of(0)),
      nameToDer(subject.map((attribute) => [attribute])),
      der.encoded(createPublicKey(key).export({ type: 'spki', format: 'der' })),
      der.implicitEmpty(0),
    ),
  );
  const signature = await signBytes(key, information);
  const request = der.sequence(der.encoded(information), sha256WithRsa, der.bits(signature));
  return writePem('CERTIFICATE REQUEST', der.writeDer(request));
}
