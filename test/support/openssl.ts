import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs the real openssl. */
export const openssl = (args: readonly string[], input?: string | Buffer): Buffer =>
  execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] });

/** A new RSA key, PEM. */
export const rsaKey = (bits = 2048): string =>
  generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Any other kind of key, PEM. */
export const keyOf = (...args: string[]): string => openssl(['genpkey', ...args]).toString();

export interface CsrOptions {
  readonly key: string;
  /** As `-subj` takes it. */
  readonly subject: string;
  /** Further arguments of `openssl req`; default `-sha256`. */
  readonly args?: readonly string[];
}

/** A signing request made by openssl, PEM. */
export function csr({ key, subject, args = ['-sha256'] }: CsrOptions): string {
  const folder = mkdtempSync(join(tmpdir(), 'kymulator-csr-'));
  try {
    const file = join(folder, 'key');
    writeFileSync(file, key, { mode: 0o600 });
    return openssl(['req', '-new', '-utf8', '-key', file, '-subj', subject, ...args]).toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The subject of the info answers in the form that `openssl req -subj` takes. */
export const slashSubject = (commaSubject: string) => `/${commaSubject.replaceAll(',', '/')}`;

export const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

/** What `openssl x509` prints about a certificate. */
export const x509 = (pem: string, ...args: string[]): string =>
  openssl(['x509', '-noout', ...args], pem)
    .toString()
    .trim();
