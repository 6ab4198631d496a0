import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Application } from '../../src/resources/application.ts';
import { serviceName } from '../../src/resources/names.ts';
import type { Resource } from '../../src/resources/resource.ts';
import { readSeed } from '../../src/seed/read.ts';

const demo = fileURLToPath(new URL('../../fixtures/demo', import.meta.url));
const variables = {
  EXTERNAL_SYSTEM_URL: 'http://localhost:4711',
  EXTERNAL_SYSTEM_TLS_URL: 'https://localhost:4712',
  EXTERNAL_SYSTEM_EXPIRED_URL: 'https://localhost:4713',
  DEMO_CLIENT_CERT: 'certificate\n',
  DEMO_CLIENT_KEY: 'key\n',
};
const readDemo = () => readSeed([demo], { variables });
const read = async () => (await readDemo()).resources;
const isApplication = (resource: Resource): resource is Application => resource.kind === 'Application';

test('the demo has the shop, the secured APIs, and the two systems of the 2018 guide under both kinds', async () => {
  expect((await read()).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'RemoteEnvironment ec-default',
    'RemoteEnvironment hmc-default',
    'Application ec-default',
    'Application hmc-default',
    'Application secured',
    'Application strict',
    'Secret demo-basic',
    'Secret demo-oauth',
    'Secret demo-oauth-wrong-secret',
    'Secret demo-client-certificate',
    'Secret demo-oauth-with-certificate',
    'Secret demo-request-parameters',
    'Application shop',
  ]);
});

test('nothing in the demo is unknown or left out', async () => {
  expect((await readDemo()).warnings).toEqual([]);
});

test("the shop's service leads to the external system and is named as the registry would name it", async () => {
  const shop = (await read()).find(({ metadata }) => metadata.name === 'shop') as Application;
  const [service, ...more] = shop.spec?.services ?? [];
  expect(more).toEqual([]);
  expect(service).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    displayName: 'HTTPBin',
    entries: [{ type: 'API', targetUrl: 'http://localhost:4711' }],
  });
  expect(service?.name).toBe(serviceName('HTTPBin', service?.id ?? ''));
});

test('every service of the demo has the name that the registry would give it, and an identity of its own', async () => {
  const services = (await read()).filter(isApplication).flatMap(({ spec }) => spec?.services ?? []);
  expect(new Set(services.map(({ id }) => id)).size).toBe(services.length);
  for (const { id, name, displayName } of services) expect(name).toBe(serviceName(displayName, id));
});

test('every Secret that a service of the demo names is there, where the gateway looks', async () => {
  const resources = await read();
  const secrets = resources.filter(({ kind }) => kind === 'Secret');
  for (const { metadata } of secrets) expect(metadata.namespace).toBe('kyma-system');
  const entries = resources
    .filter(isApplication)
    .flatMap(({ spec }) => spec?.services ?? [])
    .flatMap((service) => service.entries);
  const named = entries.flatMap(({ credentials, requestParametersSecretName }) =>
    [credentials?.secretName, requestParametersSecretName].filter((name) => name !== undefined),
  );
  expect(new Set(named)).toEqual(new Set(secrets.map(({ metadata }) => metadata.name)));
});

test('the demo covers each credentials type with and without CSRF', async () => {
  const secured = (await read()).find(({ metadata }) => metadata.name === 'secured') as Application;
  const ways = (secured.spec?.services ?? []).map(({ entries: [entry] }) => {
    const { type, csrfInfo } = entry?.credentials ?? {};
    return `${type ?? 'none'}${csrfInfo ? ' with CSRF' : ''}`;
  });
  const types = ['Basic', 'OAuth', 'OAuthWithCert', 'CertificateGen'];
  expect(new Set(ways)).toEqual(new Set(['none', ...types.flatMap((type) => [type, `${type} with CSRF`])]));
});
