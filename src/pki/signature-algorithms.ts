import { constants } from 'node:crypto';
import * as der from './der.ts';

/** How a signature is made or verified with `node:crypto`. */
export interface SignatureScheme {
  /** Undefined for Ed25519, which has its own. */
  readonly hash: string | undefined;
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  readonly options?: { readonly padding: number; readonly saltLength: number };
}

const rsa = (hash: string): SignatureScheme => ({ hash, keyType: 'rsa' });
const ec = (hash: string): SignatureScheme => ({ hash, keyType: 'ec' });

const schemes: Readonly<Record<string, SignatureScheme>> = {
  '1.2.840.113549.1.1.5': rsa('sha1'),
  '1.2.840.113549.1.1.11': rsa('sha256'),
  '1.2.840.113549.1.1.12': rsa('sha384'),
  '1.2.840.113549.1.1.13': rsa('sha512'),
  '1.2.840.10045.4.1': ec('sha1'),
  '1.2.840.10045.4.3.2': ec('sha256'),
  '1.2.840.10045.4.3.3': ec('sha384'),
  '1.2.840.10045.4.3.4': ec('sha512'),
  '1.3.101.112': { hash: undefined, keyType: 'ed25519' },
};

/** Known, and refused whatever the key. */
const insecure: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2-RSA',
  '1.2.840.113549.1.1.4': 'MD5-RSA',
};

const RSA_PSS = '1.2.840.113549.1.1.10';
const pssDigests: Readonly<Record<string, { hash: string; length: number }>> = {
  '2.16.840.1.101.3.4.2.1': { hash: 'sha256', length: 32 },
  '2.16.840.1.101.3.4.2.2': { hash: 'sha384', length: 48 },
  '2.16.840.1.101.3.4.2.3': { hash: 'sha512', length: 64 },
};

/** The AlgorithmIdentifier of our own signatures: SHA-256 with RSA. */
export const sha256WithRsa = der.sequence(der.oid('1.2.840.113549.1.1.11'), der.nothing());
export const sha256WithRsaScheme: SignatureScheme = rsa('sha256');

/**
 * Reads an AlgorithmIdentifier.
 * @returns the scheme, or the reason why a signature with it is not accepted, in Go's words (connector-service §5, §6.1)
 */
export function readSignatureAlgorithm(identifier: der.Asn1 | undefined): SignatureScheme | string {
  const [oid, parameters] = der.partsOf(identifier);
  const id = der.oidOf(oid);
  const weak = insecure[id];
  if (weak) return `x509: cannot verify signature: insecure algorithm ${weak}`;
  const scheme = id === RSA_PSS ? readPss(parameters) : schemes[id];
  return scheme ?? 'x509: cannot verify signature: algorithm unimplemented';
}

/** What cannot be read is an algorithm that nobody knows, as it is to Go. */
function readPss(parameters: der.Asn1 | undefined): SignatureScheme | undefined {
  try {
    return pssOf(parameters);
  } catch (thrown) {
    if (thrown instanceof der.DerError) return undefined;
    throw thrown;
  }
}

/** Only with the same digest inside and out, and a salt as long as the digest. */
function pssOf(parameters: der.Asn1 | undefined): SignatureScheme | undefined {
  const [digest, mask, salt] = der.partsOf(parameters).map((tagged) => der.partsOf(tagged)[0]);
  const outer = pssDigests[der.oidOf(der.partsOf(digest)[0])];
  const inner = pssDigests[der.oidOf(der.partsOf(der.partsOf(mask)[1])[0])];
  if (!outer || outer !== inner || !salt) return undefined;
  // No digest here is longer than a byte can say.
  if (!der.bytesOf(salt).equals(Buffer.of(outer.length))) return undefined;
  const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: outer.length };
  return { hash: outer.hash, keyType: 'rsa', options };
}
