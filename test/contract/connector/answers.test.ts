import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kymulator, startKymulator } from '../../../src/kymulator.ts';
import {
  ConnectorClient,
  current,
  early,
  type GenerationName,
  releases,
  withManagement,
} from '../../support/connector.ts';

const JSON_TYPE = 'application/json;charset=UTF-8';
const TOKEN = /^[A-Za-z0-9_-]{86}==$/;

/** The instance answers with the documented names; a test reaches it on localhost. */
function onLocalhost(client: ConnectorClient, url: string): string {
  const port = new URL(client.instance.edges.find(({ name }) => name === 'connector')?.url ?? '').port;
  return url.replace(/^https:\/\/connector-service\.kyma\.example:\d+/, `https://localhost:${port}`);
}

const started = new Map<GenerationName, Promise<Kymulator>>();
const instanceOf = (name: GenerationName) => {
  const running = started.get(name) ?? startKymulator({ kyma: releases[name], domain: 'kyma.example' });
  started.set(name, running);
  return running;
};
afterAll(async () => {
  for (const running of started.values()) await (await running).close();
});

const clientOf = async (name: GenerationName) => new ConnectorClient(await instanceOf(name), name);

describe.each(early)('answers of %s', (name) => {
  let client: ConnectorClient;
  let base: string;
  let G: string;
  beforeAll(async () => {
    client = await clientOf(name);
    base = `${client.instance.urls.connector}/v1/${client.era}/shop`;
    G = client.instance.urls.gateway;
  });

  test('a token answer has the URL and the token of 88 characters (§3.1)', async () => {
    const answer = await client.token('shop');
    expect([answer.status, answer.headers['content-type']]).toEqual([201, JSON_TYPE]);
    const { token } = answer.json;
    expect(token).toMatch(TOKEN);
    expect(answer.text).toBe(`{"url":"${base}/info?token=${token}","token":"${token}"}\n`);
  });

  test('an info answer has exactly these keys in this order (§3.2)', async () => {
    const token = await client.token('shop');
    const answer = await client.get(onLocalhost(client, token.json.url));
    expect([answer.status, answer.headers['content-type']]).toEqual([200, JSON_TYPE]);
    const next = new URL(answer.json.csrUrl).searchParams.get('token');
    expect(next).toMatch(TOKEN);
    expect(answer.text).toBe(
      `{"csrUrl":"${base}/client-certs?token=${next}",` +
        `"api":{"metadataUrl":"${G}/shop/v1/metadata/services","eventsUrl":"${G}/shop/v1/events","certificatesUrl":"${base}"},` +
        '"certificate":{"subject":"OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE,CN=shop","extensions":"","key-algorithm":"rsa2048"}}\n',
    );
  });

  test('a name is decoded, and put back without escapes (§3)', async () => {
    const answer = await client.internal(`/v1/${client.era}/a%20b%26%3C/tokens`, { method: 'POST' });
    expect(answer.text).toContain(`/v1/${client.era}/a b\\u0026\\u003c/info?token=`);
  });

  test('an escaped slash makes two segments, so the path is unknown (§15.4)', async () => {
    expect((await client.internal(`/v1/${client.era}/a%2Fb/tokens`, { method: 'POST' })).status).toBe(404);
  });
});

const orders: Record<string, string> = {
  B1: 'OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE,CN=shop',
  'B2 (0.8)': 'OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE,CN=shop',
  'B2 (0.9)': 'OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE,CN=shop',
};
const subjectOf = (name: GenerationName) =>
  orders[name] ?? 'O=Organization,OU=OrgUnit,L=Waldorf,ST=Waldorf,C=DE,CN=shop';

/** The `api` member as text. (§1, §4.3) */
function apiText(name: GenerationName, H: string, G: string): string {
  const urls: Record<string, string> = {
    eventsInfoUrl: `${G}/shop/v1/events/subscribed`,
    eventsUrl: `${G}/shop/v1/events`,
    metadataUrl: `${G}/shop/v1/metadata/services`,
    infoUrl: `${name === 'B1' ? H : G}/v1/applications/management/info`,
    certificatesUrl: `${H}/v1/applications/certificates`,
  };
  const keys =
    name === 'B1'
      ? ['metadataUrl', 'eventsUrl', 'infoUrl', 'certificatesUrl']
      : ['B2 (0.8)', 'B2 (0.9)', 'B3'].includes(name)
        ? ['eventsUrl', 'metadataUrl', 'infoUrl', 'certificatesUrl']
        : ['eventsInfoUrl', 'eventsUrl', 'metadataUrl', 'infoUrl', 'certificatesUrl'];
  return JSON.stringify(Object.fromEntries(keys.map((key) => [key, urls[key]])));
}

describe.each(current)('answers of %s', (name) => {
  let client: ConnectorClient;
  let H: string;
  let G: string;
  beforeAll(async () => {
    client = await clientOf(name);
    ({ connector: H, gateway: G } = client.instance.urls);
  });

  test('a token answer has the URL and the token of 88 characters (§4.2)', async () => {
    const answer = await client.token('shop');
    const { token } = answer.json;
    expect([answer.status, answer.headers['content-type']]).toEqual([201, JSON_TYPE]);
    expect(token).toMatch(TOKEN);
    expect(answer.text).toBe(`{"url":"${H}/v1/applications/signingRequests/info?token=${token}","token":"${token}"}\n`);
  });

  test.each([
    ['absent', []],
    ['empty', ['Application', '']],
    ['first empty of two', ['Application', '', 'Application', 'shop']],
  ])('an Application header that is %s is 400 (§4.2)', async (_, headers) => {
    const answer = await client.internal('/v1/applications/tokens', { method: 'POST', headers });
    const text =
      name === 'B1' ? 'Required headers not specified.' : 'Required headers for ApplicationContext not specified.';
    expect([answer.status, answer.text]).toEqual([400, `{"code":400,"error":"${text}"}\n`]);
  });

  test('of two Application headers the first counts, blanks around it do not (§15.9)', async () => {
    const headers = ['application', '  shop  ', 'Application', 'other'];
    const { json } = await client.internal('/v1/applications/tokens', { method: 'POST', headers });
    expect((await client.get(onLocalhost(client, json.url))).json.certificate.subject).toBe(subjectOf(name));
  });

  test('an info answer has exactly these keys in this order (§4.3)', async () => {
    const token = await client.token('shop');
    const answer = await client.get(onLocalhost(client, token.json.url));
    expect([answer.status, answer.headers['content-type']]).toEqual([200, JSON_TYPE]);
    const next = new URL(answer.json.csrUrl).searchParams.get('token');
    expect(answer.text).toBe(
      `{"csrUrl":"${H}/v1/applications/certificates?token=${next}","api":${apiText(name, H, G)},` +
        `"certificate":{"subject":"${subjectOf(name)}","extensions":"","key-algorithm":"rsa2048"}}\n`,
    );
  });

  test('special characters of a name are written as Go writes them, not escaped in the subject (§4.3)', async () => {
    const token = await client.token('a&b,C=XX');
    const answer = await client.get(onLocalhost(client, token.json.url));
    expect(answer.text).toContain('CN=a\\u0026b,C=XX"');
  });

  test('a name that is not UTF-8 gets U+FFFD (§15.9)', async () => {
    const headers = ['Application', Buffer.from([0x61, 0xff]).toString('latin1')];
    const { json } = await client.internal('/v1/applications/tokens', { method: 'POST', headers });
    expect((await client.get(onLocalhost(client, json.url))).json.certificate.subject).toContain('CN=a\ufffd');
  });
});

describe.each(withManagement)('management info of %s', (name) => {
  test('has exactly these keys in this order, with the subject of the info answer (§4.6)', async () => {
    await using instance = await startKymulator({ kyma: releases[name] });
    const client = new ConnectorClient(instance, name);
    const G = instance.urls.gateway;
    const { identity, subject } = await client.pair('shop');
    const answer = await client.get(`${G}/v1/applications/management/info`, identity);
    const events = ['B2 (0.8)', 'B2 (0.9)', 'B3'].includes(name)
      ? ''
      : `"eventsInfoUrl":"${G}/shop/v1/events/subscribed",`;
    const isB2 = name.startsWith('B2');
    const certificate = `,"certificate":{"subject":"${subject}","extensions":"","key-algorithm":"rsa2048"}`;
    expect([answer.status, answer.headers['content-type']]).toEqual([200, JSON_TYPE]);
    expect(answer.text).toBe(
      `{"clientIdentity":{"application":"shop"},"urls":{${events}"eventsUrl":"${G}/shop/v1/events",` +
        `"metadataUrl":"${G}/shop/v1/metadata/services","renewCertUrl":"${G}/v1/applications/certificates/renewals",` +
        `"${isB2 ? 'revocationCertUrl' : 'revokeCertUrl'}":"${G}/v1/applications/certificates/revocations"}` +
        `${isB2 ? '' : certificate}}\n`,
    );
  });
});

test('0.7 announces a management address that nothing answers', async () => {
  await using instance = await startKymulator({ kyma: '0.7.0' });
  const client = new ConnectorClient(instance, 'B1');
  const { info, identity } = await client.pair('shop');
  expect((await client.get(info.api.infoUrl, identity)).status).toBe(404);
});

test('a public URL that is set goes into every answer instead of the edge', async () => {
  await using instance = await startKymulator({
    connectorUrl: 'https://pairing.example/',
    gatewayUrl: 'https://api.example:444',
  });
  const client = new ConnectorClient(instance, 'latest');
  const { json } = await client.token('shop');
  expect(json.url).toMatch(/^https:\/\/pairing\.example\/v1\/applications/);
  const edge = instance.edges.find(({ name }) => name === 'connector')?.url;
  const info = await client.get(json.url.replace('https://pairing.example', edge));
  expect(info.json.api.metadataUrl).toBe('https://api.example:444/shop/v1/metadata/services');
});
