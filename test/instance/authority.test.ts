import { X509Certificate } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ManualClock, systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { type KymulatorOptions, startKymulator } from '../../src/kymulator.ts';
import { createAuthority } from '../../src/pki/authority.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { pair } from '../../src/testing.ts';
import { call } from '../support/call.ts';
import { start, temporaryFolder } from '../support/instance.ts';
import { base64 } from '../support/openssl.ts';
import { warningLog } from '../support/warnings.ts';

const secret = { apiVersion: 'v1', kind: 'Secret', name: 'connector-service-app-ca', namespace: 'kyma-integration' };
const memoryStore = () => createMemoryStore({ clock: systemClock, random: systemRandom, onError: () => {} });
const fingerprint = async (file: string) => new X509Certificate(await readFile(file)).fingerprint256;
const dataOf = (made: { certificatePem: string; privateKeyPem: string }) => ({
  'ca.crt': base64(made.certificatePem),
  'ca.key': base64(made.privateKeyPem),
});

/** A folder, and how to start instances in it. */
async function place() {
  const folder = await temporaryFolder();
  const { log, warnings } = warningLog();
  const file = (name: string) => join(folder, name);
  const options = (data: string, certs: string, more: KymulatorOptions = {}) =>
    ({ ephemeral: false, dataDir: file(data), certsDir: file(certs), externalSystem: false, log, ...more }) as const;
  return { file, options, warnings };
}

test('instances on one store have one authority: a system that is paired with one is let in by the other', async () => {
  const store = memoryStore();
  const [one, other] = await Promise.all([start({ store }), start({ store })]);
  expect(other.ca.certificate).toBe(one.ca.certificate);
  await using shop = await pair(one, 'shop');
  const identity = { ca: one.ca.certificate, cert: shop.certificate, key: shop.key };
  const info = `${other.urls.gateway}/v1/applications/management/info`;
  expect((await call(info, identity)).status).toBe(200);
});

test('instances that start at once with one certs folder have one authority, token and kubeconfig each', async () => {
  const { file, options, warnings } = await place();
  await mkdir(file('certs'));
  // Of an instance that is gone.
  await writeFile(file('certs/kubeconfig'), 'clusters: [{cluster: {server: "https://localhost:1"}}]');
  const instances = await Promise.all(['a', 'b', 'c'].map((data) => start(options(data, 'certs'))));
  for (const { ca } of instances) {
    expect(ca).toEqual({ certificate: instances[0]?.ca.certificate, file: file('certs/ca.crt') });
  }
  const first = instances.find(({ kubernetes }) => kubernetes.file === file('certs/kubeconfig'));
  expect(await readFile(file('certs/kubeconfig'), 'utf8')).toBe(first?.kubernetes.kubeconfig);
  expect(instances.map(({ kubernetes }) => kubernetes.file).filter((path) => path === first?.kubernetes.file)).toEqual([
    file('certs/kubeconfig'),
  ]);
  expect(warnings.filter((text) => text.includes('which still runs'))).toHaveLength(2);
});

test('another folder for the same data gets the authority of the data', async () => {
  const { file, options, warnings } = await place();
  for (const certs of ['c1', 'c1', 'c9']) await (await startKymulator(options('state', certs))).close();
  expect(await readFile(file('c9/ca.crt'), 'utf8')).toBe(await readFile(file('c1/ca.crt'), 'utf8'));
  expect(await readFile(file('c9/ca.key'), 'utf8')).toBe(await readFile(file('c1/ca.key'), 'utf8'));
  expect(warnings).toEqual([]);
});

test('a folder of another authority stays as it is, and what counts is told', async () => {
  const { file, options, warnings } = await place();
  await (await startKymulator(options('state', 'c1'))).close();
  await (await startKymulator(options('other', 'c2'))).close();
  const theirs = await readFile(file('c2/ca.key'), 'utf8');
  const instance = await startKymulator(options('state', 'c2'));
  expect(instance.ca).toEqual({
    certificate: await readFile(file('c1/ca.crt'), 'utf8'),
    file: file('state/ca.crt'),
  });
  expect(await readFile(file('state/ca.crt'), 'utf8')).toBe(instance.ca.certificate);
  await instance.close();
  expect(await readFile(file('c2/ca.key'), 'utf8')).toBe(theirs);
  expect(warnings).toEqual([
    `${file('c2/ca.crt')} is not the certificate of this data's authority, "CN=Kyma" (SHA-256 ${await fingerprint(file('c1/ca.crt'))}), ` +
      `which goes on signing; that is in ${file('state/ca.crt')}. To change the authority start with --ca-cert ${file('c2/ca.crt')} ` +
      `--ca-key ${file('c2/ca.key')}; to have the folder follow the data remove both`,
  ]);
  await (await startKymulator(options('state', 'c1'))).close();
  await expect(access(file('state/ca.crt'))).rejects.toThrow('ENOENT');
});

test('an authority that the user brings counts, is told as a change once, and stays that of the data', async () => {
  const { file, options, warnings } = await place();
  for (const [data, certs] of [
    ['state', 'c1'],
    ['other', 'c2'],
  ] as const) {
    await (await startKymulator(options(data, certs))).close();
  }
  const brought = { caCert: file('c2/ca.crt'), caKey: file('c2/ca.key') };
  for (let time = 0; time < 2; time++) {
    const instance = await startKymulator(options('state', 'c1', brought));
    expect(instance.ca).toEqual({ certificate: await readFile(brought.caCert, 'utf8'), file: brought.caCert });
    await instance.close();
  }
  expect(warnings).toHaveLength(1);
  const [before, now] = [await fingerprint(file('c1/ca.crt')), await fingerprint(brought.caCert)];
  expect(warnings[0]).toMatch(new RegExp(`the certificate authority has changed.*"CN=Kyma".*${before}.*${now}`));
  const instance = await start(options('state', 'c1'));
  expect(instance.ca.certificate).toBe(await readFile(brought.caCert, 'utf8'));
});

test('an authority that was replaced in the cluster is still the one after a restart', async () => {
  const { file, options, warnings } = await place();
  const first = await startKymulator(options('state', 'certs'));
  const made = await createAuthority([Date.now()], systemRandom);
  await first.store.patch(secret, { data: dataOf(made) });
  await first.close();
  const second = await startKymulator(options('state', 'certs'));
  expect(second.ca).toEqual({ certificate: made.certificatePem, file: file('state/ca.crt') });
  await second.close();
  expect(warnings).toEqual([expect.stringContaining('to have the folder follow the data remove both')]);
  for (const name of ['ca.crt', 'ca.key']) await rm(file(`certs/${name}`));
  const third = await start(options('state', 'certs'));
  expect(third.ca).toEqual({ certificate: made.certificatePem, file: file('certs/ca.crt') });
  expect(warnings).toHaveLength(1);
});

test('data that changes to a release with another name for the secret keeps its authority', async () => {
  const store = memoryStore();
  const now = await start({ store });
  const early = await start({ store, kyma: '0.5.0' });
  expect(early.ca.certificate).toBe(now.ca.certificate);
});

test.each([
  ['broken', async () => ({ 'ca.crt': base64('x'), 'ca.key': base64('x') }), /cannot be used: .*pem/i],
  [
    'expired',
    async () => dataOf(await createAuthority([Date.UTC(1999, 1)], systemRandom)),
    /and now is \S+Z\. From now on/,
  ],
])('a published authority that is %s gives way to that of the folder, and that is told', async (_, data, reason) => {
  const { file, options, warnings } = await place();
  const first = await startKymulator(options('state', 'certs'));
  await first.store.patch(secret, { data: await data() });
  await first.close();
  const second = await start(options('state', 'certs'));
  expect(second.ca.file).toBe(file('certs/ca.crt'));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^the authority in the Secret kyma-integration\/connector-service-app-ca cannot be used/);
  expect(warnings[0]).toMatch(reason);
  expect(warnings[0]).toContain(await fingerprint(file('certs/ca.crt')));
  await using shop = await pair(second, 'shop');
  expect(new X509Certificate(shop.certificate).checkIssued(new X509Certificate(second.ca.certificate))).toBe(true);
});

test('on a clock that is years ahead, an authority that has expired there is replaced once', async () => {
  const store = memoryStore();
  const first = await start({ store });
  const clock = new ManualClock(Date.now() + 20 * 365 * 86_400_000);
  const later = await start({ store, clock });
  expect(later.ca.certificate).not.toBe(first.ca.certificate);
  expect((await start({ store, clock })).ca.certificate).toBe(later.ca.certificate);
});

test('a half that is missing in the folder comes back from the data', async () => {
  const { file, options, warnings } = await place();
  const certificate = async () => (await startKymulator(options('state', 'certs'))).close().then(() => 'started');
  await certificate();
  for (const name of ['ca.crt', 'ca.key']) {
    const before = await readFile(file(`certs/${name}`), 'utf8');
    await rm(file(`certs/${name}`));
    await certificate();
    expect(await readFile(file(`certs/${name}`), 'utf8')).toBe(before);
  }
  expect(warnings).toEqual([]);
});
