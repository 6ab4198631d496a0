import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Pair {
  readonly crt: string;
  readonly key: string;
}

export interface Certificates {
  readonly authority: Pair;
  /** Of a server that is `localhost`. */
  readonly server: Pair;
  readonly client: Pair;
  /** Of an authority that nobody knows. */
  readonly stranger: Pair;
}

/** An authority with a server and a client, and a stranger, made with openssl. Elliptic keys, for they are quick. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-certificates-'));
  try {
    const file = (name: string) => join(folder, name);
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const read = (name: string): Pair => ({
      crt: readFileSync(file(`${name}.crt`), 'utf8'),
      key: readFileSync(file(`${name}.key`), 'utf8'),
    });
    const own = (name: string): Pair => {
      const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)];
      openssl('req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`, ...out);
      return read(name);
    };
    const issued = (name: string, extensions: string): Pair => {
      writeFileSync(file('extensions'), extensions);
      const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.csr`)];
      openssl('req', ...newKey, '-subj', `/CN=${name}`, ...out);
      const by = ['-CA', file('authority.crt'), '-CAkey', file('authority.key'), '-CAcreateserial'];
      const files = ['-in', file(`${name}.csr`), '-out', file(`${name}.crt`), '-extfile', file('extensions')];
      openssl('x509', '-req', '-days', '2', ...by, ...files);
      return read(name);
    };
    return {
      authority: own('authority'),
      server: issued('localhost', 'subjectAltName=DNS:localhost'),
      client: issued('client', 'extendedKeyUsage=clientAuth'),
      stranger: own('stranger'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
