import { createPublicKey, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import type { SubjectPart } from './subject.ts';

const isPrintable = (value: string) => /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value);

/**
 * A PKCS#10 signing request, signed with SHA-256.
 * @param key an RSA private key
 * @returns PEM with line feeds
 */
export function createSigningRequest(key: KeyObject, subject: readonly SubjectPart[]): string {
  const request = forge.pki.createCertificationRequest();
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  request.publicKey = forge.pki.publicKeyFromPem(publicPem);
  request.setSubject(
    subject.map(({ type, value }) => ({
      shortName: type,
      value,
      // The published types do not know this class as a member of the field.
      valueTagClass: (isPrintable(value) ? forge.asn1.Type.PRINTABLESTRING : forge.asn1.Type.UTF8) as number,
    })) as forge.pki.CertificateField[],
  );
  const privatePem = key.export({ type: 'pkcs1', format: 'pem' }).toString();
  request.sign(forge.pki.privateKeyFromPem(privatePem), forge.md.sha256.create());
  return forge.pki.certificationRequestToPem(request).replaceAll('\r', '');
}
