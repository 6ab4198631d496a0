import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../core/clock.ts';
import { issue, RSA_BITS } from '../pki/authority.ts';
import { clientExtensions } from '../pki/certificate.ts';
import * as der from '../pki/der.ts';
import type { CertificateAndKey } from '../pki/key-pair.ts';
import { writePem } from '../pki/pem.ts';
import { nameToDer } from '../pki/subject.ts';

const VALIDITY = 365 * 24 * 60 * 60 * 1000;

/** Every certificate of the registry has this number. (metadata-service §10) */
const SERIAL = Buffer.of(2);

/** Makes a self-signed client certificate for the gateway, its key in PKCS#1, off the event loop. (metadata-service §10) */
export async function generateCertificate(commonName: string, clock: Clock): Promise<CertificateAndKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });
  const name = nameToDer([[{ type: 'CN', value: commonName }]]);
  const now = clock.now();
  const certificate = await issue(privateKey, {
    serial: SERIAL,
    issuer: name,
    notBefore: now,
    notAfter: now + VALIDITY,
    subject: name,
    publicKeyInfo: der.encoded(publicKey.export({ type: 'spki', format: 'der' })),
    extensions: clientExtensions(undefined),
  });
  return {
    certificate: writePem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}
