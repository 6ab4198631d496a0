import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readIfThere, readOrCreate, writeWhole } from '../core/files.ts';
import type { Random } from '../core/random.ts';
import { type Authority, issue, newSerial, RSA_BITS } from './authority.ts';
import { serverExtensions } from './certificate.ts';
import * as der from './der.ts';
import { writePem } from './pem.ts';
import { nameToDer } from './subject.ts';

export interface ServerCertificate {
  /** The certificate, PEM. */
  readonly certificate: string;
  /** Its key, PKCS#8 PEM. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

export interface ServerCertificateOptions {
  readonly authority: Authority;
  /** Host names and IP addresses; the first one is also the common name. */
  readonly names: readonly string[];
  /** Folder of `server.crt` and `server.key`; absent: in memory only. */
  readonly folder?: string | undefined;
  readonly now: number;
  readonly random: Random;
}

const DAY = 24 * 60 * 60 * 1000;
/** The longest that browsers accept. */
const VALID_DAYS = 397;
/** A certificate that is closer to its end than this is replaced. */
export const RENEWAL_MARGIN = 30 * DAY;

/** The certificate of our listeners: the stored one as long as it serves, else a new one for the stored key. */
export async function serverCertificate(options: ServerCertificateOptions): Promise<ServerCertificate> {
  const files = options.folder
    ? {
        certificate: join(options.folder, 'server.crt'),
        key: join(options.folder, 'server.key'),
      }
    : undefined;
  const kept = readKey(files && (await readOrCreate(files.key, newKey, { mode: 0o600 })));
  const key = kept ?? createPrivateKey(await newKey());
  const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const stored = readCertificate(files && (await readIfThere(files.certificate)));
  if (stored && stillServes(stored, key, options)) return describe(stored, keyPem);

  const certificate = await issueFor(key, options);
  const made = describe(new X509Certificate(certificate), keyPem);
  if (files) {
    if (!kept) await writeWhole(files.key, keyPem, { mode: 0o600 });
    await writeWhole(files.certificate, made.certificate);
  }
  return made;
}

const describe = (certificate: X509Certificate, key: string): ServerCertificate => ({
  certificate: writePem('CERTIFICATE', certificate.raw),
  key,
  notAfter: certificate.validToDate.getTime(),
});

/** PKCS#8 PEM. */
async function newKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** What cannot be read is made anew: nothing of value is in these two files. */
function readKey(pem: string | undefined): KeyObject | undefined {
  try {
    return pem === undefined ? undefined : createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function stillServes(certificate: X509Certificate, key: KeyObject, options: ServerCertificateOptions): boolean {
  const { authority, names, now } = options;
  const covers = (name: string) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
  return (
    certificate.checkPrivateKey(key) &&
    certificate.checkIssued(authority.certificate) &&
    certificate.verify(authority.certificate.publicKey) &&
    certificate.validFromDate.getTime() <= now &&
    certificate.validToDate.getTime() - now > RENEWAL_MARGIN &&
    names.every(covers)
  );
}

const issueFor = (key: KeyObject, options: ServerCertificateOptions): Promise<Buffer> =>
  issueServerCertificate(key, { ...options, notBefore: options.now - DAY, notAfter: options.now + VALID_DAYS * DAY });

export interface ServerCertificateContent extends Pick<ServerCertificateOptions, 'authority' | 'names' | 'random'> {
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Issues a certificate for a listener. @returns DER */
export function issueServerCertificate(key: KeyObject, content: ServerCertificateContent): Promise<Buffer> {
  const { authority, names, random, notBefore, notAfter } = content;
  return issue(authority.privateKey, {
    serial: newSerial(random),
    issuer: authority.issuer,
    notBefore,
    notAfter,
    subject: nameToDer([[{ type: 'CN', value: (names[0] ?? 'localhost').slice(0, 64) }]]),
    publicKeyInfo: der.encoded(createPublicKey(key).export({ type: 'spki', format: 'der' })),
    extensions: serverExtensions(
      names.map((name) => (isIP(name) ? addressBytes(name) : name)),
      authority.keyId,
    ),
  });
}

/** An IP address as the bytes of a subjectAltName. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part ? part.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
