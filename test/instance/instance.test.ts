import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { UserError } from '../../src/core/errors.ts';
import { startKymulator } from '../../src/kymulator.ts';
import { call } from '../support/call.ts';
import { ConnectorClient, sharedKey } from '../support/connector.ts';
import { edge, start, temporaryFolder } from '../support/instance.ts';
import { csr, openssl, rsaKey, slashSubject } from '../support/openssl.ts';
import { run } from '../support/shell.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures/demo');
const onDisk = (folder: string) => ({
  ephemeral: false,
  dataDir: join(folder, 'state'),
  certsDir: join(folder, 'certs'),
});

test('a restart keeps the authority, certificates, revocations, registrations and live tokens', async () => {
  const folder = await temporaryFolder();
  const first = await startKymulator({ ...onDisk(folder), seed: [fixtures] });
  const before = new ConnectorClient(first, 'latest');
  const paired = await before.pair('shop');
  const revoked = await before.pair('shop');
  await before.get(`${first.urls.gateway}/v1/applications/certificates/revocations`, {
    method: 'POST',
    ...revoked.identity,
  });
  const metadata = (gateway: string) => `${gateway}/shop/v1/metadata/services`;
  const definition = {
    provider: 'Acme',
    name: 'Kept',
    description: 'd',
    api: { targetUrl: edge(first, 'external-system') },
  };
  const registered = await before.get(metadata(first.urls.gateway), {
    method: 'POST',
    body: JSON.stringify(definition),
    ...paired.identity,
  });
  expect(registered.status).toBe(200);
  const token = await before.token('shop');
  const early = await before.internal('/v1/remoteenvironments/ec-default/tokens', { method: 'POST' });
  await first.close();

  const second = await start({ ...onDisk(folder), seed: [fixtures] });
  const after = new ConnectorClient(second, 'latest');
  expect(second.ca.certificate).toBe(first.ca.certificate);
  const list = await after.get(metadata(second.urls.gateway), paired.identity);
  expect(list.json.map(({ id }: { id: string }) => id)).toContain(registered.json.id);
  const request = csr({ key: sharedKey, subject: slashSubject(paired.subject) });
  const renewals = `${second.urls.gateway}/v1/applications/certificates/renewals`;
  expect((await after.sign(renewals, request, revoked.identity)).status).toBe(403);
  expect((await after.sign(renewals, request, paired.identity)).status).toBe(201);
  expect((await after.get(after.infoUrl('shop', token.json.token))).status).toBe(200);
  const earlyInfo = `${second.urls.connector}/v1/remoteenvironments/ec-default/info?token=${early.json.token}`;
  expect((await after.get(earlyInfo)).status).toBe(200);
});

test('private keys are readable by their owner only', async () => {
  const folder = await temporaryFolder();
  await start(onDisk(folder));
  for (const file of ['certs/ca.key', 'certs/server.key', 'state/kymulator.db']) {
    expect((await stat(join(folder, file))).mode & 0o777, file).toBe(0o600);
  }
});

test('a second instance on the same state says so and leaves the first alone', async () => {
  const folder = await temporaryFolder();
  const first = await start(onDisk(folder));
  await expect(startKymulator(onDisk(folder))).rejects.toThrow(
    expect.objectContaining({ code: 'DATA_DIR_IN_USE', message: expect.stringContaining(join(folder, 'state')) }),
  );
  expect((await new ConnectorClient(first, 'latest').token('shop')).status).toBe(201);
});

test('two instances in one process do not know each other', async () => {
  const [one, other] = [await start(), await start()];
  const { json } = await new ConnectorClient(one, 'latest').token('shop');
  const elsewhere = new ConnectorClient(other, 'latest');
  expect((await elsewhere.get(elsewhere.infoUrl('shop', json.token))).status).toBe(403);
  await other.close();
  expect((await new ConnectorClient(one, 'latest').get(json.url)).status).toBe(200);
});

test('every port is free by default, and every URL in an answer has the real one', async () => {
  const instance = await start();
  const ports = instance.edges.map(({ url }) => Number(new URL(url).port));
  expect(new Set(ports).size).toBe(instance.edges.length);
  const { info } = await new ConnectorClient(instance, 'latest').pair('shop');
  expect(new URL(info.csrUrl).origin).toBe(edge(instance, 'connector'));
  for (const url of [info.api.metadataUrl, info.api.infoUrl, info.api.eventsUrl]) {
    expect(new URL(url).origin).toBe(edge(instance, 'gateway'));
  }
});

test('a domain gives the documented host names, which the certificate covers', async () => {
  const instance = await start({ domain: 'kyma.example' });
  const port = (name: string) => new URL(edge(instance, name)).port;
  expect(instance.urls).toMatchObject({
    connector: `https://connector-service.kyma.example:${port('connector')}`,
    gateway: `https://gateway.kyma.example:${port('gateway')}`,
  });
  const { output: chain } = await run(
    'openssl',
    ['s_client', '-connect', `localhost:${port('connector')}`, '-servername', 'connector-service.kyma.example'],
    { cwd: '.' },
  );
  const pem = /-----BEGIN[^-]+-----[^-]+-----END CERTIFICATE-----/.exec(chain)?.[0] ?? '';
  for (const name of ['connector-service.kyma.example', 'gateway.kyma.example', 'localhost']) {
    expect(openssl(['x509', '-noout', '-checkhost', name], pem).toString()).toContain('does match');
  }
});

test('a server certificate is made anew when a name is added, for the same key', async () => {
  const folder = await temporaryFolder();
  await (await startKymulator(onDisk(folder))).close();
  const instance = await start({ ...onDisk(folder), hostName: ['kymulator.internal'] });
  const names = openssl(['x509', '-noout', '-ext', 'subjectAltName', '-in', join(folder, 'certs/server.crt')]);
  expect(names.toString()).toContain('DNS:kymulator.internal');
  expect((await call(`${instance.urls.connector}/v1/api.yaml`, { ca: instance.ca.certificate })).status).toBe(200);
});

test('after close() a process with nothing else to do exits', async () => {
  const script = `
    import { startKymulator } from ${JSON.stringify(resolve(import.meta.dirname, '../../src/index.ts'))};
    const instance = await startKymulator({ seed: [${JSON.stringify(fixtures)}] });
    await fetch(instance.edges.find(({ name }) => name === 'external-system').url + '/get');
    await Promise.all([instance.close(), instance.close()]);
    console.log('closed');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'exit');
  expect([code, output]).toEqual([0, 'closed\n']);
});

test('readiness comes with the seed, and ends with the instance', async () => {
  const instance = await start({ seed: [fixtures] });
  const control = edge(instance, 'control');
  expect((await call(`${control}/livez`)).status).toBe(200);
  expect((await call(`${control}/readyz`)).json).toEqual({ status: 'ready' });
  expect((await call(`${control}/ca.crt`)).text).toBe(instance.ca.certificate);
  expect((await call(`${control}/readyz`, { headers: { Host: 'evil.example' } })).status).toBe(421);
  await instance.close();
  await expect(call(`${control}/readyz`)).rejects.toThrow(/ECONNREFUSED/);
});

test('the control API makes an application once, and refuses names that Kubernetes has not', async () => {
  const instance = await start();
  const put = (name: string) => call(`${edge(instance, 'control')}/v1/applications/${name}`, { method: 'PUT' });
  expect((await put('shop')).json).toEqual({ application: 'shop', created: true });
  expect((await put('shop')).json).toEqual({ application: 'shop', created: false });
  for (const name of ['Shop', '..', 'a%2Fb', 'x'.repeat(254), 'sh%20op']) {
    const answer = await put(name);
    expect(answer.status, name).toBeGreaterThanOrEqual(400);
    expect(answer.json.error.code, name).toMatch(/^[A-Z_]+$/);
  }
});

/** What cannot start says why, and leaves nothing behind. */
async function failure(options: Parameters<typeof startKymulator>[0]): Promise<UserError> {
  const error = await startKymulator(options).then(
    async (instance) => {
      await instance.close();
      return undefined;
    },
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

test('a taken port is named with its edge and its flag', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const port = (taken.address() as { port: number }).port;
  const error = await failure({ gatewayPort: port });
  expect(error.code).toBe('PORT_IN_USE');
  expect(error.message).toBe(
    `port ${port} for the gateway edge is taken by another program; choose another one with --gateway-port (0 takes any free one)`,
  );
});

test('an authority that cannot be used says which file and why', async () => {
  const folder = await temporaryFolder();
  const file = (name: string) => join(folder, name);
  await writeFile(file('key'), rsaKey());
  await writeFile(file('other'), rsaKey());
  await writeFile(file('ec'), openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']));
  openssl(['req', '-x509', '-key', file('key'), '-subj', '/CN=ca', '-days', '1', '-out', file('ca')]);
  openssl(['req', '-x509', '-key', file('ec'), '-subj', '/CN=ca', '-days', '1', '-out', file('ec-ca')]);
  openssl([
    ...['req', '-x509', '-key', file('key'), '-subj', '/CN=leaf', '-days', '1', '-out', file('leaf')],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  ]);
  await writeFile(file('text'), 'no PEM');

  const cases: [ca: string | undefined, key: string | undefined, text: string][] = [
    ['ca', undefined, 'needs option caKey'],
    ['missing', 'key', `${file('missing')} does not exist`],
    ['ca', 'missing', `${file('missing')} does not exist`],
    ['text', 'key', `${file('text')} is not a PEM certificate`],
    ['ca', 'text', `${file('text')} is not an unencrypted PEM private key`],
    ['ca', 'other', `${file('other')} is not the key of ${file('ca')}`],
    ['ec-ca', 'ec', `${file('ec')} holds no RSA key`],
    ['leaf', 'key', `${file('leaf')} is not the certificate of an authority`],
    [folder, 'key', `${folder}`],
  ];
  for (const [ca, key, text] of cases) {
    const path = (name: string | undefined) => (name === undefined ? undefined : resolve(folder, name));
    const error = await failure({ caCert: path(ca), caKey: path(key) });
    expect(error.message).toContain(text);
    expect(['CA_INVALID', 'CONFIG_INVALID']).toContain(error.code);
  }
  const good = await start({ caCert: file('ca'), caKey: file('key') });
  expect((await new ConnectorClient(good, 'latest').pair('shop')).answer.status).toBe(201);
});

test('a lost half of the authority is not replaced behind the back of its user', async () => {
  const folder = await temporaryFolder();
  await (await startKymulator(onDisk(folder))).close();
  await rm(join(folder, 'certs/ca.key'));
  // Nor is it anywhere else.
  await rm(join(folder, 'state'), { recursive: true });
  const error = await failure(onDisk(folder));
  expect(error.message).toContain(`${join(folder, 'certs/ca.key')} does not exist, but the authority needs it`);
});

test('a broken seed is named with file and line, and nothing of it is applied', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'seed.yaml');
  await writeFile(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\napiVersion: v1\nkind: [\n');
  const error = await failure({ seed: [file] });
  expect(error.code).toBe('SEED_INVALID');
  expect(error.message).toMatch(new RegExp(`${file.replace(/[.\\]/g, '\\$&')}:\\d+:\\d+`));
});

test.each([
  [{ gatwayPort: 1 }, 'gatewayPort'],
  [{ kyma: '3.0' }, '0.4.0 to 2.20'],
  [{ internalPort: 70_000 }, 'internalPort'],
])('a wrong option %j is answered with the right one', async (options, hint) => {
  const error = await failure(options as never);
  expect(error.code).toBe('CONFIG_INVALID');
  expect(error.message).toContain(hint);
});

test('a clock that is years away does not keep clients from the TLS edges', async () => {
  const clock = new ManualClock(new Date('2035-01-01'));
  const instance = await start({ clock });
  const client = new ConnectorClient(instance, 'latest');
  const { identity } = await client.pair('shop');
  const url = `${instance.urls.gateway}/v1/applications/management/info`;
  expect((await client.get(url, identity)).status).toBe(200);
});
