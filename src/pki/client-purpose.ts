import { CLIENT_AUTH, extensionsOf, SERVER_AUTH } from './certificate.ts';
import * as der from './der.ts';

const EXTENDED_KEY_USAGE = '2.5.29.37';

/** Extensions that say in bits what a certificate is for, and those that a client needs one of. First bit highest. */
const bitStrings = [
  { oid: '2.5.29.15', clients: 0b10001000, problem: 'its key usage has neither digitalSignature nor keyAgreement' },
  {
    oid: '2.16.840.1.113730.1.1',
    clients: 0b10000000,
    problem: 'its Netscape certificate type is not that of a client',
  },
] as const;

/** Names of purposes, as OpenSSL writes them. */
const names: Readonly<Record<string, string>> = {
  [SERVER_AUTH]: 'serverAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '2.5.29.37.0': 'anyExtendedKeyUsage',
};

/**
 * Why a certificate is not one for TLS clients: OpenSSL's rule (`-purpose sslclient`), which nginx, Envoy and Node go by in
 * the handshake. What a certificate says nothing about, it allows. See docs/decisions/certificates.md.
 * @param certificate DER
 * @returns undefined for one that is
 * @throws DerError for extensions that cannot be read
 */
export function clientPurposeProblem(certificate: Buffer): string | undefined {
  const extensions = extensionsOf(certificate);
  const extended = extensions.get(EXTENDED_KEY_USAGE);
  if (extended) {
    const purposes = der.partsOf(der.readDer(extended)).map(der.oidOf);
    if (!purposes.includes(CLIENT_AUTH)) {
      return `it is for ${purposes.map((oid) => names[oid] ?? oid).join(', ')}, not for clientAuth`;
    }
  }
  return bitStrings.find(({ oid, clients }) => {
    const value = extensions.get(oid);
    // The first byte says how many of the last bits do not count; it is the only one where none is set.
    return value && ((der.bytesOf(der.readDer(value))[1] ?? 0) & clients) === 0;
  })?.problem;
}
