import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { DomainError } from '../core/errors.ts';
import * as der from './der.ts';
import { readSignatureAlgorithm, type SignatureScheme } from './signature-algorithms.ts';
import { type DistinguishedName, readName } from './subject.ts';

/** A PKCS#10 certificate signing request, read but not yet believed. */
export interface SigningRequest {
  readonly subject: DistinguishedName;
  /** The requested key as SubjectPublicKeyInfo, for the certificate. */
  readonly publicKeyInfo: der.Asn1;
  readonly publicKey: KeyObject;
  /** What the signature covers. */
  readonly signed: Buffer;
  /** The AlgorithmIdentifier as it was sent. */
  readonly signatureAlgorithm: der.Asn1;
  /** How to verify the signature, or why that is not done. */
  readonly scheme: SignatureScheme | string;
  readonly signature: Buffer;
}

/** `MALFORMED`: not a signing request; `SIGNATURE`: its self-signature does not hold. The message is Go's. */
export class SigningRequestError extends DomainError {
  declare readonly code: 'MALFORMED' | 'SIGNATURE';
}

/**
 * Reads a signing request. Attributes (requested extensions, challenge password) are ignored. (connector-service §6.1)
 * @throws SigningRequestError `MALFORMED`
 */
export function readSigningRequest(input: Buffer): SigningRequest {
  try {
    const [information, signatureAlgorithm, signature] = der.partsOf(der.readDer(input));
    const [, subject, publicKeyInfo] = der.partsOf(information);
    if (!information || !signatureAlgorithm || !publicKeyInfo) throw new der.DerError('asn1: structure error');
    return {
      subject: readName(subject),
      publicKeyInfo,
      publicKey: readPublicKey(publicKeyInfo),
      signed: der.writeDer(information),
      signatureAlgorithm,
      scheme: readSignatureAlgorithm(signatureAlgorithm),
      signature: der.bitsOf(signature),
    };
  } catch (thrown) {
    if (thrown instanceof der.DerError) throw new SigningRequestError('MALFORMED', thrown.message, { cause: thrown });
    throw thrown;
  }
}

function readPublicKey(info: der.Asn1): KeyObject {
  try {
    return createPublicKey({ key: der.writeDer(info), format: 'der', type: 'spki' });
  } catch (thrown) {
    throw new der.DerError('x509: the public key is not one that can be read', { cause: thrown });
  }
}

const goKeyTypes: Readonly<Record<string, string>> = {
  rsa: '*rsa.PublicKey',
  ec: '*ecdsa.PublicKey',
  ed25519: 'ed25519.PublicKey',
};
const schemeNames = { rsa: 'RSA', ec: 'ECDSA', ed25519: 'Ed25519' } as const;
const failures = {
  rsa: 'crypto/rsa: verification error',
  ec: 'x509: ECDSA verification failure',
  ed25519: 'x509: Ed25519 verification failure',
} as const;

/**
 * Verifies the self-signature; what takes long runs off the event loop.
 * @throws SigningRequestError `SIGNATURE`
 */
export async function verifySigningRequest(request: SigningRequest): Promise<void> {
  const { scheme, publicKey } = request;
  if (typeof scheme === 'string') throw new SigningRequestError('SIGNATURE', scheme);
  if (publicKey.asymmetricKeyType !== scheme.keyType) {
    const actual = goKeyTypes[publicKey.asymmetricKeyType ?? ''] ?? 'an unknown type';
    throw new SigningRequestError(
      'SIGNATURE',
      `x509: signature algorithm specifies an ${schemeNames[scheme.keyType]} public key, but have public key of type ${actual}`,
    );
  }
  if (!(await hasValidSignature(request, scheme))) throw new SigningRequestError('SIGNATURE', failures[scheme.keyType]);
}

/**
 * RSA keys up to this size are verified at once: that takes some 20 µs (2048 bits) to 80 µs (4096), less than the way to
 * the thread pool and back.
 */
const QUICK_RSA_BITS = 4096;

function hasValidSignature(request: SigningRequest, scheme: SignatureScheme): Promise<boolean> | boolean {
  const { publicKey, signed, signature } = request;
  const key = { key: publicKey, ...scheme.options };
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits <= QUICK_RSA_BITS) {
    try {
      return verify(scheme.hash, signed, key, signature);
    } catch {
      return false;
    }
  }
  return new Promise((resolve) => {
    verify(scheme.hash, signed, key, signature, (error, valid) => resolve(!error && valid));
  });
}
