import { createHash } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../../core/errors.ts';
import type { ClientKeyPair } from '../../http/client/tls.ts';
import { pemBlocks, writePem } from '../../pki/pem.ts';

/** A certificate or key that cannot be used; the message never shows either. */
export class CertificateProblem extends Error {}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Checks a certificate and its key. Text around the PEM blocks is ignored. (application-gateway §5.4, §5.5)
 * @throws CertificateProblem
 */
export function readClientCertificate(crt: string, key: string): ClientKeyPair {
  const certificates = [...pemBlocks(crt)];
  if (certificates.length === 0) throw new CertificateProblem('tls: failed to find any PEM data in certificate input');
  const chain = certificates.filter(({ label }) => label === 'CERTIFICATE');
  if (chain.length === 0) {
    const found = certificates.map(({ label }) => label).join(' ');
    throw new CertificateProblem(
      `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${found}]`,
    );
  }
  const keys = [...pemBlocks(key)];
  if (keys.length === 0) throw new CertificateProblem('tls: failed to find any PEM data in key input');
  const privateKey = keys.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (!privateKey) {
    throw new CertificateProblem(
      keys[0]?.label === 'CERTIFICATE'
        ? 'tls: found a certificate rather than a key in the PEM for the private key'
        : 'tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input',
    );
  }
  const certificate = chain.map(({ der }) => writePem('CERTIFICATE', der)).join('');
  const keyPem = writePem(privateKey.label, privateKey.der);
  try {
    createSecureContext({ cert: certificate, key: keyPem });
  } catch (error) {
    const mismatch = /key values mismatch|key type mismatch/i.test(messageOf(error));
    throw new CertificateProblem(
      mismatch ? 'tls: private key does not match public key' : 'tls: failed to parse certificate or private key',
    );
  }
  return { fingerprint: `${sha256(crt)}-${sha256(key)}`, certificate, key: keyPem };
}
