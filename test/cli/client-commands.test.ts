import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, temporaryFolder } from './cli.ts';
import { deadUrl, instance, type Routes, serve } from './control-server.ts';

const TOKEN_URL = 'https://localhost:8443/v1/applications/signingRequests/info?token=abc==';

async function serveTokens(routes: Routes = {}) {
  const tokens = await serve({
    'POST /tokens': ({ headers }) => ({
      status: headers.application === 'shop' ? 201 : 400,
      body: { url: TOKEN_URL, token: 'abc==' },
    }),
  });
  const tokenRequest = { url: `${tokens}/tokens`, headers: { Application: 'shop' } };
  return serve({
    'PUT /v1/applications/shop': { status: 200, body: { created: false } },
    'GET /v1/instance': ({ url }) => ({
      status: 200,
      body: { ...instance, ...(url?.endsWith('?application=shop') ? { tokenRequest } : {}) },
    }),
    ...routes,
  });
}

test('token --quiet prints the URL and nothing else', async () => {
  const control = await serveTokens();
  expect(await cli(['token', 'shop', '--quiet', '--control-url', control])).toEqual({
    code: 0,
    stdout: `${TOKEN_URL}\n`,
    stderr: '',
  });
});

test('token says when it made the application, on stderr when it is quiet', async () => {
  const control = await serveTokens({ 'PUT /v1/applications/shop': { status: 201 } });
  const env = { KYMULATOR_CONTROL_URL: `${control}/` };
  expect((await cli(['token', 'shop'], { env })).stdout).toBe(
    `Application "shop" made.\nToken URL for "shop", good for one use:\n\n  ${TOKEN_URL}\n`,
  );
  expect(await cli(['token', 'shop', '-q'], { env })).toEqual({
    code: 0,
    stdout: `${TOKEN_URL}\n`,
    stderr: 'Application "shop" made.\n',
  });
});

test.each<[string, Routes, string]>([
  [
    'the application is refused',
    { 'PUT /v1/applications/shop': { status: 422, body: { error: { code: 'INVALID', message: 'no such name' } } } },
    'the application "shop" cannot be made: 422 no such name',
  ],
  [
    'something else answers',
    { 'GET /v1/instance': { status: 200, body: '<html>' } },
    'is not Kymulator; --control-url names another address',
  ],
  [
    'the release has no tokens',
    { 'GET /v1/instance': { status: 200, body: { ...instance, kyma: '2.20' } } },
    'Kyma 2.20 has no token endpoint; start the instance with --kyma 2.2 or older',
  ],
])('token fails in one line when %s', async (_name, routes, message) => {
  const control = await serveTokens(routes);
  const { code, stdout, stderr } = await cli(['token', 'shop', '--control-url', control]);
  expect(stderr).toContain(message);
  expect(stderr.split('\n')).toHaveLength(2);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});

test('a refusal of the token endpoint is shown in its own words', async () => {
  const refusing = await serve({ 'POST /': { status: 400, body: { code: 400, error: 'Required headers' } } });
  const control = await serveTokens({
    'GET /v1/instance': { status: 200, body: { ...instance, tokenRequest: { url: refusing, headers: {} } } },
  });
  const { code, stderr } = await cli(['token', 'shop', '--control-url', control]);
  expect(stderr).toContain(`no token for "shop": 400 Required headers (${refusing})`);
  expect(code).toBe(1);
});

test.each([['token', 'shop'], ['connect', 'shop'], ['ca']])(
  'without an instance, %s says how to start one',
  async (...argv) => {
    const url = await deadUrl();
    const { code, stdout, stderr } = await cli([...argv, '--control-url', url], { cwd: await temporaryFolder() });
    expect(stderr).toContain(`no answer from ${url}/`);
    expect(stderr).toContain('connection refused\nIs an instance running? start one with "kymulator up"');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  },
);

test('a control port of 0 cannot be found again', async () => {
  const { code, stderr } = await cli(['ca', '--control-port', '0']);
  expect(stderr).toContain('name the running instance with --control-url');
  expect(code).toBe(1);
});

test('wait returns as soon as the instance is ready', async () => {
  let asked = 0;
  const control = await serve({ 'GET /readyz': () => ({ status: ++asked < 3 ? 503 : 200 }) });
  expect(await cli(['wait', '--control-url', control])).toEqual({ code: 0, stdout: `Ready: ${control}\n`, stderr: '' });
  expect(asked).toBe(3);
});

test('wait gives up after its timeout, with the last reason', async () => {
  const control = await serve({ 'GET /readyz': { status: 503, body: { error: { message: 'store is closed' } } } });
  const unready = await cli(['wait', '--timeout', '150ms', '--control-url', control]);
  expect(unready.stderr).toBe(`kymulator: ${control} is not ready after 150ms: it answers 503 store is closed\n`);
  expect(unready.code).toBe(3);
  const dead = await deadUrl();
  const absent = await cli(['wait', '--timeout', '1s', '--control-url', dead]);
  expect(absent.stderr).toContain(`${dead} is not ready after 1s: no answer from ${dead}/readyz: connection refused`);
  expect(absent.code).toBe(3);
});

test('ca shows the file when it is here, and how tools trust it', async () => {
  const cwd = await temporaryFolder();
  const caFile = join(cwd, 'our ca.crt');
  await writeFile(caFile, instance.ca);
  const control = await serve({ 'GET /v1/instance': { status: 200, body: { ...instance, caFile } } });
  const { code, stdout } = await cli(['ca', '--control-url', control], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain("CA certificate  'our ca.crt'\n");
  for (const hint of ["--cacert 'our ca.crt'", 'NODE_EXTRA_CA_CERTS=', 'SSL_CERT_FILE=', 'keytool -importcert']) {
    expect(stdout).toContain(hint);
  }
});

test('ca of an instance elsewhere says how to save the certificate, and --pem prints it', async () => {
  const body = { ...instance, caFile: '/data/certs/ca.crt' };
  const control = await serve({ 'GET /v1/instance': { status: 200, body } });
  const { stdout } = await cli(['ca', '--control-url', control]);
  expect(stdout).toContain(`curl -o kymulator-ca.crt ${control}/ca.crt`);
  expect(stdout).not.toContain('/data/certs');
  expect((await cli(['ca', '--pem', '--control-url', control])).stdout).toBe(instance.ca);
});
