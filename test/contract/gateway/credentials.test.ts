import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kymulator, startKymulator } from '../../../src/kymulator.ts';
import { type Answer, call } from '../../support/call.ts';
import { ConnectorClient } from '../../support/connector.ts';
import { edge, start } from '../../support/instance.ts';
import { base64 } from '../../support/openssl.ts';
import { run } from '../../support/shell.ts';

/** Every credential type × CSRF × request parameters × good and bad Secret, against the external systems, over real TLS. */

type Type = 'Basic' | 'OAuth' | 'OAuthWithCert' | 'CertificateGen';

interface Method {
  readonly type: Type;
  /** On which edge, and where without and with CSRF. */
  readonly edge: 'external-system' | 'external-system-tls';
  readonly path: string;
  readonly csrfPath: string;
  readonly token?: readonly [edge: string, path: string];
  readonly good: (client: Identity) => Record<string, string>;
  readonly bad: (foreign: Identity) => Record<string, string>;
  /** What a bad Secret ends in. */
  readonly refusal: (status: number, text: string) => void;
}

interface Identity {
  readonly cert: string;
  readonly key: string;
}

const errorOf = (text: string) => JSON.parse(text).error as string;

const methods: readonly Method[] = [
  {
    type: 'Basic',
    edge: 'external-system',
    path: '/v1/api/basic/ok',
    csrfPath: '/v1/api/csrf-basic/ok',
    good: () => ({ username: 'user', password: 'passwd' }),
    bad: () => ({ username: 'user', password: 'wrong' }),
    refusal: (status, text) => expect([status, text]).toEqual([403, '']),
  },
  {
    type: 'OAuth',
    edge: 'external-system',
    path: '/v1/api/oauth/ok',
    csrfPath: '/v1/api/csrf-oauth/ok',
    token: ['external-system', '/v1/api/oauth/token'],
    good: () => ({ clientId: 'clientID', clientSecret: 'clientSecret' }),
    bad: () => ({ clientId: 'clientID', clientSecret: 'wrong' }),
    // With CSRF the failure is that of the CSRF request's own authentication. (application-gateway §6)
    refusal: (status, text) => {
      expect([500, 502]).toContain(status);
      expect(errorOf(text)).toContain("incorrect response code '403' while getting token from http");
    },
  },
  {
    type: 'OAuthWithCert',
    edge: 'external-system',
    path: '/v1/api/oauth/ok',
    csrfPath: '/v1/api/csrf-oauth/ok',
    token: ['external-system-tls', '/v1/api/mtls-oauth/token'],
    good: ({ cert, key }) => ({ clientId: 'clientID', crt: cert, key }),
    bad: ({ cert, key }) => ({ clientId: 'clientID', crt: cert, key }),
    refusal: (status, text) => {
      expect(status).toBe(500);
      expect(errorOf(text)).toContain('Failed to get token: Failed to fetch token, possible certificate problem');
    },
  },
  {
    type: 'CertificateGen',
    edge: 'external-system-tls',
    path: '/v1/api/mtls/ok',
    csrfPath: '/v1/api/csrf-mtls/ok',
    good: ({ cert, key }) => ({ crt: cert, key }),
    bad: ({ cert, key }) => ({ crt: cert, key }),
    refusal: (status, text) => expect([status, text]).toEqual([502, '']),
  },
];

const rows = methods.flatMap((method) =>
  [false, true].flatMap((csrf) =>
    [false, true].flatMap((parameters) => [true, false].map((good) => ({ method, csrf, parameters, good }))),
  ),
);
const nameOf = ({ method, csrf, parameters, good }: (typeof rows)[number]) =>
  [method.type.toLowerCase(), csrf && 'csrf', parameters && 'parameters', good ? 'good' : 'bad']
    .filter(Boolean)
    .join('-');

describe('through the Application Gateway', () => {
  let instance: Kymulator;
  beforeAll(async () => {
    instance = await startKymulator({ seed: [resolve(import.meta.dirname, '../../../fixtures/demo')] });
    const client = (await new ConnectorClient(instance, 'latest').pair('client')).identity;
    await using elsewhere = await startKymulator();
    const foreign = (await new ConnectorClient(elsewhere, 'latest').pair('client')).identity;
    const secret = (name: string, data: Record<string, string>) =>
      instance.store.create({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: 'kyma-system' },
        data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
      });
    await secret('parameters', {
      headers: '{"X-Added":["one"]}',
      queryParameters: '{"added":["two"]}',
    });
    const services = [];
    for (const row of rows) {
      const { method, csrf, parameters, good } = row;
      const name = nameOf(row);
      await secret(name, good ? method.good(client) : method.bad(foreign));
      services.push({
        id: name,
        name,
        displayName: name,
        description: name,
        providerDisplayName: 'Test',
        entries: [
          {
            type: 'API',
            targetUrl: edge(instance, method.edge) + (csrf ? method.csrfPath : method.path),
            credentials: {
              type: method.type,
              secretName: name,
              ...(method.token && { authenticationUrl: edge(instance, method.token[0]) + method.token[1] }),
              ...(csrf && { csrfInfo: { tokenEndpointURL: `${edge(instance, 'external-system')}/v1/api/csrf/token` } }),
            },
            ...(parameters && { requestParametersSecretName: 'parameters' }),
          },
        ],
      });
    }
    await instance.store.create({
      apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'table' },
      spec: { services },
    });
  });
  afterAll(() => instance.close());

  test.each(rows.map((row) => [nameOf(row), row] as const))('%s', async (name, { method, good }) => {
    const answer: Answer = await call(`${edge(instance, 'application-gateway')}/table/${name}`);
    if (good) expect([answer.status, answer.text]).toEqual([200, '']);
    else method.refusal(answer.status, answer.text);
  });

  test.each([
    ['basic'],
    ['oauth'],
    ['oauth-with-certificate'],
    ['client-certificate'],
    ['csrf-basic'],
    ['request-parameters'],
  ])('the guide calls its service %s by the name in the cluster', async (service) => {
    const url = `http://central-application-gateway.kyma-system:8080/secured/${service}`;
    const args = ['--silent', '--show-error', '-o', '/dev/null', '-w', '%{http_code}', url];
    const { output } = await run('curl', args, {
      cwd: '.',
      env: { http_proxy: edge(instance, 'internal'), no_proxy: '' },
    });
    expect(output).toBe('200');
  });
});

test('a registration with credentials is called with them in the next request, and not after its removal', async () => {
  const instance = await start({ seed: [resolve(import.meta.dirname, '../../../fixtures/demo')] });
  const client = new ConnectorClient(instance, 'latest');
  const { identity } = await client.pair('shop');
  const metadata = `${instance.urls.gateway}/shop/v1/metadata/services`;
  const registered = await client.get(metadata, {
    ...identity,
    method: 'POST',
    body: JSON.stringify({
      provider: 'Acme',
      name: 'Secured',
      description: 'd',
      api: {
        targetUrl: `${edge(instance, 'external-system')}/v1/api/csrf-basic/ok`,
        credentials: {
          basic: {
            username: 'user',
            password: 'passwd',
            csrfInfo: { tokenEndpointURL: `${edge(instance, 'external-system')}/v1/api/csrf/token` },
          },
        },
      },
    }),
  });
  expect(registered.status).toBe(200);
  const service = `${edge(instance, 'application-gateway')}/shop/secured`;
  expect((await call(service)).status).toBe(200);
  const shown = await client.get(`${metadata}/${registered.json.id}`, identity);
  expect(shown.json.api.credentials.basic).toMatchObject({ username: '********', password: '********' });
  await client.get(`${metadata}/${registered.json.id}`, { ...identity, method: 'DELETE' });
  expect((await call(service)).status).toBe(404);
});
