import { filesIn, type KeptAuthority } from './authority-files.ts';

/** What the user should know about where the authority came from. */

const CONSEQUENCES =
  'Certificates of the former are refused, and kubeconfigs and trust stores that name it no longer work: pair every system again, ' +
  'or start with --ca-cert and --ca-key of the former (ca.crt and ca.key of its --certs-dir)';

export const changed = (before: KeptAuthority, now: KeptAuthority) =>
  `the certificate authority has changed: this data belongs to ${shown(before)}, from now on ${shown(now)} signs. ${CONSEQUENCES}`;

export const replaced = (problem: string, now: KeptAuthority) =>
  `${problem}${problem.endsWith('.') ? '' : '.'} From now on ${shown(now)} signs. ${CONSEQUENCES}`;

export const mended = (file: string) =>
  `${file} was missing beside its key, as after a start that was ended too early, and has been made anew`;

/** @param file where the certificate of the data is */
export function elsewhere(folder: string, now: KeptAuthority, file: string | undefined): string {
  const { certificate, key } = filesIn(folder);
  return (
    `${certificate} is not the certificate of this data's authority, ${shown(now)}, which goes on signing` +
    `${file ? `; that is in ${file}` : ''}. To change the authority start with --ca-cert ${certificate} --ca-key ${key}; ` +
    `to have the folder follow the data remove both`
  );
}

const shown = ({ authority: { certificate } }: KeptAuthority) =>
  `"${certificate.subject.replaceAll('\n', ', ')}" (SHA-256 ${certificate.fingerprint256})`;
