import { resolve } from 'node:path';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import type { Kymulator } from '../../src/kymulator.ts';
import { createAuthority, readAuthority } from '../../src/pki/authority.ts';
import { newClientPair } from '../../src/pki/key-pair.ts';
import type { Secret } from '../../src/resources/core-kinds.ts';
import { pair } from '../../src/testing.ts';
import { call } from '../support/call.ts';
import { edge, start, temporaryFolder } from '../support/instance.ts';
import { base64, openssl, x509 } from '../support/openssl.ts';
import { basic, client, form } from './secured.ts';

const demo = resolve(import.meta.dirname, '../../fixtures/demo');
const DAY = 24 * 60 * 60 * 1000;

interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** The client certificate that the demo's services use. */
async function demoClient({ store }: Kymulator): Promise<Identity> {
  const reference = { apiVersion: 'v1', kind: 'Secret', namespace: 'kyma-system', name: 'demo-client-certificate' };
  const { data = {} } = (await store.get(reference)) as unknown as Secret;
  const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString();
  return { cert: text('crt'), key: text('key') };
}

/** A client certificate of an authority of its own. */
async function foreignClient(): Promise<Identity> {
  const now = Date.now();
  const made = await createAuthority([now], systemRandom);
  const { certificate, key } = await newClientPair({
    authority: readAuthority(made.certificatePem, made.privateKeyPem),
    subject: [{ type: 'CN', value: 'stranger' }],
    notBefore: now - DAY,
    notAfter: now + DAY,
    random: systemRandom,
  });
  return { cert: certificate, key };
}

test('the demo client and every paired system are let in by their certificates', async () => {
  const instance = await start({ seed: [demo] });
  await using shop = await pair(instance, 'shop');
  const ca = instance.ca.certificate;
  const system = edge(instance, 'external-system-tls');
  for (const identity of [await demoClient(instance), { cert: shop.certificate, key: shop.key }]) {
    expect(await call(`${system}/v1/api/mtls/ok`, { ca, ...identity })).toMatchObject({ status: 200, text: '' });
    expect((await call(`${system}/v1/api/csrf-mtls/ok`, { ca, ...identity })).status).toBe(403);
  }
});

test('what one listener issues is good at the other', async () => {
  const instance = await start({ seed: [demo] });
  const ca = instance.ca.certificate;
  const identity = await demoClient(instance);
  const plain = edge(instance, 'external-system');
  const tls = edge(instance, 'external-system-tls');

  const token = await call(`${tls}/v1/api/mtls-oauth/token`, {
    method: 'POST',
    headers: form,
    body: client,
    ca,
    ...identity,
  });
  const bearer = { Authorization: `Bearer ${token.json.access_token}` };
  expect((await call(`${plain}/v1/api/oauth/ok`, { headers: bearer })).status).toBe(200);

  const { headers } = await call(`${plain}/v1/api/csrf/token`);
  const csrf = { 'X-Csrf-Token': String(headers['x-csrf-token']), Cookie: String(headers['set-cookie']?.[0]) };
  expect((await call(`${tls}/v1/api/csrf-mtls/ok`, { headers: csrf, ca, ...identity })).status).toBe(200);
  const both = { ...csrf, Authorization: basic() };
  expect((await call(`${plain}/v1/api/csrf-basic/ok`, { headers: both })).status).toBe(200);
});

const strangers: [name: string, identity: () => Promise<Partial<Identity>>, code: RegExp][] = [
  ['no certificate', async () => ({}), /CERTIFICATE_REQUIRED/],
  ['a certificate of another authority', foreignClient, /ECONNRESET/],
];

test.each(strangers)('%s ends in the TLS handshake, without an HTTP answer', async (_, identity, code) => {
  const instance = await start();
  const options = { rejectUnauthorized: false, ...(await identity()) };
  for (const name of ['external-system-tls', 'external-system-expired']) {
    const failed = call(`${edge(instance, name)}/v1/health`, options);
    await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(code) });
  }
});

test('the expired listener shows the certificate of a day in 2022, and works for who does not look', async () => {
  const instance = await start({ seed: [demo] });
  const identity = await demoClient(instance);
  const url = edge(instance, 'external-system-expired');
  const ca = instance.ca.certificate;
  await expect(call(`${url}/v1/health`, { ca, ...identity })).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' });

  const socket = connect({
    host: 'localhost',
    port: Number(new URL(url).port),
    rejectUnauthorized: false,
    ...identity,
  });
  const pem = await new Promise<string>((fulfil, reject) => {
    socket.on('error', reject);
    socket.on('secureConnect', () => {
      const { raw } = socket.getPeerX509Certificate() ?? {};
      fulfil(`-----BEGIN CERTIFICATE-----\n${raw?.toString('base64')}\n-----END CERTIFICATE-----\n`);
    });
  });
  socket.destroy();
  expect(x509(pem, '-dates')).toBe('notBefore=Aug  1 00:00:00 2022 GMT\nnotAfter=Aug  2 00:00:00 2022 GMT');
  const careless = { ...identity, rejectUnauthorized: false };
  expect(await call(`${url}/v1/api/mtls/ok`, careless)).toMatchObject({ status: 200, text: '' });
});

test('a client certificate counts by the clock of the instance', async () => {
  const clock = new ManualClock();
  const instance = await start({ seed: [demo], clock, certificateValidity: '1h' });
  await using shop = await pair(instance, 'shop');
  const url = `${edge(instance, 'external-system-tls')}/v1/api/mtls/ok`;
  const identity = { ca: instance.ca.certificate, cert: shop.certificate, key: shop.key };
  expect((await call(url, identity)).status).toBe(200);
  clock.advance(2 * 60 * 60 * 1000);
  await expect(call(url, identity)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect((await call(url, { ...identity, ...(await demoClient(instance)) })).status).toBe(200);
});

test('the pair of the demo client is made at every start, and the store has no other', async () => {
  const folder = await temporaryFolder();
  const options = { seed: [demo], ephemeral: false, dataDir: folder, certsDir: folder } as const;
  const first = await start(options);
  const before = await demoClient(first);
  await first.close();
  const second = await start(options);
  const after = await demoClient(second);
  expect(after.cert).not.toBe(before.cert);
  expect(x509(after.cert, '-subject')).toBe('subject=CN = Kymulator demo client');
  const modulus = (pem: string, kind: string[]) => base64(openssl([...kind, '-pubout'], pem));
  expect(modulus(after.key, ['pkey'])).toBe(base64(openssl(['x509', '-noout', '-pubkey'], after.cert)));
});

test('without the demo system its ports stay free', async () => {
  const instance = await start({ externalSystem: false });
  expect(instance.edges.map(({ name }) => name).filter((name) => name.startsWith('external-system'))).toEqual([]);
});
