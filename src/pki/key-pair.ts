import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../core/random.ts';
import { type Authority, issue, newSerial } from './authority.ts';
import { clientExtensions } from './certificate.ts';
import * as der from './der.ts';
import { writePem } from './pem.ts';
import { issueServerCertificate, type ServerCertificateContent } from './server-certificate.ts';
import { nameToDer, type SubjectAttribute } from './subject.ts';

/** A certificate and its private key, for TLS. */
export interface CertificateAndKey {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

export interface ClientContent {
  readonly authority: Authority;
  readonly subject: readonly SubjectAttribute[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly random: Random;
}

/** Makes a key and a client certificate for it. */
export function newClientPair({
  authority,
  subject,
  notBefore,
  notAfter,
  random,
}: ClientContent): Promise<CertificateAndKey> {
  return newPair((key) =>
    issue(authority.privateKey, {
      serial: newSerial(random),
      issuer: authority.issuer,
      notBefore,
      notAfter,
      subject: nameToDer(subject.map((attribute) => [attribute])),
      publicKeyInfo: der.encoded(createPublicKey(key).export({ type: 'spki', format: 'der' })),
      extensions: clientExtensions(authority.keyId),
    }),
  );
}

/** Makes a key and a server certificate for it. */
export const newServerPair = (content: ServerCertificateContent): Promise<CertificateAndKey> =>
  newPair((key) => issueServerCertificate(key, content));

/** P-256, because such a key is there at once; RSA would take longer than the rest of a start. */
async function newPair(certify: (key: KeyObject) => Promise<Buffer>): Promise<CertificateAndKey> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  return {
    certificate: writePem('CERTIFICATE', await certify(privateKey)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
