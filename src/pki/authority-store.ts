import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, userError } from '../core/errors.ts';
import { writeWhole } from '../core/files.ts';
import type { Random } from '../core/random.ts';
import { createAuthority, readAuthority, type SelfSigned } from './authority.ts';
import { checkAuthority, checkRoot } from './authority-check.ts';
import {
  authorityIn,
  filesIn,
  type KeptAuthority,
  keepInFolder,
  readAuthorityFiles,
  readCertificate,
  readText,
} from './authority-files.ts';
import { changed, elsewhere, mended, replaced } from './authority-texts.ts';
import { writePem } from './pem.ts';

/** Where the authority comes from. Without any of these it is made, and lives in memory only. */
export interface AuthoritySource {
  /** What all instances on one store share: it counts more than the folder. */
  readonly published?: PublishedAuthority | undefined;
  /** Folder of `ca.crt` and `ca.key`: read where nothing is published, and made where they are missing. */
  readonly folder?: string | undefined;
  /** Where the certificate goes when the folder is that of another authority. */
  readonly ownFolder?: string | undefined;
  /** An authority that the user brings. Both or none. It counts more than everything else. */
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** A root above the authority. */
  readonly rootFile?: string | undefined;
}

/** The place where instances find their common authority. */
export interface PublishedAuthority {
  /** As messages name the place. */
  readonly name: string;
  read(): Promise<Publication | undefined>;
  /**
   * Publishes an authority, in the place of what was read before.
   * @returns false when something else is published by now
   */
  publish(authority: SelfSigned, before: Publication | undefined): Promise<boolean>;
}

export interface Publication {
  /** Of what is published; another one after every change. */
  readonly version: string;
  /** @throws an Error that says what is wrong with it */
  authority(): KeptAuthority;
}

export interface LoadedAuthority extends KeptAuthority {
  /** The certificate's file, when there is one. */
  readonly file: string | undefined;
  /** PEM of the root above the authority. */
  readonly rootPem: string | undefined;
  /** What the user should know. */
  readonly warnings: readonly string[];
}

/**
 * Finds the certificate authority, or makes it where none is yet: that which the user brings, else the published one,
 * else that of the folder, else a new one. It is published, and put into the folder when that has none.
 * @param times now, on every clock that the authority must be valid by
 * @throws UserError `CA_INVALID` that names the file and what is wrong with it
 */
export async function loadAuthority(
  source: AuthoritySource,
  times: readonly number[],
  random: Random,
): Promise<LoadedAuthority> {
  const { rootFile } = source;
  const root = await readRoot(rootFile);
  const found = await settle(source, times, random, ({ authority }) => {
    if (rootFile && root) checkRoot(root, rootFile, authority.certificate, times);
  });
  return { ...found, rootPem: root && writePem('CERTIFICATE', root.raw) };
}

type Settled = Omit<LoadedAuthority, 'rootPem'>;

/** @param check called before anything is published or written */
async function settle(
  source: AuthoritySource,
  times: readonly number[],
  random: Random,
  check: (chosen: KeptAuthority) => void,
): Promise<Settled> {
  const { published, folder } = source;
  const warnings: string[] = [];
  const brought = await broughtBy(source, times);
  let made: KeptAuthority | undefined;
  let folderIsTaken = false;
  const inFolder = () => authorityIn(folder, times, random, (file) => warnings.push(mended(file)));
  const newOne = async () => {
    made ??= await make(times, random);
    return made;
  };
  // Again only when another instance was faster, with what it has published or put into the folder.
  for (;;) {
    const before = await published?.read();
    const { shared, problem } = published && before ? examine(before, published.name, times) : {};
    // Nobody has used it yet, so that it may give way.
    const isNew = shared !== undefined && made !== undefined && same(shared, made);
    const chosen = brought ?? (isNew && folderIsTaken ? undefined : shared) ?? (await inFolder()) ?? (await newOne());
    check(chosen);
    if (published && !(shared && same(shared, chosen))) {
      if (!(await published.publish(chosen, before))) continue;
      if (problem) warnings.push(replaced(problem, chosen));
      else if (shared && !isNew) warnings.push(changed(shared, chosen));
    }
    if (brought || !folder) return { ...chosen, file: brought && source.certificateFile, warnings };
    if (await keepInFolder(folder, chosen)) {
      if (source.ownFolder) await rm(ownFile(source.ownFolder), { force: true });
      return { ...chosen, file: filesIn(folder).certificate, warnings };
    }
    if (!made || !same(made, chosen)) return besideData(source, folder, chosen, warnings);
    folderIsTaken = true;
  }
}

const same = (left: KeptAuthority, right: KeptAuthority) =>
  left.authority.certificate.raw.equals(right.authority.certificate.raw);

async function make(times: readonly number[], random: Random): Promise<KeptAuthority> {
  const made = await createAuthority(times, random);
  return { ...made, authority: readAuthority(made.certificatePem, made.privateKeyPem) };
}

async function broughtBy(
  { certificateFile, keyFile }: AuthoritySource,
  times: readonly number[],
): Promise<KeptAuthority | undefined> {
  if (!certificateFile && !keyFile) return undefined;
  if (!certificateFile || !keyFile) {
    throw userError('CA_INVALID.half', {});
  }
  const files = { certificate: certificateFile, key: keyFile };
  return readAuthorityFiles(files, times, 'Name others with --ca-cert and --ca-key.');
}

/** One that can no longer sign is as good as none, so that whoever has a better one need not clear it away first. */
function examine(
  publication: Publication,
  name: string,
  times: readonly number[],
): { readonly shared?: KeptAuthority; readonly problem?: string } {
  try {
    const shared = publication.authority();
    const { certificate, privateKey: key } = shared.authority;
    const names = { certificateName: `the certificate in ${name}`, keyName: `the key in ${name}`, remedy: '' };
    checkAuthority({ certificate, key, ...names }, times);
    return { shared };
  } catch (thrown) {
    return { problem: `the authority in ${name} cannot be used: ${messageOf(thrown).trimEnd()}` };
  }
}

const ownFile = (ownFolder: string) => join(ownFolder, 'ca.crt');

/** The folder stays as it is: it may be that of another instance, or hold the only copy of a key. */
async function besideData(
  { ownFolder }: AuthoritySource,
  folder: string,
  chosen: KeptAuthority,
  warnings: readonly string[],
): Promise<Settled> {
  const file = ownFolder && ownFile(ownFolder);
  if (file) await writeWhole(file, chosen.certificatePem, { folderMode: 0o700 });
  return { ...chosen, file, warnings: [...warnings, elsewhere(folder, chosen, file)] };
}

async function readRoot(file: string | undefined) {
  if (!file) return undefined;
  const pem = await readText(file);
  if (pem === undefined) throw userError('CA_INVALID.absent', { file });
  return readCertificate(pem, file);
}
