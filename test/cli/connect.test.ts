import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type TestAuthority, testAuthority } from './authority.ts';
import { cli, temporaryFolder } from './cli.ts';
import { instance, type Routes, serve, serveTls } from './control-server.ts';

let authority: TestAuthority;
let stranger: TestAuthority;
let server: { key: string; cert: string };
beforeAll(() => {
  authority = testAuthority();
  stranger = testAuthority();
  server = authority.server();
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const METADATA_URL = 'https://localhost:9443/shop/v1/metadata/services';

/** A control API and a Connector Service over TLS, with some answers replaced. */
async function serveConnector({ tokens = {}, ca = authority.certificate }: { tokens?: Routes; ca?: string } = {}) {
  const requests: string[] = [];
  const connector: string = await serveTls(server, {
    'POST /tokens': () => ({ status: 201, body: { url: `${connector}/info?token=T1` } }),
    'GET /info': () => ({
      status: 200,
      body: {
        csrUrl: `${connector}/certificates?token=T2`,
        api: { metadataUrl: METADATA_URL },
        certificate: { subject: 'O=Organization,OU=OrgUnit,L=Köln,ST=Waldorf,C=DE,CN=shop' },
      },
    }),
    'POST /certificates': (_request, body) => {
      requests.push(body);
      const leaf = authority.issue(Buffer.from(JSON.parse(body).csr, 'base64').toString());
      return { status: 201, body: { crt: base64(leaf + authority.certificate) } };
    },
    ...tokens,
  });
  const control = await serve({
    'PUT /v1/applications/shop': { status: 201 },
    'GET /v1/instance': {
      status: 200,
      body: { ...instance, ca, tokenRequest: { url: `${connector}/tokens`, headers: {} } },
    },
  });
  const cwd = await temporaryFolder();
  return {
    cwd,
    connect: (...argv: string[]) => cli(['connect', 'shop', '--control-url', control, ...argv], { cwd }),
    read: (file: string) => readFile(join(cwd, 'certs/shop', file), 'utf8'),
  };
}

test('connect writes key, certificate, chain and CA, and prints the curl for the services', async () => {
  const { cwd, connect, read } = await serveConnector();
  const { code, stdout, stderr } = await connect();
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toContain('Application  shop, made now\n');
  expect(stdout).toContain('certs/shop/shop.key (new, RSA 2048)');
  expect(stdout).toContain(
    `  curl --cert certs/shop/shop.crt --key certs/shop/shop.key --cacert certs/shop/ca.crt ${METADATA_URL}\n`,
  );

  const leaf = new X509Certificate(await read('shop.crt'));
  expect(leaf.subject.split('\n')).toEqual(['O=Organization', 'OU=OrgUnit', 'L=Köln', 'ST=Waldorf', 'C=DE', 'CN=shop']);
  expect((await read('chain.crt')).match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(await read('ca.crt')).toBe(authority.certificate);
  expect((await stat(join(cwd, 'certs/shop/shop.key'))).mode & 0o777).toBe(0o600);
  expect(stdout + stderr).not.toMatch(/PRIVATE KEY|T1|T2/);
});

test('a second connect keeps the key, --new-key replaces it', async () => {
  const { connect, read } = await serveConnector();
  await connect();
  const first = await read('shop.key');
  const firstCertificate = await read('shop.crt');
  const again = await connect();
  expect(again.stdout).toContain('shop.key (kept)');
  expect(await read('shop.key')).toBe(first);
  expect(await read('shop.crt')).not.toBe(firstCertificate);
  const renewed = await connect('--new-key', '--key-size', '3072');
  expect(renewed.stdout).toContain('shop.key (new, RSA 3072)');
  expect(await read('shop.key')).not.toBe(first);
});

test('--out names another folder', async () => {
  const { cwd, connect } = await serveConnector();
  expect((await connect('--out', 'my keys')).stdout).toContain("--cert 'my keys/shop.crt'");
  await expect(stat(join(cwd, 'my keys/chain.crt'))).resolves.toBeTruthy();
});

test.each<[string, Routes, number, string]>([
  [
    'the token is refused',
    { 'GET /info': { status: 403, body: { code: 403, error: 'Invalid token.' } } },
    1,
    'the signing information was refused: 403 Invalid token.\nPair again for a new token',
  ],
  [
    'the information has another form',
    { 'GET /info': { status: 200, body: { csrUrl: 'https://localhost/' } } },
    1,
    'has no "csrUrl" or no readable "certificate.subject"',
  ],
  [
    'the signing request is refused',
    { 'POST /certificates': { status: 400, body: { code: 400, error: 'CSR: Invalid common name provided.' } } },
    1,
    'the Connector Service refused the signing request: 400 CSR: Invalid common name provided.',
  ],
  [
    'no certificate comes back',
    { 'POST /certificates': { status: 201, body: { crt: base64('nothing') } } },
    1,
    'the Connector Service answered without a certificate in "crt"',
  ],
  [
    'the certificate is for another key',
    { 'POST /certificates': () => ({ status: 201, body: { crt: base64(stranger.certificate) } }) },
    1,
    'the Connector Service issued a certificate for another key than the one that was sent',
  ],
])('when %s, connect says so and leaves no files', async (_name, tokens, expectedCode, message) => {
  const { cwd, connect } = await serveConnector({ tokens });
  const { code, stderr } = await connect();
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/token=|\n {4}at /);
  expect(code).toBe(expectedCode);
  await expect(stat(join(cwd, 'certs'))).rejects.toThrow('ENOENT');
});

test('a connector with a certificate of another CA is not trusted', async () => {
  const { connect } = await serveConnector({ ca: stranger.certificate });
  const { code, stderr } = await connect();
  expect(stderr).toContain('its certificate is not from the CA of the running instance');
  expect(code).toBe(3);
});

test('a file that is no RSA key is not touched', async () => {
  const { cwd, connect, read } = await serveConnector();
  await mkdir(join(cwd, 'certs/shop'), { recursive: true });
  await writeFile(join(cwd, 'certs/shop/shop.key'), 'my notes');
  const { code, stderr } = await connect();
  expect(stderr).toContain('certs/shop/shop.key is not an RSA private key without password');
  expect(code).toBe(1);
  expect(await read('shop.key')).toBe('my notes');
});
