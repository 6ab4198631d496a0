import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { countRows } from './rows.ts';
import { minimal, START, startRegistry } from './start.ts';

const counted = countRows('credentials');

const withApi = (api: object) => ({ ...minimal, api: { ...minimal.api, ...api } });
const withCredentials = (credentials: object, api: object = {}) => withApi({ credentials, ...api });
const oauth = { url: 'http://httpbin.local/token', clientId: 'cid', clientSecret: 'cs' };
const parameters = (value: string) => ({ headers: { 'X-T': [value] } });

test('basic credentials are kept in a Secret and shown as stars', async () => {
  const registry = await startRegistry('1.24.0');
  const csrfInfo = { tokenEndpointURL: 'http://httpbin.local/csrf' };
  const id = await registry.register(withCredentials({ basic: { username: 'u', password: 'p', csrfInfo } }));
  expect(await registry.secret(`shop-${id}`)).toEqual({ username: 'u', password: 'p' });
  expect((await registry.get(id)).json.api.credentials).toEqual({
    basic: { username: '********', password: '********', csrfInfo },
  });
  const [service] = (await registry.application()).spec.services;
  expect(service.entries[0].credentials).toEqual({ type: 'Basic', secretName: `shop-${id}`, csrfInfo });
  counted.ran(3);
});

test('writing back what was read makes the stars the secret', async () => {
  const registry = await startRegistry('latest');
  const id = await registry.register(withCredentials({ oauth }));
  await registry.put(id, (await registry.get(id)).json);
  expect(await registry.secret(`shop-${id}`)).toEqual({ clientId: '********', clientSecret: '********' });
  counted.ran();
});

test('a Secret is written anew only when what identifies the client changes', async () => {
  const registry = await startRegistry('latest');
  const id = await registry.register(withCredentials({ oauth: { ...oauth, requestParameters: parameters('1') } }));
  const secret = () => registry.secret(`shop-${id}`);
  await registry.put(id, withCredentials({ oauth: { ...oauth, requestParameters: parameters('2') } }));
  expect((await secret())?.headers).toBe('{"X-T":["1"]}');
  await registry.put(id, withCredentials({ oauth: { ...oauth, clientId: 'new', requestParameters: parameters('2') } }));
  expect(await secret()).toEqual({ clientId: 'new', clientSecret: 'cs', headers: '{"X-T":["2"]}' });
  await registry.put(id, withCredentials({ basic: { username: 'u', password: 'p' } }));
  expect(await secret()).toEqual({ username: 'u', password: 'p' });
  await registry.put(id, withApi({}));
  expect(await secret()).toBeUndefined();
  counted.ran(4);
});

test('request parameters are kept in a Secret of their own and shown in clear', async () => {
  const registry = await startRegistry('latest');
  const requestParameters = { headers: { b: ['1'], a: ['2', '3'] }, queryParameters: {} };
  const id = await registry.register(withApi({ requestParameters }));
  expect(await registry.secret(`params-shop-${id}`)).toEqual({
    headers: '{"a":["2","3"],"b":["1"]}',
    queryParameters: '{}',
  });
  expect((await registry.get(id)).text).toContain(
    '"requestParameters":{"headers":{"a":["2","3"],"b":["1"]},"queryParameters":{}}',
  );
  await registry.put(id, withApi({ requestParameters: {} }));
  expect(await registry.secret(`params-shop-${id}`)).toEqual({});
  expect((await registry.get(id)).json.api).not.toHaveProperty('requestParameters');
  await registry.put(id, withApi({}));
  expect(await registry.secret(`params-shop-${id}`)).toBeUndefined();
  counted.ran(5);
});

const inClear = { headers: { 'X-Old': ['1'] }, queryParameters: { old: ['1'] } };
const legacyRows: readonly [release: string, api: object][] = [
  ['1.0.0', {}],
  ['1.2.0', inClear],
  ['1.3.0', {}],
  ['1.4.0', {}],
  ['1.5.0', { requestParameters: inClear }],
  ['latest', { requestParameters: inClear }],
];

test.each(legacyRows)('%s reads the parameters of 1.2 back as %j', async (release, expected) => {
  const registry = await startRegistry(release);
  const id = await registry.register(withApi(inClear));
  expect((await registry.get(id)).json.api).toEqual({ ...minimal.api, ...expected });
  counted.ran();
});

test('request parameters win over those of 1.2', async () => {
  const registry = await startRegistry('latest');
  const id = await registry.register(withApi({ ...inClear, requestParameters: parameters('new') }));
  expect((await registry.get(id)).json.api.requestParameters).toEqual(parameters('new'));
  counted.ran();
});

test('a certificate is generated and read back', async () => {
  const registry = await startRegistry('latest');
  const id = await registry.register(
    withCredentials({ certificateGen: { commonName: 'shop.example', certificate: 'x' } }),
  );
  const secret = (await registry.secret(`shop-${id}`)) ?? {};
  expect(Object.keys(secret).sort()).toEqual(['commonName', 'crt', 'key']);
  expect(secret.key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
  expect((await registry.get(id)).json.api.credentials).toEqual({
    certificateGen: { commonName: 'shop.example', certificate: Buffer.from(secret.crt ?? '').toString('base64') },
  });

  const certificate = new X509Certificate(secret.crt ?? '');
  expect([certificate.subject, certificate.issuer]).toEqual(['CN=shop.example', 'CN=shop.example']);
  expect(certificate.serialNumber).toBe('02');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(certificate.validFromDate.getTime()).toBe(START);
  expect(certificate.validToDate.getTime()).toBe(START + 365 * 24 * 60 * 60 * 1000);
  expect([certificate.ca, certificate.subjectAltName, certificate.keyUsage]).toEqual([
    false,
    undefined,
    ['1.3.6.1.5.5.7.3.2'],
  ]);
  counted.ran(9);
});

test('a certificate is made anew only for another name, or when its Secret is of another kind', async () => {
  const registry = await startRegistry('latest');
  const id = await registry.register(withCredentials({ certificateGen: { commonName: 'one' } }));
  const crt = async () => (await registry.secret(`shop-${id}`))?.crt;
  const first = await crt();
  await registry.put(id, withCredentials({ certificateGen: { commonName: 'one' } }));
  expect(await crt()).toBe(first);
  await registry.put(id, withCredentials({ certificateGen: { commonName: '' } }));
  expect(await crt()).toBe(first);
  expect((await registry.get(id)).json.api).not.toHaveProperty('credentials');
  await registry.put(id, withCredentials({ certificateGen: { commonName: 'two' } }));
  expect(new X509Certificate((await crt()) ?? '').subject).toBe('CN=two');
  counted.ran(4);
});

test.each([
  ['0.7.0', { commonName: 'c' }],
  ['0.9.1', { commonName: 'c', certificate: expect.any(String) }],
])('%s shows of a certificate %j', async (release, expected) => {
  const registry = await startRegistry(release);
  const id = await registry.register(withCredentials({ certificateGen: { commonName: 'c' } }));
  expect((await registry.get(id)).json.api.credentials.certificateGen).toEqual(expected);
  counted.ran();
});

test('a certificate without a name makes no Secret', async () => {
  const registry = await startRegistry('latest');
  const id = await registry.register(withCredentials({ certificateGen: {} }));
  expect(await registry.secret(`shop-${id}`)).toBeUndefined();
  expect((await registry.get(id)).json.api).not.toHaveProperty('credentials');
  counted.ran(2);
});

test('members that a release does not know are ignored', async () => {
  for (const [release, credentials] of [
    ['0.6.1', { certificateGen: { commonName: 'c' } }],
    ['latest', { oauthWithCert: { url: 'x' } }],
  ] as const) {
    const registry = await startRegistry(release);
    const id = await registry.register(withCredentials(credentials));
    expect((await registry.get(id)).json.api).toEqual(minimal.api);
    counted.ran();
  }
});
