import type { KeyObject, X509Certificate } from 'node:crypto';
import { userError } from '../core/errors.ts';
import { RSA_BITS } from './authority.ts';

/** A certificate and its key, what messages call them, and what to do about them. */
export interface AuthorityPair {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly certificateName: string;
  readonly keyName: string;
  /** A sentence. */
  readonly remedy: string;
}

/**
 * Refuses what could not do the work of an authority, here or at a client.
 * @param times now, on every clock that the authority must be valid by
 * @throws UserError `CA_INVALID`
 */
export function checkAuthority(pair: AuthorityPair, times: readonly number[]): void {
  const { certificate, key, certificateName, keyName, remedy } = pair;
  const names = { certificate: certificateName, key: keyName };
  if (key.asymmetricKeyType !== 'rsa') throw userError('CA_INVALID.keyType', names);
  if (!certificate.checkPrivateKey(key)) throw userError('CA_INVALID.mismatch', names);
  // X.509 v1, as in the first Kyma releases, has no extension that could say so.
  if (!certificate.ca && isVersion3(certificate)) throw userError('CA_INVALID.leaf', names);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < RSA_BITS) throw userError('CA_INVALID.weak', { ...names, bits, least: RSA_BITS, remedy });
  checkValidity(certificate, certificateName, remedy, times);
}

/**
 * Refuses a root that is not above the authority: clients would get a chain that leads nowhere.
 * @throws UserError `CA_INVALID`
 */
export function checkRoot(
  root: X509Certificate,
  rootName: string,
  authority: X509Certificate,
  times: readonly number[],
): void {
  const remedy = `Name the certificate of ${nameOf(authority.issuer)} with --root-ca-cert, or leave that out.`;
  if (!authority.checkIssued(root) || !authority.verify(root.publicKey)) {
    const [rootSubject, subject] = [nameOf(root.subject), nameOf(authority.subject)];
    throw userError('CA_INVALID.root', { root: rootName, rootSubject, subject, remedy });
  }
  checkValidity(root, rootName, remedy, times);
}

function checkValidity(certificate: X509Certificate, name: string, remedy: string, times: readonly number[]): void {
  const [from, to] = [certificate.validFromDate, certificate.validToDate];
  const outside = times.find((time) => time < from.getTime() || time > to.getTime());
  if (outside === undefined) return;
  const key = outside > to.getTime() ? 'CA_INVALID.expired' : 'CA_INVALID.early';
  throw userError(key, { certificate: name, from: iso(from), to: iso(to), now: iso(new Date(outside)), remedy });
}

const iso = (date: Date) => date.toISOString().replace(/\.\d+Z$/, 'Z');

/** Node writes the parts of a name into lines. */
const nameOf = (subject: string) => subject.replaceAll('\n', ', ');

/** Only a v3 certificate has its version as an explicitly tagged first part. */
function isVersion3(certificate: X509Certificate): boolean {
  const body = certificate.raw;
  const headerLength = (at: number) => ((body[at + 1] as number) < 0x80 ? 2 : 2 + ((body[at + 1] as number) & 0x7f));
  const information = headerLength(0);
  return body[information + headerLength(information)] === 0xa0;
}
