import { beforeAll, expect, test } from 'vitest';
import type { ApiEntry, ConnectedSystem } from '../../../src/gateway/routing/lookup.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { header, json, open, secured } from '../secured.ts';
import { rawTarget, startHostGateway } from '../start.ts';

const ID = '0a3f9f0e-6a52-4b1c-9c1e-0123456789ab';
let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});

const system = (name: string, entry: ApiEntry, skipVerify = false): ConnectedSystem => ({
  metadata: { name },
  spec: { skipVerify, services: [{ id: ID, displayName: 'svc', entries: [{ type: 'API', ...entry }] }] },
});
const remote = { host: `re-shop-${ID}.kyma-integration` };
const application = { host: `shop-${ID}.kyma-integration` };
const SECRET = { clientId: 'c', clientSecret: 's', username: 'u', password: 'p' };

test('0.4 asks for a token with the form alone', async () => {
  const body = '{"access_token":"t"}';
  const token = await rawTarget(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const target = await secured(open);
  const entry = { targetUrl: target.url, oauthUrl: `${token.url}/t`, credentialsSecretName: 'x' };
  const gateway = await startHostGateway(
    { remoteEnvironments: [system('shop', entry)] },
    { secrets: { 'kyma-integration/x': SECRET } },
  );
  expect((await gateway.ask({ path: '/', headers: remote })).text).toBe('welcome');
  expect(token.received[0]).toContain('\r\nUser-Agent: Go-http-client/1.1\r\n');
  expect(token.received[0]).not.toMatch(/authorization/i);
  expect(token.received[0]).toMatch(/\r\n\r\nclient_id=c&client_secret=s&grant_type=client_credentials$/);
  expect(target.seen.map((seen) => header(seen, 'authorization'))).toEqual([['Bearer t']]);
});

test.each([
  ['a 403 and OAuth', 403, true, 2],
  ['a 401 and OAuth', 401, true, 1],
  ['a 403 without credentials', 403, false, 1],
])('0.4 after %s calls %#', async (_, status, oauth, calls) => {
  const token = await secured((_, response) => json(response, { access_token: 't' }));
  const target = await secured((_, response) => void response.writeHead(status).end());
  const entry = { targetUrl: target.url, ...(oauth && { oauthUrl: token.url, credentialsSecretName: 'x' }) };
  const gateway = await startHostGateway(
    { remoteEnvironments: [system('shop', entry)] },
    { secrets: { 'kyma-integration/x': SECRET } },
  );
  expect((await gateway.ask({ path: '/', headers: remote })).status).toBe(status);
  expect(target.seen.length).toBe(calls);
});

test.each<[host: { host: string }, error: string]>([
  [remote, `failed to read API for ${ID} service, failed to read oauth credentials from x secret, secret x not found`],
  [application, `failed to read API for ${ID} service, secret 'x' not found`],
])('a missing Secret has the text of its time', async (headers, error) => {
  const old = { targetUrl: 'http://t', oauthUrl: 'http://t', credentialsSecretName: 'x' };
  const credentials = { type: 'Basic', secretName: 'x' };
  const gateway = await startHostGateway(
    {
      remoteEnvironments: [system('shop', old)],
      applications: [system('shop', { targetUrl: 'http://t', credentials })],
    },
    { secrets: { 'kyma-system/x': SECRET } },
  );
  const answer = await gateway.ask({ path: '/', headers });
  expect([answer.status, answer.json()]).toEqual([500, { code: 500, error }]);
});

test('1.x never verifies token endpoints, and shares a token among the endpoints of a client', async () => {
  const token = await secured((_, response) => json(response, { access_token: 't' }), certificates);
  const target = await secured(open);
  const credentials = { type: 'OAuth', secretName: 'x', authenticationUrl: token.url };
  const gateway = await startHostGateway(
    {
      applications: ['shop', 'other'].map((name) => system(name, { targetUrl: target.url, credentials })),
    },
    { secrets: { 'kyma-integration/x': SECRET } },
  );
  for (const name of ['shop', 'shop', 'other']) {
    expect((await gateway.ask({ path: '/', headers: { host: `${name}-${ID}` } })).text).toBe('welcome');
  }
  // One gateway, and so one cache, per Application.
  expect(token.seen.length).toBe(2);
});

test('1.x verifies the target whenever it shows a certificate', async () => {
  const target = await secured(open, certificates);
  const credentials = { type: 'CertificateGen', secretName: 'x' };
  const call = async (trustedCertificates: string[]) => {
    const gateway = await startHostGateway(
      { applications: [system('shop', { targetUrl: target.url, credentials }, true)] },
      { secrets: { 'kyma-integration/x': { ...certificates.client } }, settings: { trustedCertificates } },
    );
    return (await gateway.ask({ path: '/', headers: application })).status;
  };
  expect(await call([])).toBe(502);
  expect(await call([certificates.authority.crt])).toBe(200);
  expect(target.seen.map(({ certificate }) => certificate)).toEqual(['client']);
});
