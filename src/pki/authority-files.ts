import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { codeOf, messageOf, userError } from '../core/errors.ts';
import { createWhole, readIfThere } from '../core/files.ts';
import type { Random } from '../core/random.ts';
import { type Authority, authorityFrom, createAuthority, type SelfSigned } from './authority.ts';
import { checkAuthority } from './authority-check.ts';

/** An authority that can sign, and its texts. */
export interface KeptAuthority extends SelfSigned {
  readonly authority: Authority;
}

/** The two files of an authority. */
export interface AuthorityFiles {
  readonly certificate: string;
  readonly key: string;
}

export const filesIn = (folder: string): AuthorityFiles => ({
  certificate: join(folder, 'ca.crt'),
  key: join(folder, 'ca.key'),
});

interface Texts {
  readonly certificatePem: string | undefined;
  readonly privateKeyPem: string | undefined;
}

/**
 * The key is always made first. In the order of this function a pair that others make meanwhile is none, a key alone, or
 * whole, but never a certificate that has lost its key.
 */
async function textsOf(files: AuthorityFiles): Promise<Texts> {
  const certificatePem = await readText(files.certificate);
  return { certificatePem, privateKeyPem: await readText(files.key) };
}

/**
 * Reads and checks the authority of two files.
 * @param remedy what to do about one that cannot be used, as a sentence
 * @throws UserError `CA_INVALID` that names the file
 */
export async function readAuthorityFiles(
  files: AuthorityFiles,
  times: readonly number[],
  remedy: string,
): Promise<KeptAuthority> {
  const { certificatePem, privateKeyPem } = await textsOf(files);
  if (certificatePem === undefined || privateKeyPem === undefined) {
    const [missing, present] =
      certificatePem === undefined ? [files.certificate, files.key] : [files.key, files.certificate];
    throw userError('CA_INVALID.incomplete', { missing, present });
  }
  return checked({ certificatePem, privateKeyPem }, files, times, remedy);
}

function checked(texts: SelfSigned, files: AuthorityFiles, times: readonly number[], remedy: string): KeptAuthority {
  const certificate = readCertificate(texts.certificatePem, files.certificate);
  const key = readKey(texts.privateKeyPem, files.key);
  checkAuthority({ certificate, key, certificateName: files.certificate, keyName: files.key, remedy }, times);
  return { ...texts, authority: authorityFrom(certificate, key) };
}

/**
 * The authority of a folder, if it has one. A key without certificate, as a start leaves that was ended between the two,
 * gets one anew.
 * @param mended told the file that was made anew
 * @throws UserError `CA_INVALID`
 */
export async function authorityIn(
  folder: string | undefined,
  times: readonly number[],
  random: Random,
  mended: (file: string) => void,
): Promise<KeptAuthority | undefined> {
  if (!folder) return undefined;
  const files = filesIn(folder);
  const { certificatePem, privateKeyPem } = await textsOf(files);
  if (certificatePem === undefined && privateKeyPem === undefined) return undefined;
  const remedy = `Remove both ${files.certificate} and ${files.key} to have a new authority made (certificates of the old one are then refused).`;
  if (certificatePem === undefined && privateKeyPem !== undefined) {
    const made = await createAuthority(times, random, readKey(privateKeyPem, files.key));
    checked(made, files, times, remedy);
    if (await createWhole(files.certificate, made.certificatePem, { flush: true })) mended(files.certificate);
  }
  return readAuthorityFiles(files, times, remedy);
}

/**
 * Puts an authority into a folder that has none, or only a half of this one. Of several processes that do so at once the
 * first counts.
 * @returns whether it is the folder's authority now
 */
export async function keepInFolder(folder: string, kept: KeptAuthority): Promise<boolean> {
  const files = filesIn(folder);
  const { certificate, privateKey } = kept.authority;
  const hasOther = ({ certificatePem, privateKeyPem }: Texts) =>
    certificatePem === undefined
      ? privateKeyPem !== undefined && !readable(() => createPrivateKey(privateKeyPem))?.equals(privateKey)
      : !readable(() => new X509Certificate(certificatePem))?.raw.equals(certificate.raw);
  let texts = await textsOf(files);
  if (texts.privateKeyPem === undefined && !hasOther(texts)) {
    await createWhole(files.key, kept.privateKeyPem, { mode: 0o600, flush: true });
    texts = await textsOf(files);
  }
  if (texts.certificatePem === undefined && !hasOther(texts)) {
    await createWhole(files.certificate, kept.certificatePem, { flush: true });
    texts = await textsOf(files);
  }
  return !hasOther(texts);
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** @throws UserError `CA_INVALID` */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readIfThere(file);
  } catch (thrown) {
    throw userError('CA_INVALID.unreadable', { file, reason: codeOf(thrown) ?? messageOf(thrown) }, { cause: thrown });
  }
}

/** @throws UserError `CA_INVALID` */
export const readCertificate = (pem: string, name: string): X509Certificate =>
  attempt(name, 'a PEM certificate', () => new X509Certificate(pem));

/** @throws UserError `CA_INVALID` */
const readKey = (pem: string, name: string): KeyObject =>
  attempt(name, 'an unencrypted PEM private key', () => createPrivateKey(pem));

function attempt<T>(name: string, wanted: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw userError('CA_INVALID.form', { file: name, expected: wanted }, { cause: thrown });
  }
}
