import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { systemRandom } from '../../src/core/random.ts';
import { issue, newSerial } from '../../src/pki/authority.ts';
import { loadAuthority } from '../../src/pki/authority-store.ts';
import { authorityExtensions, keyIdentifier } from '../../src/pki/certificate.ts';
import * as der from '../../src/pki/der.ts';
import { writePem } from '../../src/pki/pem.ts';
import { serverCertificate } from '../../src/pki/server-certificate.ts';
import { nameToDer } from '../../src/pki/subject.ts';
import { temporaryFolder } from '../support/instance.ts';
import { openssl, rsaKey } from '../support/openssl.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 5, 1);

/** An authority `CN=name` in two files, made for these times by `signer` (default: itself). */
async function authorityFiles(
  folder: string,
  name: string,
  { from = now - DAY, to = now + DAY, bits = 2048, signer = name } = {},
) {
  const files = { certificateFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
  const pem = rsaKey(bits);
  await writeFile(files.keyFile, pem, { mode: 0o600 });
  const publicKeyInfo = openssl(['pkey', '-pubout', '-outform', 'DER'], pem);
  const certificate = await issue(createPrivateKey(await readFile(join(folder, `${signer}.key`))), {
    serial: newSerial(systemRandom),
    issuer: nameToDer([[{ type: 'CN', value: signer }]]),
    notBefore: from,
    notAfter: to,
    subject: nameToDer([[{ type: 'CN', value: name }]]),
    publicKeyInfo: der.encoded(publicKeyInfo),
    extensions: authorityExtensions(keyIdentifier(publicKeyInfo)),
  });
  await writeFile(files.certificateFile, writePem('CERTIFICATE', certificate));
  return files;
}

async function refusal(source: Parameters<typeof loadAuthority>[0], times: readonly number[] = [now]): Promise<string> {
  const error = await loadAuthority(source, times, systemRandom).then(
    () => new Error('the authority was accepted'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(error).toHaveProperty('code', 'CA_INVALID');
  return (error as UserError).message;
}

test('an authority that has expired is refused, with the times and what to do', async () => {
  const folder = await temporaryFolder();
  const files = await authorityFiles(folder, 'ca', { from: now - 9 * DAY, to: now - DAY });
  expect(await refusal(files)).toBe(
    `${files.certificateFile} has expired: it is valid from 2026-05-23T00:00:00Z to 2026-05-31T00:00:00Z, ` +
      'and now is 2026-06-01T00:00:00Z. Name others with --ca-cert and --ca-key.',
  );
  expect(await refusal({ folder })).toContain(`Remove both ${join(folder, 'ca.crt')} and ${join(folder, 'ca.key')}`);
});

test('an authority must be valid on every clock', async () => {
  const files = await authorityFiles(await temporaryFolder(), 'ca');
  expect((await loadAuthority(files, [now], systemRandom)).file).toBe(files.certificateFile);
  expect(await refusal(files, [now, now + 2 * DAY])).toContain('has expired');
  expect(await refusal(files, [now - 2 * DAY, now])).toContain('is not valid yet');
});

test('a key that clients find too short is refused', async () => {
  const files = await authorityFiles(await temporaryFolder(), 'ca', { bits: 1024 });
  expect(await refusal(files)).toContain(`${files.keyFile} is an RSA key of 1024 bits`);
});

test('a root must have issued the authority, and be valid itself', async () => {
  const folder = await temporaryFolder();
  const root = await authorityFiles(folder, 'root', { to: now + 5 * DAY });
  const namesake = await authorityFiles(await temporaryFolder(), 'root', { to: now + 5 * DAY });
  const other = await authorityFiles(folder, 'other');
  const files = await authorityFiles(folder, 'ca', { to: now + 9 * DAY, signer: 'root' });
  const loaded = await loadAuthority({ ...files, rootFile: root.certificateFile }, [now], systemRandom);
  expect(new X509Certificate(loaded.rootPem ?? '').subject).toBe('CN=root');
  for (const { certificateFile: rootFile } of [other, namesake]) {
    expect(await refusal({ ...files, rootFile })).toMatch(
      /^\S+ \(CN=(other|root)\) has not issued the certificate of the authority \(CN=ca\)\. Name the certificate of CN=root/,
    );
  }
  expect(await refusal({ ...files, rootFile: root.certificateFile }, [now + 6 * DAY])).toContain(
    `${root.certificateFile} has expired`,
  );
});

test('a root above an authority that was just made is refused', async () => {
  const root = await authorityFiles(await temporaryFolder(), 'root');
  const folder = await temporaryFolder();
  expect(await refusal({ folder, rootFile: root.certificateFile })).toContain('has not issued');
  expect(await readdir(folder), 'nothing is written').toEqual([]);
});

test('an authority that we make is one that we take', async () => {
  const folder = await temporaryFolder();
  const made = await loadAuthority({ folder }, [now], systemRandom);
  expect(await loadAuthority({ folder }, [now, now + 3000 * DAY], systemRandom)).toMatchObject({
    certificatePem: made.certificatePem,
    file: join(folder, 'ca.crt'),
  });
});

test('a key without certificate, as a start leaves that was killed, gets one, and what the key has signed stays good', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'ca.crt');
  const before = await loadAuthority({ folder }, [now], systemRandom);
  expect(before.warnings).toEqual([]);
  await rm(file);
  const after = await loadAuthority({ folder }, [now], systemRandom);
  expect(after).toMatchObject({ privateKeyPem: before.privateKeyPem, file });
  expect(after.warnings).toEqual([expect.stringContaining(`${file} was missing beside its key`)]);
  const [old, mended] = [before, after].map(({ certificatePem }) => new X509Certificate(certificatePem));
  expect(mended?.raw.equals(old?.raw as Buffer)).toBe(false);
  const leaf = new X509Certificate(
    (await serverCertificate({ authority: before.authority, names: ['localhost'], now, random: systemRandom }))
      .certificate,
  );
  expect(leaf.checkIssued(mended as X509Certificate) && leaf.verify(mended?.publicKey as KeyObject)).toBe(true);
  expect(await loadAuthority({ folder }, [now], systemRandom)).toMatchObject({
    certificatePem: after.certificatePem,
    warnings: [],
  });
});

test.each([
  ['ca.crt', rsaKey(1024), /RSA key of 1024 bits/],
  ['ca.crt', 'no PEM', /ca\.key is not an unencrypted PEM private key/],
  [
    'ca.key',
    undefined,
    /ca\.key does not exist, but the authority needs it together with \S+ca\.crt\. Bring it back, or/,
  ],
])('a folder without %s is refused when the other half cannot help', async (missing, key, text) => {
  const folder = await temporaryFolder();
  await loadAuthority({ folder }, [now], systemRandom);
  await rm(join(folder, missing));
  if (key) await writeFile(join(folder, 'ca.key'), key);
  expect(await refusal({ folder })).toMatch(text);
});
