import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kymulator, startKymulator } from '../../../src/kymulator.ts';
import { type CallOptions, call } from '../../support/call.ts';
import { ConnectorClient, current, externalApi, generationNames, releases } from '../../support/connector.ts';
import { edge } from '../../support/instance.ts';

const NOT_FOUND = '{"code":404,"error":"Requested resource could not be found."}\n';
const NOT_ALLOWED = '{"code":405,"error":"Method not allowed."}\n';
const JSON_TYPE = 'application/json;charset=UTF-8';

/** Paths that every generation has, on each of the two APIs. (connector-service §2.2) */
describe.each(generationNames)('HTTP of %s', (name) => {
  let instance: Kymulator;
  beforeAll(async () => {
    instance = await startKymulator({ kyma: releases[name] });
  });
  afterAll(() => instance.close());

  const client = () => new ConnectorClient(instance, name);
  const tokens = () => (client().era === 'headers' ? '/v1/applications/tokens' : `/v1/${client().era}/shop/tokens`);
  const info = () =>
    client().era === 'headers' ? '/v1/applications/signingRequests/info' : `/v1/${client().era}/shop/info`;
  const sign = () =>
    client().era === 'headers' ? '/v1/applications/certificates' : `/v1/${client().era}/shop/client-certs`;

  const internal = (path: string, options?: CallOptions) => call(edge(instance, 'internal') + path, options);
  const external = (path: string, options: CallOptions = {}) =>
    internal(path, { ...options, headers: { ...options.headers, Host: externalApi } as Record<string, string> });

  test.each([['/'], ['/v1/health'], ['/v2'], ['/metrics']])('an unknown path %s is 404 on both APIs', async (path) => {
    for (const answer of [await internal(path), await external(path)]) {
      expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
      expect(answer.headers['content-type']).toBe(JSON_TYPE);
    }
  });

  test('a trailing slash makes another, unknown path', async () => {
    expect((await internal(`${tokens()}/`, { method: 'POST' })).text).toBe(NOT_FOUND);
    expect((await external(`${info()}/`)).text).toBe(NOT_FOUND);
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])('%s on the token path is 405', async (method) => {
    const answer = await internal(tokens(), { method });
    expect(answer.status).toBe(405);
    expect(answer.headers['content-type']).toBe(JSON_TYPE);
    expect(answer.headers.allow).toBeUndefined();
    if (method !== 'HEAD') expect(answer.text).toBe(NOT_ALLOWED);
  });

  test('the method is checked before the token', async () => {
    expect((await external(info(), { method: 'POST' })).text).toBe(NOT_ALLOWED);
    expect((await external(sign())).text).toBe(NOT_ALLOWED);
  });

  test.each([
    ['GET', (path: string) => `/${path}`],
    ['POST', (path: string) => path.replace('/v1/', '/v1//')],
    ['GET', (path: string) => path.replace('/v1/', '/v1/./')],
    ['DELETE', (path: string) => path.replace('/v1/', '/v1/x/../')],
    ['GET', (path: string) => path.replace('/v1/', '/v1/x/%2e%2e/')],
  ])('%s to an unclean path is sent to the clean one, before routing', async (method, soil) => {
    const answer = await external(`${soil(info())}?token=a%3D&x`, { method });
    expect([answer.status, answer.headers.location, answer.text]).toEqual([301, `${info()}?token=a%3D&x`, '']);
    expect(answer.headers['content-type']).toBeUndefined();
  });

  test('a trailing slash survives the cleaning', async () => {
    expect((await external('//v1/')).headers.location).toBe('/v1/');
  });

  test('a broken escape in the path is 400 in plain text', async () => {
    const answer = await external('/v1/%zz');
    expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
      400,
      'text/plain; charset=utf-8',
      '400 Bad Request',
    ]);
  });

  test('routing works on the decoded path', async () => {
    const answer = await internal(tokens().replace('/v1/', '/v1%2F'), {
      method: 'POST',
      headers: { Application: 'shop' },
    });
    expect(answer.status).toBe(201);
  });

  test('/v1 leads to the API document', async () => {
    const answer = await external('/v1');
    expect([answer.status, answer.headers.location, answer.headers['content-type'], answer.text]).toEqual([
      301,
      '/v1/api.yaml',
      'text/html; charset=utf-8',
      '<a href="/v1/api.yaml">Moved Permanently</a>.\n\n',
    ]);
    const document = await external('/v1/api.yaml');
    expect([document.status, document.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(document.text).toMatch(/^openapi: 3\.0\.0\n/);
  });

  test('metrics count the requests by route, status and method', async () => {
    await client().token('counted');
    await external(info());
    const answer = await internal('/metrics', {
      headers: { Host: 'connector-service-metrics.kyma-integration:9090' },
    });
    const template = tokens().replace('/shop/', '/{name}/');
    expect(answer.text).toMatch(
      new RegExp(
        `connector_service_endpoints_responses\\{endpoint="${template.replace(/[{}]/g, '\\$&')}",method="POST",status="201"\\} \\d+`,
      ),
    );
    expect(answer.text).toContain('connector_service_endpoints_duration{quantile="0.995"');
    expect(answer.text).toContain('status="403"');
  });

  test('a body of 2 MB is refused in the shape of the service, which goes on serving', async () => {
    const { json } = await client().token('large');
    const answer = await client().get(client().signingUrl('large', json.token), {
      method: 'POST',
      body: 'x'.repeat(2_000_000),
    });
    expect(answer.status).toBe(413);
    expect(answer.json).toEqual({ code: 413, error: expect.stringContaining('larger than 1048576 bytes') });
    expect((await client().get(client().infoUrl('large', json.token))).status).toBe(200);
  });
});

describe.each(current)('`/v1/remoteenvironments` under %s', (name) => {
  test('is served beside the current API', async () => {
    await using instance = await startKymulator({ kyma: releases[name] });
    const answer = await call(`${edge(instance, 'internal')}/v1/remoteenvironments/ec-default/tokens`, {
      method: 'POST',
    });
    expect(answer.json.url).toBe(
      `${instance.urls.connector}/v1/remoteenvironments/ec-default/info?token=${answer.json.token}`,
    );
    expect((await call(answer.json.url, { ca: instance.ca.certificate })).json.certificate.subject).toMatch(
      /^OU=OrgUnit,O=.*CN=ec-default$/,
    );
  });
});

test('from 2.3 on only the API of 2018 is left', async () => {
  await using instance = await startKymulator({ kyma: '2.3' });
  const internal = edge(instance, 'internal');
  const header = { method: 'POST', headers: { Application: 'shop' } };
  expect((await call(`${internal}/v1/applications/tokens`, header)).status).toBe(404);
  expect((await call(`${internal}/v1/remoteenvironments/shop/tokens`, { method: 'POST' })).status).toBe(201);
});
