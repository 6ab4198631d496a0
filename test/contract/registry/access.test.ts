import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { type Kymulator, startKymulator } from '../../../src/kymulator.ts';
import { ConnectorClient, type GenerationName, type Paired } from '../../support/connector.ts';
import { edge, start } from '../../support/instance.ts';

/** Who may enter over mutual TLS, by release. (metadata-service §11.5) */
interface Access {
  readonly kyma: string;
  readonly generation: GenerationName;
  readonly kind: 'RemoteEnvironment' | 'Application';
  readonly front: 'nginx' | 'istio';
  readonly wrongName: readonly [status: number, text: string];
  readonly unknown: readonly [status: number, text: string];
  /** What the right certificate gets for a list. */
  readonly list: readonly [status: number, text: string];
}

const json = (code: number, error: string) => [code, `{"code":${code},"error":"${error}"}\n`] as const;
const forbiddenPage = [403, '<title>403 Forbidden</title>'] as const;
const nothingThere = [404, 'default backend - 404'] as const;
const cache = 'while getting application ClientIds: application';
const destination = 'could not determine destination host, requested resource not found';

const table: readonly Access[] = [
  {
    kyma: '0.4.3',
    generation: 'A1',
    kind: 'RemoteEnvironment',
    front: 'nginx',
    wrongName: forbiddenPage,
    unknown: nothingThere,
    list: [200, '[]\n'],
  },
  {
    kyma: '1.1.0',
    generation: 'B4',
    kind: 'Application',
    front: 'nginx',
    wrongName: forbiddenPage,
    unknown: nothingThere,
    list: [200, '[]\n'],
  },
  {
    kyma: '1.6.0',
    generation: 'B5',
    kind: 'Application',
    front: 'istio',
    wrongName: json(403, 'No valid subject found'),
    unknown: [404, ''],
    list: [200, '[]\n'],
  },
  {
    kyma: '1.24.11',
    generation: 'B5',
    kind: 'Application',
    front: 'istio',
    wrongName: json(403, 'no valid subject found'),
    unknown: [404, ''],
    list: [200, '[]\n'],
  },
  {
    kyma: '2.2.0',
    generation: 'B6',
    kind: 'Application',
    front: 'istio',
    wrongName: json(403, 'no valid subject found'),
    unknown: json(500, `${cache} with name nobody is not found in the cache. Please retry`),
    list: [200, '[]\n'],
  },
  {
    kyma: 'latest',
    generation: 'latest',
    kind: 'Application',
    front: 'istio',
    wrongName: json(403, 'no valid subject found'),
    unknown: json(404, `${cache} data for name nobody is not found in the cache. Please retry`),
    list: [200, '[]\n'],
  },
];

const metadata = (instance: Kymulator, application: string) =>
  `${instance.urls.gateway}/${application}/v1/metadata/services`;

describe.each(table)('the gateway of $kyma', ({ kyma, generation, kind, front, wrongName, unknown, list }) => {
  const clock = new ManualClock();
  let instance: Kymulator;
  let client: ConnectorClient;
  let shop: Paired;
  beforeAll(async () => {
    instance = await startKymulator({ kyma, clock });
    client = new ConnectorClient(instance, generation);
    for (const name of ['shop', 'other']) {
      await instance.store.create({
        apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
        kind,
        metadata: { name },
        spec: { services: [] },
      });
    }
    shop = await client.pair('shop');
  });
  afterAll(() => instance.close());

  const get = (application: string, options = {}) => client.get(metadata(instance, application), options);

  test('lets an application to its own services', async () => {
    const answer = await get('shop', shop.identity);
    expect([answer.status, answer.text]).toEqual(list);
  });

  test.each([
    ['of another application', 'other', wrongName],
    ['of an unknown application', 'nobody', unknown],
  ])('refuses the paths %s', async (_, application, [status, text]) => {
    const answer = await get(application, shop.identity);
    expect(answer.status).toBe(status);
    if (text === '') expect(answer.text).toBe('');
    else expect(answer.text).toContain(text);
  });

  test('refuses a client without certificate, and one of another authority', async () => {
    const foreign = await new ConnectorClient(await start(), 'latest').pair('shop');
    if (front === 'nginx') {
      expect((await get('shop')).text).toContain('<title>400 No required SSL certificate was sent</title>');
      expect((await get('shop', foreign.identity)).text).toContain('<title>400 The SSL certificate error</title>');
      return;
    }
    await expect(get('shop')).rejects.toThrow(/hang up|ECONNRESET|alert/);
    await expect(get('shop', foreign.identity)).rejects.toThrow(/hang up|ECONNRESET|alert/);
  });

  test('believes no header about who the client is', async () => {
    const headers = {
      'X-Forwarded-Client-Cert': 'Hash=ab;Subject="CN=other,OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE"',
      'ssl-client-subject-dn': 'CN=other',
    };
    expect((await get('other', { ...shop.identity, headers })).status).toBe(wrongName[0]);
  });

  test('registers, and what is registered can be called in the next request and is gone after its removal', async () => {
    const body = JSON.stringify({
      provider: 'Acme',
      name: 'Orders API',
      description: 'Orders',
      api: { targetUrl: edge(instance, 'external-system') },
    });
    const registered = await get('shop', { ...shop.identity, method: 'POST', body });
    expect(registered.status).toBe(200);
    const { id } = registered.json;
    const inside = (Host: string, path: string) => client.internal(path, { headers: { Host } });
    const prefix = kyma.startsWith('0.4') ? 're-' : kyma === '1.1.0' || kyma === '1.6.0' ? 'app-' : '';
    const host = `${prefix}shop-${id}.kyma-integration.svc.cluster.local`;
    expect((await inside(host, '/uuid')).json).toHaveProperty('uuid');
    const removed = await client.get(`${metadata(instance, 'shop')}/${id}`, { ...shop.identity, method: 'DELETE' });
    expect(removed.status).toBe(204);
    expect((await inside(host, '/uuid')).status).toBe(404);
    expect((await get('shop', shop.identity)).text).toBe('[]\n');
  });

  // Moves the clock, so it comes last.
  test('refuses a certificate that has expired', async () => {
    clock.advance(400 * 86_400_000);
    if (front === 'nginx') {
      expect((await get('shop', shop.identity)).text).toContain('<title>400 The SSL certificate error</title>');
    } else {
      await expect(get('shop', shop.identity)).rejects.toThrow(/hang up|ECONNRESET/);
    }
  });
});

test.each(['2.3.0', '2.10.0', '2.20.0'])('from %s on the path leads nowhere', async (kyma) => {
  const instance = await start({ kyma });
  await instance.store.create({
    apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop' },
    spec: { services: [] },
  });
  // The Connector Service is gone with 2.3; the API of 2018 is always there.
  const { identity } = await new ConnectorClient(instance, 'A2').pair('shop');
  const client = new ConnectorClient(instance, 'A2');
  const answer = await client.get(metadata(instance, 'shop'), identity);
  expect([answer.status, answer.text]).toEqual(json(404, destination));
});
