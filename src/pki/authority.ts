import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import type { Random } from '../core/random.ts';
import {
  assemble,
  authorityExtensions,
  clientExtensions,
  extensionsOf,
  keyIdentifier,
  toBeSigned,
} from './certificate.ts';
import * as der from './der.ts';
import { writePem } from './pem.ts';
import { type SignatureScheme, sha256WithRsa, sha256WithRsaScheme } from './signature-algorithms.ts';
import type { SigningRequest } from './signing-request.ts';
import { certificateSubject, nameToDer } from './subject.ts';

/** A certificate authority ready to sign: everything that does not change from one certificate to the next is done. */
export interface Authority {
  readonly certificate: X509Certificate;
  readonly certificatePem: string;
  readonly privateKey: KeyObject;
  /** The subject of the authority, as it goes into what it issues. */
  readonly issuer: der.Asn1;
  /** Absent when the authority's certificate has no subjectKeyIdentifier; then what it issues refers to none. */
  readonly keyId: Buffer | undefined;
}

const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';

/** Puts a certificate and its private key together. Both were checked by the caller. */
export function authorityFrom(certificate: X509Certificate, privateKey: KeyObject): Authority {
  const [information] = der.partsOf(der.readDer(certificate.raw));
  const parts = der.partsOf(information);
  // The version is optional in X.509 v1, as the authority of the first Kyma releases was.
  const first = parts[0]?.tagClass === 0x80 ? 1 : 0;
  const subject = parts[first + 4] as der.Asn1;
  const keyId = extensionsOf(certificate.raw).get(SUBJECT_KEY_IDENTIFIER);
  return {
    certificate,
    certificatePem: writePem('CERTIFICATE', certificate.raw),
    privateKey,
    issuer: der.encoded(der.writeDer(subject)),
    keyId: keyId && der.bytesOf(der.readDer(keyId)),
  };
}

const generate = promisify(generateKeyPair);

/** Key size of keys that we make: what the clients of every generation can use, and quick to sign with. */
export const RSA_BITS = 2048;

const DAY = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;

export interface SelfSigned {
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
}

/**
 * Makes a new authority `CN=Kyma`, valid for ten years from the latest of the times. Key generation runs off the event
 * loop.
 * @param ownKey an RSA private key that is there already
 */
export async function createAuthority(
  times: readonly number[],
  random: Random,
  ownKey?: KeyObject,
): Promise<SelfSigned> {
  const privateKey = ownKey ?? (await generate('rsa', { modulusLength: RSA_BITS })).privateKey;
  const publicKeyInfo = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const name = nameToDer([[{ type: 'CN', value: 'Kyma' }]]);
  const certificate = await issue(privateKey, {
    serial: newSerial(random),
    issuer: name,
    // A clock that is a little behind on another machine must not find the authority in its future.
    notBefore: Math.min(...times) - DAY,
    notAfter: Math.max(...times) + AUTHORITY_DAYS * DAY,
    subject: name,
    publicKeyInfo: der.encoded(publicKeyInfo),
    extensions: authorityExtensions(keyIdentifier(publicKeyInfo)),
  });
  return {
    certificatePem: writePem('CERTIFICATE', certificate),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export interface ClientCertificateOptions {
  readonly now: number;
  /** Milliseconds. */
  readonly validity: number;
  readonly random: Random;
  /** Sign with the algorithm that the request was signed with, and number every certificate 2, as the original does. */
  readonly quirks?: boolean;
}

/**
 * Issues the certificate for a verified signing request: the profile of the Connector Service, signed with SHA-256
 * whatever the request used, with a random serial number. (connector-service §6.2, §13.1, §13.2)
 * @returns the certificate in DER
 */
export function issueClientCertificate(
  authority: Authority,
  request: SigningRequest,
  { now, validity, random, quirks = false }: ClientCertificateOptions,
): Promise<Buffer> {
  const copied = quirks && typeof request.scheme !== 'string';
  return issue(
    authority.privateKey,
    {
      serial: quirks ? Buffer.of(2) : newSerial(random),
      issuer: authority.issuer,
      notBefore: now,
      notAfter: now + validity,
      subject: nameToDer(certificateSubject(request.subject)),
      publicKeyInfo: request.publicKeyInfo,
      extensions: clientExtensions(authority.keyId),
    },
    copied ? request.signatureAlgorithm : sha256WithRsa,
    copied ? (request.scheme as SignatureScheme) : sha256WithRsaScheme,
  );
}

type Unsigned = Omit<Parameters<typeof toBeSigned>[0], 'signatureAlgorithm'>;

/** Signs a certificate, off the event loop. */
export async function issue(
  key: KeyObject,
  content: Unsigned,
  signatureAlgorithm: der.Asn1 = sha256WithRsa,
  scheme: SignatureScheme = sha256WithRsaScheme,
): Promise<Buffer> {
  const signed = toBeSigned({ ...content, signatureAlgorithm });
  return assemble(signed, signatureAlgorithm, await signBytes(key, signed, scheme));
}

/** Signs, off the event loop. */
export function signBytes(
  key: KeyObject,
  bytes: Buffer,
  scheme: SignatureScheme = sha256WithRsaScheme,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(scheme.hash, bytes, { key, ...scheme.options }, (error, value) => (error ? reject(error) : resolve(value)));
  });
}

/** 128 random bits, positive and not zero. */
export function newSerial(random: Random): Buffer {
  const serial = random.bytes(16);
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  return serial;
}

/**
 * Reads an authority from PEM texts.
 * @throws an Error whose message says which of the two is unreadable and why
 */
export function readAuthority(certificatePem: string | Buffer, privateKeyPem: string | Buffer): Authority {
  return authorityFrom(new X509Certificate(certificatePem), createPrivateKey(privateKeyPem));
}
