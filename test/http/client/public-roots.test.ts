import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { systemRandom } from '../../../src/core/random.ts';
import { createAuthority, readAuthority } from '../../../src/pki/authority.ts';
import { serverCertificate } from '../../../src/pki/server-certificate.ts';
import { runChild } from '../../cli/child.ts';
import { makeCertificates } from '../../gateway/certificates.ts';
import { secured } from '../../gateway/secured.ts';
import { temporaryFolder } from '../../support/instance.ts';

const child = fileURLToPath(new URL('./registering-child.ts', import.meta.url));

const publisher = (pair: { readonly crt: string; readonly key: string }) => {
  const certificates = { authority: pair, server: pair, client: pair, stranger: pair };
  return secured(
    ({ line }, response) => void response.end(line === 'GET /spec' ? '{"openapi":"3.0.0"}' : '<edmx/>'),
    certificates,
  );
};

test('specifications are fetched from hosts of public authorities as well as of our own', {
  timeout: 60_000,
}, async () => {
  const folder = await temporaryFolder();
  const write = async (name: string, text: string) => {
    const file = join(folder, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  const own = await createAuthority([Date.now()], systemRandom);
  const ownServer = await serverCertificate({
    authority: readAuthority(own.certificatePem, own.privateKeyPem),
    names: ['localhost'],
    now: Date.now(),
    random: systemRandom,
  });
  const world = makeCertificates();
  const ofPublic = await publisher(world.server);
  const ofOurs = await publisher({ crt: ownServer.certificate, key: ownServer.key });

  const files = [await write('ca.crt', own.certificatePem), await write('ca.key', own.privateKeyPem)];
  const env = { NODE_EXTRA_CA_CERTS: await write('public.crt', world.authority.crt) };
  const { code, stdout, stderr } = await runChild(child, [...files, ofPublic.url, ofOurs.url], { env });
  expect([code, stderr]).toEqual([0, '']);
  const published = ['{"openapi":"3.0.0"}', '"<edmx/>"'];
  expect(JSON.parse(stdout)).toEqual([...published, ...published]);
  expect(ofPublic.seen.map(({ line }) => line)).toEqual(['GET /spec', 'GET /$metadata']);
});
