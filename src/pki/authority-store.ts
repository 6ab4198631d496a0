import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { codeOf, messageOf, userError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { type Authority, authorityFrom, createAuthority, readAuthority, type SelfSigned } from './authority.ts';
import { checkAuthority, checkRoot } from './authority-check.ts';
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
  const { rootFile } = source;
  const [found, root] = await Promise.all([findAuthority(source, times, random), readRoot(rootFile)]);
  if (rootFile && root) checkRoot(root, rootFile, found.authority.certificate, times);
  return { ...found, rootPem: root && writePem('CERTIFICATE', root.raw) };
}

async function findAuthority(
  { folder, certificateFile, keyFile }: AuthoritySource,
  times: readonly number[],
  random: Random,
): Promise<Omit<LoadedAuthority, 'rootPem'>> {
  if (certificateFile || keyFile) {
    if (!certificateFile || !keyFile) {
      throw userError('CA_INVALID.half', {});
    }
    return fromFiles(certificateFile, keyFile, 'Name others with --ca-cert and --ca-key.', times);
  }
  if (!folder) {
    const made = await createAuthority(times, random);
    return { ...made, authority: readAuthority(made.certificatePem, made.privateKeyPem), file: undefined };
  }
  const certificate = join(folder, 'ca.crt');
  const key = join(folder, 'ca.key');
  const found = await Promise.all([read(certificate), read(key)]);
  if (found[0] === undefined && found[1] === undefined) {
    const made = await createAuthority(times, random);
    await writeWhole(key, made.privateKeyPem, 0o600);
    await writeWhole(certificate, made.certificatePem, 0o644);
  }
  return fromFiles(
    certificate,
    key,
    `Remove both ${certificate} and ${key} to have a new authority made (certificates of the old one are then refused).`,
    times,
  );
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readIfThere(file);
  } catch (thrown) {
    const reason = codeOf(thrown) ?? messageOf(thrown);
    throw userError('CA_INVALID.unreadable', { file, reason }, { cause: thrown });
  }
}

async function readRoot(file: string | undefined): Promise<X509Certificate | undefined> {
  if (!file) return undefined;
  const pem = await read(file);
  if (pem === undefined) throw userError('CA_INVALID.absent', { file });
  return attempt(file, 'a PEM certificate', () => new X509Certificate(pem));
}

async function fromFiles(
  certificateFile: string,
  keyFile: string,
  remedy: string,
  times: readonly number[],
): Promise<Omit<LoadedAuthority, 'rootPem'>> {
  const [certificatePem, privateKeyPem] = await Promise.all([read(certificateFile), read(keyFile)]);
  const [missing, present] = certificatePem === undefined ? [certificateFile, keyFile] : [keyFile, certificateFile];
  if (certificatePem === undefined || privateKeyPem === undefined) {
    throw userError('CA_INVALID.incomplete', { missing, present });
  }
  const certificate = attempt(certificateFile, 'a PEM certificate', () => new X509Certificate(certificatePem));
  const key = attempt(keyFile, 'an unencrypted PEM private key', () => createPrivateKey(privateKeyPem));
  checkAuthority({ certificate, key, certificateName: certificateFile, keyName: keyFile, remedy }, times);
  return { certificatePem, privateKeyPem, authority: authorityFrom(certificate, key), file: certificateFile };
}

function attempt<T>(name: string, wanted: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw userError('CA_INVALID.form', { file: name, expected: wanted }, { cause: thrown });
  }
}
