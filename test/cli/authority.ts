import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import forge from 'node-forge';

/** A small certificate authority for tests, valid from yesterday to tomorrow. */
export interface TestAuthority {
  readonly certificate: string;
  /** Signs a PEM signing request. @returns PEM */
  issue(csr: string): string;
  /** A TLS server's key and certificate for localhost. */
  server(): { key: string; cert: string };
}

const pem = (key: KeyObject, type: 'pkcs1' | 'spki') => key.export({ type, format: 'pem' }).toString();
const day = 86_400_000;

export function testAuthority(): TestAuthority {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signer = forge.pki.privateKeyFromPem(pem(privateKey, 'pkcs1'));
  const name = [{ name: 'commonName', value: 'Test CA' }];
  let serial = 0;

  const sign = (key: forge.pki.PublicKey, subject: forge.pki.CertificateField[], extensions: object[]) => {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = key;
    certificate.serialNumber = `0${++serial}`;
    certificate.validity.notBefore = new Date(Date.now() - day);
    certificate.validity.notAfter = new Date(Date.now() + day);
    certificate.setSubject(subject);
    certificate.setIssuer(name);
    certificate.setExtensions(extensions);
    certificate.sign(signer, forge.md.sha256.create());
    return forge.pki.certificateToPem(certificate).replaceAll('\r', '');
  };

  return {
    certificate: sign(forge.pki.publicKeyFromPem(pem(publicKey, 'spki')), name, [
      { name: 'basicConstraints', cA: true },
    ]),
    issue: (csr) => {
      const request = forge.pki.certificationRequestFromPem(csr);
      if (!request.verify() || request.publicKey === null) throw new Error('bad signing request');
      // forge hands out the bytes of a UTF-8 value as characters, and would encode them once more.
      const subject = request.subject.attributes.map((attribute) => ({
        ...attribute,
        value: Buffer.from(String(attribute.value), 'latin1').toString(),
      }));
      return sign(request.publicKey, subject, []);
    },
    server: () => {
      const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const subject = [{ name: 'commonName', value: 'localhost' }];
      const extensions = [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }];
      return {
        key: pem(pair.privateKey, 'pkcs1'),
        cert: sign(forge.pki.publicKeyFromPem(pem(pair.publicKey, 'spki')), subject, extensions),
      };
    },
  };
}
