import { createHash } from 'node:crypto';
import * as der from './der.ts';

/** What goes into a certificate besides its signature. */
export interface CertificateContent {
  /** Positive, big-endian. */
  readonly serial: Buffer;
  readonly signatureAlgorithm: der.Asn1;
  readonly issuer: der.Asn1;
  /** Milliseconds since the epoch; certificates carry whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: der.Asn1;
  readonly publicKeyInfo: der.Asn1;
  readonly extensions: der.Asn1;
}

/** The part of an X.509 v3 certificate that is signed. */
export function toBeSigned(content: CertificateContent): Buffer {
  return der.writeDer(
    der.sequence(
      der.explicit(0, der.integer(Buffer.of(2))),
      der.integer(content.serial),
      content.signatureAlgorithm,
      content.issuer,
      der.sequence(der.time(content.notBefore), der.time(content.notAfter)),
      content.subject,
      content.publicKeyInfo,
      der.explicit(3, content.extensions),
    ),
  );
}

/** The certificate: the signed part, the algorithm and the signature. */
export const assemble = (signed: Buffer, signatureAlgorithm: der.Asn1, signature: Buffer): Buffer =>
  der.writeDer(der.sequence(der.encoded(signed), signatureAlgorithm, der.bits(signature)));

/**
 * The extensions of a certificate: object identifier → DER of the value.
 * @throws DerError
 */
export function extensionsOf(certificate: Buffer): ReadonlyMap<string, Buffer> {
  const [information] = der.partsOf(der.readDer(certificate));
  const tagged = der.partsOf(information).findLast(({ tagClass, type }) => tagClass === 0x80 && Number(type) === 3);
  const extensions = tagged ? der.partsOf(der.partsOf(tagged)[0]) : [];
  return new Map(
    extensions.map((extension) => {
      const parts = der.partsOf(extension);
      return [der.oidOf(parts[0]), der.bytesOf(parts.at(-1))];
    }),
  );
}

/** SHA-1 of the key, as RFC 5280 §4.2.1.2 makes key identifiers. */
export function keyIdentifier(publicKeyInfo: Buffer): Buffer {
  const [, key] = der.partsOf(der.readDer(publicKeyInfo));
  return createHash('sha1').update(der.bitsOf(key)).digest();
}

const extension = (oid: string, critical: boolean, value: der.Asn1) =>
  der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octets(der.writeDer(value)));

/** Bits of KeyUsage, first bit highest. */
const usage = {
  digitalSignature: der.bits(Buffer.of(0b10000000), 7),
  server: der.bits(Buffer.of(0b10100000), 5),
  authority: der.bits(Buffer.of(0b10100110), 1),
} as const;

const keyUsage = (bits: der.Asn1) => extension('2.5.29.15', true, bits);
const extendedKeyUsage = (...purposes: string[]) =>
  extension('2.5.29.37', false, der.sequence(...purposes.map(der.oid)));
const authorityKey = (id: Buffer) => extension('2.5.29.35', false, der.sequence(der.implicit(0, id)));
const subjectKey = (id: Buffer) => extension('2.5.29.14', false, der.octets(id));

export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/** Of the certificates that the Connector Service issues. (connector-service §6.2) */
export const clientExtensions = (authorityKeyId: Buffer | undefined) =>
  der.sequence(
    keyUsage(usage.digitalSignature),
    extendedKeyUsage(CLIENT_AUTH),
    ...(authorityKeyId ? [authorityKey(authorityKeyId)] : []),
  );

/**
 * What a certificate may be used for that opens the Kubernetes API. The subject must not decide that: the Connector
 * Service copies much of it from the request, but never an extension. (The arc is the one for examples, RFC 5612.)
 */
export const ADMINISTRATION = '1.3.6.1.4.1.32473.1.1';

/** Of the certificates for administrators of the Kubernetes API. */
export const administratorExtensions = (authorityKeyId: Buffer | undefined) =>
  der.sequence(
    keyUsage(usage.digitalSignature),
    extendedKeyUsage(CLIENT_AUTH, ADMINISTRATION),
    ...(authorityKeyId ? [authorityKey(authorityKeyId)] : []),
  );

/** Of our own authority. (connector-service §6.3, §13.13) */
export const authorityExtensions = (keyId: Buffer) =>
  der.sequence(
    extension('2.5.29.19', true, der.sequence(der.boolean(true))),
    keyUsage(usage.authority),
    subjectKey(keyId),
  );

/** Of the certificates that our listeners show. `names` are host names and IP addresses. */
export const serverExtensions = (names: readonly (string | Buffer)[], authorityKeyId: Buffer | undefined) =>
  der.sequence(
    keyUsage(usage.server),
    extendedKeyUsage(SERVER_AUTH),
    extension(
      '2.5.29.17',
      false,
      der.sequence(
        ...names.map((name) => (typeof name === 'string' ? der.implicit(2, Buffer.from(name)) : der.implicit(7, name))),
      ),
    ),
    ...(authorityKeyId ? [authorityKey(authorityKeyId)] : []),
  );
