import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { startKymulator } from '../../../src/kymulator.ts';
import { ConnectorClient, current, type GenerationName, pemsOf, releases, sharedKey } from '../../support/connector.ts';
import { start } from '../../support/instance.ts';
import { csr, slashSubject } from '../../support/openssl.ts';

const isB2 = (name: GenerationName) => name.startsWith('B2');
const withRuntimes = current.filter((name) => name !== 'B6' && name !== 'latest');
const centralOnly = withRuntimes.filter((name) => name !== 'B1');
const missing = (family: 'Application' | 'Cluster') => `Required headers for ${family}Context not specified.`;

/** The columns on tenant, group and subject of the table in §1, without `--central`. */
describe.each(current)('tenant and group in %s', (name) => {
  test('count for an application as the release has it', async () => {
    const client = new ConnectorClient(await start({ kyma: releases[name] }), name);
    const { info } = await client.pair('shop', { Tenant: 't', Group: 'g' });
    expect(info.certificate.subject).toMatch(isB2(name) ? /,CN=t;g;shop$/ : /,CN=shop$/);
    expect(info.certificate.subject).toContain('O=Organization');
    const { info: half } = await client.pair('shop', { Tenant: 't' });
    expect(half.certificate.subject).toMatch(/,CN=shop$/);
  });
});

test.each(['B2 (0.8)', 'B2 (0.9)'] as const)('%s tells tenant and group in the management info', async (name) => {
  const client = new ConnectorClient(await start({ kyma: releases[name] }), name);
  const { identity, answer } = await client.pair('shop', { Tenant: 't', Group: 'g' });
  expect(answer.status).toBe(201);
  const gateway = client.instance.urls.gateway;
  const info = await client.get(`${gateway}/v1/applications/management/info`, identity);
  expect(info.text).toContain('"clientIdentity":{"application":"shop","group":"g","tenant":"t"}');
  expect(info.json.urls.metadataUrl).toBe(`${gateway}/shop/v1/metadata/services`);
});

describe.each(withRuntimes)('a central service of %s', (name) => {
  let client: ConnectorClient;
  beforeAll(async () => {
    client = new ConnectorClient(await startKymulator({ kyma: releases[name], central: true }), name);
  });
  afterAll(() => client.instance.close());

  const tokenCall = (family: string, headers: Record<string, string>) =>
    client.internal(`/v1/${family}/tokens`, { method: 'POST', headers });
  /** 0.8 and 0.9 want the hosts on info calls. */
  const hosts = { EventsHost: 'events.example', MetadataHost: 'metadata.example' };
  const infoOf = (url: string) => client.get(url, { headers: hosts });

  async function pairRuntime() {
    const token = await tokenCall('runtimes', { Tenant: 't', Group: 'g' });
    const info = (await infoOf(token.json.url)).json;
    const request = csr({ key: sharedKey, subject: slashSubject(info.certificate.subject) });
    const answer = await client.sign(info.csrUrl, request);
    return { token, info, answer, identity: { cert: pemsOf(answer.json.crt).join(''), key: sharedKey } };
  }

  const subjects: Partial<Record<GenerationName, string>> = {
    B1: 'OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE,CN=defaultdefault',
    'B2 (0.8)': 'OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE,CN=t;g',
    'B2 (0.9)': 'OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE,CN=t;g',
  };

  test('pairs runtimes, whose info has no gateway addresses (§4.3)', async () => {
    const { token, info, answer } = await pairRuntime();
    const { connector, gateway } = client.instance.urls;
    expect(token.text).toContain(`{"url":"${connector}/v1/runtimes/signingRequests/info?token=`);
    expect(info.csrUrl).toMatch(`${connector}/v1/runtimes/certificates?token=`);
    expect(JSON.stringify(info.api)).toBe(
      JSON.stringify({
        infoUrl: `${name === 'B1' ? connector : gateway}/v1/runtimes/management/info`,
        certificatesUrl: `${connector}/v1/runtimes/certificates`,
      }),
    );
    expect(info.certificate.subject).toBe(subjects[name] ?? 'O=t,OU=g,L=Waldorf,ST=Waldorf,C=DE,CN=*Runtime*');
    expect(answer.status).toBe(201);
  });

  if (name === 'B1') {
    test('wants an application only: tenant and group come from the chart', async () => {
      expect((await tokenCall('runtimes', {})).status).toBe(201);
      expect((await tokenCall('applications', {})).json.error).toBe('Required headers not specified.');
    });
    return;
  }

  test.each([[{}], [{ Tenant: 't' }], [{ Group: 'g' }]])(
    'wants tenant and group for a runtime: %j',
    async (headers) => {
      const answer = await tokenCall('runtimes', headers as Record<string, string>);
      expect([answer.status, answer.json.error]).toEqual([400, missing('Cluster')]);
    },
  );

  test.each([[{ Application: 'shop' }], [{ Application: 'shop', Tenant: 't' }], [{ Tenant: 't', Group: 'g' }]])(
    'wants all three for an application: %j',
    async (headers) => {
      const answer = await tokenCall('applications', headers as Record<string, string>);
      expect([answer.status, answer.json.error]).toEqual([400, missing('Application')]);
    },
  );

  test('a runtime learns who it is, and two addresses (§4.6)', async () => {
    const { identity } = await pairRuntime();
    const { gateway } = client.instance.urls;
    const info = await client.get(`${gateway}/v1/runtimes/management/info`, { ...identity, headers: hosts });
    expect(JSON.stringify(info.json.clientIdentity)).toBe('{"group":"g","tenant":"t"}');
    expect(info.json.urls).toEqual({
      renewCertUrl: `${gateway}/v1/runtimes/certificates/renewals`,
      [isB2(name) ? 'revocationCertUrl' : 'revokeCertUrl']: `${gateway}/v1/runtimes/certificates/revocations`,
    });
  });

  test('renews and revokes runtime certificates; the list is shared (§4.9)', async () => {
    const { identity, info } = await pairRuntime();
    const base = `${client.instance.urls.gateway}/v1/runtimes/certificates`;
    const request = csr({ key: sharedKey, subject: slashSubject(info.certificate.subject) });
    expect((await client.sign(`${base}/renewals`, request, identity)).status).toBe(201);
    expect((await client.get(`${base}/revocations`, { method: 'POST', ...identity })).status).toBe(201);
    expect((await client.sign(`${base}/renewals`, request, identity)).status).toBe(403);
    const inside = { method: 'POST', body: '{"hash":"abc"}' };
    expect((await client.internal('/v1/runtimes/certificates/revocations', inside)).status).toBe(201);
  });

  test('an application gets tenant and group into its subject and identity', async () => {
    const token = await tokenCall('applications', { Application: 'shop', Tenant: 't', Group: 'g' });
    const info = (await infoOf(token.json.url)).json;
    expect(info.certificate.subject).toBe(
      isB2(name)
        ? 'OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE,CN=t;g;shop'
        : 'O=t,OU=g,L=Waldorf,ST=Waldorf,C=DE,CN=shop',
    );
    const request = csr({ key: sharedKey, subject: slashSubject(info.certificate.subject) });
    const identity = { cert: pemsOf((await client.sign(info.csrUrl, request)).json.crt).join(''), key: sharedKey };
    const url = `${client.instance.urls.gateway}/v1/applications/management/info`;
    const management = await client.get(url, { ...identity, headers: hosts });
    expect(JSON.stringify(management.json.clientIdentity)).toBe('{"application":"shop","group":"g","tenant":"t"}');
  });

  test('certificates of one family are refused by the other (§5)', async () => {
    const { identity } = await pairRuntime();
    const url = `${client.instance.urls.gateway}/v1/applications/management/info`;
    const answer = await client.get(url, { ...identity, headers: hosts });
    const text = isB2(name)
      ? 'Failed to create params when reading ApplicationContext'
      : 'Failed to extract ApplicationContext from request';
    expect([answer.status, answer.json.error]).toEqual([500, text]);
  });

  test('tokens of one family are taken by the other (§4.5)', async () => {
    const application = await tokenCall('applications', { Application: 'shop', Tenant: 't', Group: 'g' });
    const asRuntime = await infoOf(application.json.url.replace('/applications/', '/runtimes/'));
    expect(asRuntime.status).toBe(200);
    const runtime = await tokenCall('runtimes', { Tenant: 't', Group: 'g' });
    const asApplication = await infoOf(runtime.json.url.replace('/runtimes/', '/applications/'));
    expect(asApplication.json.certificate.subject).toMatch(isB2(name) ? /,CN=t;g;$/ : /,CN=$/);
  });

  test('a renewal header needs all of CN, O and OU behind Istio (§5)', async () => {
    if (!name.startsWith('B5')) return;
    const answer = await client.inCluster('/v1/applications/management/info', {
      headers: { 'X-Forwarded-Client-Cert': 'Hash=ab;Subject="CN=shop,O=t,L=Waldorf,ST=Waldorf,C=DE"' },
    });
    expect([answer.status, answer.json.error]).toEqual([
      400,
      'Invalid certificate: Invalid certificate header, one of the values not provided',
    ]);
  });
});

describe.each(['B2 (0.8)', 'B2 (0.9)'] as const)('the host headers of %s', (name) => {
  test('replace hosts; empty ones give empty addresses; a central service wants both (§1, §5)', async () => {
    const client = new ConnectorClient(await start({ kyma: releases[name] }), name);
    const apiWith = async (headers: Record<string, string>) => {
      const { json } = await client.token('shop');
      return (await client.get(json.url, { headers })).json.api;
    };
    const replaced = await apiWith({ EventsHost: 'e.example', MetadataHost: 'm.example' });
    expect(replaced.eventsUrl).toBe('https://e.example/shop/v1/events');
    expect(replaced.metadataUrl).toBe('https://m.example/shop/v1/metadata/services');
    const empty = await apiWith({ EventsHost: '', MetadataHost: '' });
    expect([empty.eventsUrl, empty.metadataUrl]).toEqual(['', '']);

    const central = new ConnectorClient(await start({ kyma: releases[name], central: true }), name);
    const headers = { Tenant: 't', Group: 'g' };
    const { json } = await central.token('shop', headers);
    expect((await central.get(json.url)).json.error).toBe('Required headers not specified (Metadatahost).');
    const metadataOnly = await central.get(json.url, { headers: { MetadataHost: 'm' } });
    expect([metadataOnly.status, metadataOnly.json.error]).toEqual([
      400,
      'Required headers not specified (Eventshost).',
    ]);
    expect((await central.get(json.url, { headers: { MetadataHost: 'm', EventsHost: 'e' } })).status).toBe(200);
  });
});

test.each(['B3', 'B4', 'latest'] as const)('%s ignores the host headers', async (name) => {
  const client = new ConnectorClient(await start({ kyma: releases[name] }), name);
  const { json } = await client.token('shop');
  const { api } = (await client.get(json.url, { headers: { EventsHost: 'e', MetadataHost: 'm' } })).json;
  expect(api.eventsUrl).toBe(`${client.instance.urls.gateway}/shop/v1/events`);
});

test.each(centralOnly)('%s serves no runtimes unless it is central', async (name) => {
  const client = new ConnectorClient(await start({ kyma: releases[name] }), name);
  const headers = { Tenant: 't', Group: 'g' };
  expect((await client.internal('/v1/runtimes/tokens', { method: 'POST', headers })).status).toBe(404);
});

test.each(['B6', 'latest'] as const)('%s has no runtimes, central or not', async (name) => {
  const client = new ConnectorClient(await start({ kyma: releases[name], central: true }), name);
  const headers = { Tenant: 't', Group: 'g' };
  expect((await client.internal('/v1/runtimes/tokens', { method: 'POST', headers })).status).toBe(404);
});

test.each(withRuntimes)('tokens of runtimes of %s live ten minutes', async (name) => {
  const clock = new ManualClock();
  const client = new ConnectorClient(await start({ kyma: releases[name], central: true, clock }), name);
  const headers = { Tenant: 't', Group: 'g', EventsHost: 'e', MetadataHost: 'm' };
  const token = async () => (await client.internal('/v1/runtimes/tokens', { method: 'POST', headers })).json.url;
  const [early, late] = [await token(), await token()];
  clock.advance(10 * 60_000 - 1);
  expect((await client.get(early, { headers })).status).toBe(200);
  clock.advance(1);
  expect((await client.get(late, { headers })).status).toBe(403);
});

test('a second organization in the certificate does not make another tenant', async () => {
  const client = new ConnectorClient(await start({ kyma: '1.24', central: true }), 'B5');
  const { json } = await client.token('shop', { Tenant: 'tenant', Group: 'g' });
  const info = (await client.get(json.url)).json;
  const request = csr({ key: sharedKey, subject: `${slashSubject(info.certificate.subject)}/O=a` });
  const identity = { cert: pemsOf((await client.sign(info.csrUrl, request)).json.crt).join(''), key: sharedKey };
  const answer = await client.get(`${client.instance.urls.gateway}/v1/applications/management/info`, identity);
  expect([answer.status, answer.json.error]).toEqual([
    400,
    'Invalid certificate: Invalid certificate header, one of the values not provided',
  ]);
});

test('further values beside the fixed ones do not keep a system out', async () => {
  const client = new ConnectorClient(await start(), 'latest');
  const { json } = await client.token('shop');
  const info = (await client.get(json.url)).json;
  const request = csr({ key: sharedKey, subject: `${slashSubject(info.certificate.subject)}/O=A/OU=B` });
  const identity = { cert: pemsOf((await client.sign(info.csrUrl, request)).json.crt).join(''), key: sharedKey };
  const answer = await client.get(info.api.infoUrl, identity);
  expect(answer.json.clientIdentity).toEqual({ application: 'shop' });
});
