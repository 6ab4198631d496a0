import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { codeOf, messageOf, UserError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { type Authority, authorityFrom, createAuthority, type SelfSigned } from './authority.ts';
import { readIfThere, writeWhole } from './files.ts';
import { writePem } from './pem.ts';

/** Where the authority comes from. Neither folder nor files: it lives in memory only. */
export interface AuthoritySource {
  /** Folder of `ca.crt` and `ca.key`; both are made there when they are missing. */
  readonly folder?: string | undefined;
  /** An authority that the user brings. Both or none. */
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** A root above the authority. */
  readonly rootFile?: string | undefined;
}

export interface LoadedAuthority extends SelfSigned {
  readonly authority: Authority;
  /** The certificate's file, when there is one. */
  readonly file: string | undefined;
  /** PEM of the root above the authority. */
  readonly rootPem: string | undefined;
}

/**
 * Loads the certificate authority, or makes it where none is yet.
 * @param times now, on every clock that the authority must be valid by
 * @throws UserError `CA_INVALID` that names the file and what is wrong with it
 */
export async function loadAuthority(
  source: AuthoritySource,
  times: readonly number[],
  random: Random,
): Promise<LoadedAuthority> {
  const [found, rootPem] = await Promise.all([findAuthority(source, times, random), readRoot(source.rootFile)]);
  return { ...found, rootPem };
}

async function findAuthority(
  { folder, certificateFile, keyFile }: AuthoritySource,
  times: readonly number[],
  random: Random,
): Promise<Omit<LoadedAuthority, 'rootPem'>> {
  if (certificateFile || keyFile) {
    if (!certificateFile || !keyFile) {
      throw caInvalid('an own authority takes both --ca-cert and --ca-key; only one of them is given');
    }
    return fromFiles(certificateFile, keyFile);
  }
  if (!folder) {
    const made = await createAuthority(times, random);
    return { ...made, authority: parse(made, 'the new authority'), file: undefined };
  }
  const certificate = join(folder, 'ca.crt');
  const key = join(folder, 'ca.key');
  const found = await Promise.all([read(certificate), read(key)]);
  if (found[0] === undefined && found[1] === undefined) {
    const made = await createAuthority(times, random);
    await writeWhole(key, made.privateKeyPem, 0o600);
    await writeWhole(certificate, made.certificatePem, 0o644);
  }
  return fromFiles(certificate, key);
}

const caInvalid = (text: string, cause?: unknown) => new UserError('CA_INVALID', text, { cause });

async function read(file: string): Promise<string | undefined> {
  try {
    return await readIfThere(file);
  } catch (thrown) {
    throw caInvalid(`${file} cannot be read: ${codeOf(thrown) ?? messageOf(thrown)}`, thrown);
  }
}

async function readRoot(file: string | undefined): Promise<string | undefined> {
  if (!file) return undefined;
  const pem = await read(file);
  if (pem === undefined) throw caInvalid(`${file} does not exist`);
  return writePem('CERTIFICATE', attempt(file, 'a PEM certificate', () => new X509Certificate(pem)).raw);
}

async function fromFiles(certificateFile: string, keyFile: string): Promise<Omit<LoadedAuthority, 'rootPem'>> {
  const [certificatePem, privateKeyPem] = await Promise.all([read(certificateFile), read(keyFile)]);
  const [missing, present] = certificatePem === undefined ? [certificateFile, keyFile] : [keyFile, certificateFile];
  if (certificatePem === undefined || privateKeyPem === undefined) {
    throw caInvalid(
      `${missing} does not exist, but the authority needs it together with ${present}. ` +
        'Bring it back, or remove both to have a new authority made (certificates of the old one are then refused)',
    );
  }
  const texts = { certificatePem, privateKeyPem };
  const authority = parse(texts, certificateFile, keyFile);
  return { ...texts, authority, file: certificateFile };
}

function parse(texts: SelfSigned, certificateName: string, keyName = certificateName): Authority {
  const certificate = attempt(certificateName, 'a PEM certificate', () => new X509Certificate(texts.certificatePem));
  const key = attempt(keyName, 'an unencrypted PEM private key', () => createPrivateKey(texts.privateKeyPem));
  checkPair(certificate, key, certificateName, keyName);
  return authorityFrom(certificate, key);
}

function attempt<T>(name: string, wanted: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw caInvalid(`${name} is not ${wanted}`, thrown);
  }
}

function checkPair(certificate: X509Certificate, key: KeyObject, certificateName: string, keyName: string): void {
  if (key.asymmetricKeyType !== 'rsa') throw caInvalid(`${keyName} holds no RSA key; the authority signs with RSA`);
  if (!certificate.checkPrivateKey(key)) throw caInvalid(`${keyName} is not the key of ${certificateName}`);
  // X.509 v1, as in the first Kyma releases, has no extension that could say so.
  if (!certificate.ca && isVersion3(certificate)) {
    throw caInvalid(`${certificateName} is not the certificate of an authority (basicConstraints CA:TRUE is missing)`);
  }
}

/** Only a v3 certificate has its version as an explicitly tagged first part. */
function isVersion3(certificate: X509Certificate): boolean {
  const body = certificate.raw;
  const headerLength = (at: number) => ((body[at + 1] as number) < 0x80 ? 2 : 2 + ((body[at + 1] as number) & 0x7f));
  const information = headerLength(0);
  return body[information + headerLength(information)] === 0xa0;
}
