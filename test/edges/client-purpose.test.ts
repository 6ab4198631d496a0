import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { type Kymulator, type KymulatorOptions, startKymulator } from '../../src/kymulator.ts';
import { call } from '../support/call.ts';
import { edge } from '../support/instance.ts';
import { csr, openssl, rsaKey } from '../support/openssl.ts';

/** What a certificate says it is for, in the words of an openssl extension file, and whether a client may have it. */
const rows: readonly [extensions: string, forClients: boolean][] = [
  // As guides sign by hand: nothing said.
  ['', true],
  ['basicConstraints=CA:FALSE', true],
  ['basicConstraints=CA:FALSE\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nnsComment=Made by hand', true],
  ['subjectAltName=DNS:shop', true],
  ['basicConstraints=critical,CA:TRUE', true],
  ['extendedKeyUsage=clientAuth', true],
  ['extendedKeyUsage=critical,clientAuth', true],
  ['extendedKeyUsage=serverAuth,clientAuth', true],
  ['extendedKeyUsage=anyExtendedKeyUsage,clientAuth', true],
  ['extendedKeyUsage=clientAuth,1.3.6.1.4.1.32473.1.1', true],
  ['extendedKeyUsage=serverAuth', false],
  ['extendedKeyUsage=codeSigning,emailProtection', false],
  ['extendedKeyUsage=1.2.3.4', false],
  // OpenSSL, nginx and Envoy do not take this for clients, though Go does.
  ['extendedKeyUsage=anyExtendedKeyUsage', false],
  ['keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth', true],
  ['keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth', false],
  ['keyUsage=digitalSignature,nonRepudiation', true],
  ['keyUsage=keyAgreement', true],
  ['keyUsage=keyEncipherment,nonRepudiation', false],
  ['keyUsage=encipherOnly,decipherOnly', false],
  ['basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign', false],
  ['nsCertType=client,email', true],
  ['nsCertType=server', false],
  ['nsCertType=server\nextendedKeyUsage=clientAuth', false],
];

interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Who judges: this edge alone, with a page; the handshake before it; this edge alone, by its own clock. */
const judges: readonly [name: string, options: () => KymulatorOptions][] = [
  ['nginx releases', () => ({ kyma: '1.0.0' })],
  ['Istio releases', () => ({})],
  ['another clock than the machine has', () => ({ clock: new ManualClock() })],
];

let folder: string;
/** The files of an authority, and what people sign with them by hand. */
let files: { readonly ca: string; readonly key: string };
let clients: readonly Identity[];
/** What our own listeners show. */
let server: Identity;
let instances: readonly Kymulator[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kymulator-'));
  await (await startKymulator({ ephemeral: false, dataDir: join(folder, 'state'), certsDir: folder })).close();
  files = { ca: join(folder, 'ca.crt'), key: join(folder, 'ca.key') };
  const key = rsaKey();
  const request = csr({ key, subject: '/C=DE/ST=Waldorf/L=Waldorf/O=Organization/OU=OrgUnit/CN=shop' });
  clients = await Promise.all(
    rows.map(async ([extensions], index) => {
      const file = join(folder, `extensions-${index}`);
      await writeFile(file, extensions);
      const args = ['x509', '-req', '-days', '5', '-CA', files.ca, '-CAkey', files.key, '-set_serial', `${index + 1}`];
      return { cert: openssl([...args, ...(extensions ? ['-extfile', file] : [])], request).toString(), key };
    }),
  );
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  server = { cert: await read('server.crt'), key: await read('server.key') };
  instances = await Promise.all(
    judges.map(([, options]) => startKymulator({ ...options(), caCert: files.ca, caKey: files.key })),
  );
});

afterAll(async () => {
  await Promise.all(instances.map((instance) => instance.close()));
  await rm(folder, { recursive: true });
});

/** How an edge answers a client, in a word. */
async function answerOf(instance: Kymulator, url: string, identity: Identity): Promise<string> {
  try {
    const { status, text } = await call(url, { ca: instance.ca.certificate, ...identity });
    return text.includes('The SSL certificate error') ? 'certificate refused' : String(status);
  } catch {
    return 'connection refused';
  }
}

const management = (instance: Kymulator) => `${instance.urls.gateway}/v1/applications/management/info`;

test.each(judges.map(([name], index) => [name, index] as const))(
  'the purpose of a client certificate counts as with openssl: %s',
  async (_, index) => {
    const instance = instances[index] as Kymulator;
    const refused = index === 0 ? 'certificate refused' : 'connection refused';
    const answers = await Promise.all(clients.map((client) => answerOf(instance, management(instance), client)));
    expect(answers.map((answer, row) => [rows[row]?.[0], answer])).toEqual(
      rows.map(([extensions, forClients]) => [extensions, forClients ? '200' : refused]),
    );
  },
);

test('the table above is what openssl says', () => {
  const verdicts = clients.map(({ cert }) => {
    try {
      return openssl(['verify', '-purpose', 'sslclient', '-CAfile', files.ca], cert).toString().includes('OK');
    } catch {
      return false;
    }
  });
  expect(rows.map(([extensions], row) => [extensions, verdicts[row]])).toEqual(rows);
});

test('a server certificate of ours opens no door as a client', async () => {
  const [nginx, istio, byClock] = instances as [Kymulator, Kymulator, Kymulator];
  expect(await answerOf(nginx, management(nginx), server)).toBe('certificate refused');
  for (const instance of [istio, byClock]) {
    expect(await answerOf(instance, management(instance), server)).toBe('connection refused');
  }
  for (const instance of instances) {
    const system = `${edge(instance, 'external-system-tls')}/v1/health`;
    expect(await answerOf(instance, system, server)).toBe('connection refused');
    expect(await answerOf(instance, `${instance.kubernetes.url}/api/v1/namespaces`, server)).toBe('401');
  }
});
