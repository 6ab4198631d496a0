import { describe, expect, onTestFinished, test } from 'vitest';
import { startControllers } from '../../src/controllers/start.ts';
import { silentLogger } from '../../src/core/log.ts';
import { countRows } from './rows.ts';
import { minimal, releases, startRegistry } from './start.ts';

const counted = countRows('resources');
const namespace = 'kyma-integration';

const full = {
  provider: 'Acme Retail',
  name: 'Orders API (v2)',
  description: 'Orders of the shop',
  shortDescription: 'Orders',
  identifier: 'orders-v2',
  labels: { team: 'blue' },
  api: {
    targetUrl: 'http://httpbin.local:8080/anything',
    spec: { openapi: '3.0.0' },
    specificationUrl: 'http://httpbin.local/spec',
    apiType: 'OpenApi',
    credentials: {
      oauth: {
        url: 'http://httpbin.local/token',
        clientId: 'cid',
        clientSecret: 'cs',
        requestParameters: { headers: { 'X-T': ['a'] }, queryParameters: { q: ['1'] } },
        csrfInfo: { tokenEndpointURL: 'http://httpbin.local/csrf' },
      },
    },
    requestParameters: { headers: { 'X-Env': ['dev'] }, queryParameters: { lang: ['en', 'de'] } },
  },
  events: { spec: { asyncapi: '2.0.0' } },
  documentation: {
    displayName: 'Docs',
    description: 'About',
    type: 'md',
    tags: ['t'],
    docs: [{ title: 'Intro', type: 'md', source: '# hi' }],
  },
};

test('1.24 writes the service entry as the contract has it', async () => {
  const registry = await startRegistry('1.24.0');
  const id = await registry.register(full);
  const [service] = (await registry.application()).spec.services;
  expect(service.name).toMatch(/^orders-api-v2-[0-9a-f]{5}$/);
  expect(JSON.stringify(service)).toBe(
    JSON.stringify({
      id,
      identifier: 'orders-v2',
      name: service.name,
      displayName: 'Orders API (v2)',
      description: 'Orders',
      longDescription: 'Orders of the shop',
      providerDisplayName: 'Acme Retail',
      labels: { team: 'blue', 'connected-app': 'shop' },
      entries: [
        {
          type: 'API',
          targetUrl: 'http://httpbin.local:8080/anything',
          specificationUrl: 'http://httpbin.local/spec',
          apiType: 'OpenApi',
          gatewayUrl: `http://shop-${id}.kyma-integration.svc.cluster.local`,
          accessLabel: `shop-${id}`,
          credentials: {
            type: 'OAuth',
            secretName: `shop-${id}`,
            authenticationUrl: 'http://httpbin.local/token',
            csrfInfo: { tokenEndpointURL: 'http://httpbin.local/csrf' },
          },
          requestParametersSecretName: `params-shop-${id}`,
          name: '',
          id: '',
        },
        { type: 'Events', targetUrl: '', credentials: { type: '', secretName: '' }, name: '', id: '', gatewayUrl: '' },
      ],
    }),
  );
  expect(await registry.secret(`shop-${id}`)).toEqual({
    clientId: 'cid',
    clientSecret: 'cs',
    headers: '{"X-T":["a"]}',
    queryParameters: '{"q":["1"]}',
  });
  expect(await registry.secret(`params-shop-${id}`)).toEqual({
    headers: '{"X-Env":["dev"]}',
    queryParameters: '{"lang":["en","de"]}',
  });
  counted.ran(3);
});

test('1.24 reads the service back as the contract has it', async () => {
  const registry = await startRegistry('1.24.0');
  const id = await registry.register(full);
  expect((await registry.get(id)).text).toBe(
    '{"provider":"Acme Retail","name":"Orders API (v2)","description":"Orders of the shop","identifier":"orders-v2","labels":{"connected-app":"shop","team":"blue"},"api":{"targetUrl":"http://httpbin.local:8080/anything","credentials":{"oauth":{"url":"http://httpbin.local/token","clientId":"********","clientSecret":"********","requestParameters":{"headers":{"X-T":["a"]},"queryParameters":{"q":["1"]}},"csrfInfo":{"tokenEndpointURL":"http://httpbin.local/csrf"}}},"spec":{"openapi":"3.0.0"},"specificationUrl":"http://httpbin.local/spec","apiType":"OpenApi","requestParameters":{"headers":{"X-Env":["dev"]},"queryParameters":{"lang":["en","de"]}}},"events":{"spec":{"asyncapi":"2.0.0"}},"documentation":{"displayName":"Docs","description":"About","type":"md","tags":["t"],"docs":[{"title":"Intro","type":"md","source":"# hi"}]}}\n',
  );
  const item =
    '"provider":"Acme Retail","name":"Orders API (v2)","description":"Orders of the shop","identifier":"orders-v2","labels":{"connected-app":"shop","team":"blue"}';
  expect((await registry.list()).text).toBe(`[{"id":"${id}",${item}}]\n`);
  expect((await registry.put(id, full)).text).toBe(`{${item}}\n`);
  counted.ran(3);
});

test('0.4.3 writes a RemoteEnvironment as the contract has it', async () => {
  const registry = await startRegistry('0.4.3');
  const id = await registry.register(full);
  const [service] = (await registry.application()).spec.services;
  const name = `re-shop-${id}`;
  expect(service).toEqual({
    id,
    identifier: 'orders-v2',
    name: service.name,
    displayName: 'Orders API (v2)',
    description: 'Orders',
    longDescription: 'Orders of the shop',
    providerDisplayName: 'Acme Retail',
    labels: { team: 'blue' },
    entries: [
      {
        type: 'API',
        gatewayUrl: `http://${name}.kyma-integration.svc.cluster.local`,
        accessLabel: name,
        targetUrl: 'http://httpbin.local:8080/anything',
        oauthUrl: 'http://httpbin.local/token',
        credentialsSecretName: name,
      },
      { type: 'Events', gatewayUrl: '', targetUrl: '', oauthUrl: '', credentialsSecretName: '' },
    ],
  });
  expect(await registry.secret(name)).toEqual({ clientId: 'cid', clientSecret: 'cs' });
  expect((await registry.get(id)).json.api).toEqual({
    targetUrl: 'http://httpbin.local:8080/anything',
    credentials: { oauth: { url: 'http://httpbin.local/token', clientId: '********', clientSecret: '********' } },
    spec: { openapi: '3.0.0' },
  });
  counted.ran(3);
});

test.each(['2.0.0', 'latest'])('%s adds the address at the central gateway', async (release) => {
  const registry = await startRegistry(release);
  await registry.register(minimal);
  const [service] = (await registry.application()).spec.services;
  expect(service.entries[0].centralGatewayUrl).toBe(
    'http://central-application-gateway.kyma-system:8080/shop/orders-api-v2',
  );
  counted.ran();
});

const id36 = 'i'.repeat(36);
const objects: readonly [
  release: string,
  application: string,
  name: (id: string) => string,
  label: string,
  selector: string,
][] = [
  ['0.4.3', 'shop', (id) => `re-shop-${id}`, 're', 'shop-gateway'],
  ['0.5.0', 'shop', (id) => `re-shop-${id}`, 're', 'shop-proxy-service'],
  ['0.6.1', 'shop', (id) => `app-shop-${id}`, 'app', 'shop-application-proxy'],
  ['0.7.0', 'shop', (id) => `app-shop-${id}`, 'app', 'shop-application-proxy'],
  ['0.8.0', 'shop', (id) => `app-shop-${id}`, 'app', 'shop-application-gateway'],
  ['1.6.0', 'shop', (id) => `app-shop-${id}`, 'app', 'shop-application-gateway'],
  ['1.7.0', 'shop', (id) => `shop-${id}`, 'app', 'shop-application-gateway'],
  [
    '0.4.3',
    'a-very-long-application-name-indeed',
    (id) => `re-a-very-long-application-${id}`,
    're',
    'a-very-long-application-name-indeed-gateway',
  ],
  [
    '0.6.1',
    'a-very-long-application-name-indeed',
    (id) => `app-a-very-long-applicatio-${id}`,
    'app',
    'a-very-long-application-name-indeed-application-proxy',
  ],
  [
    '1.24.0',
    'a-very-long-application-name-indeed',
    (id) => `a-very-long-application-na-${id}`,
    'app',
    'a-very-long-application-name-indeed-application-gateway',
  ],
];

test.each(objects)('%s makes the Service of %s', async (release, application, name, label, selector) => {
  const registry = await startRegistry(release, { applications: [application] });
  const id = await registry.register(minimal, application);
  expect(name(id36).length).toBeLessThanOrEqual(63);
  const service = await registry.store.get({ apiVersion: 'v1', kind: 'Service', namespace, name: name(id) });
  expect(service).toMatchObject({
    metadata: { labels: { [label]: application, serviceId: id } },
    spec: {
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
      selector: { [label]: selector },
    },
  });
  counted.ran();
});

test('the Secret of request parameters has a name of at most 64 characters', async () => {
  for (const [length, expected] of [
    [19, 63],
    [20, 64],
    [21, 63],
    [26, 63],
  ] as const) {
    const application = 'a'.repeat(length);
    const registry = await startRegistry('1.24.0', { applications: [application] });
    await registry.register({ ...minimal, api: { ...minimal.api, requestParameters: { headers: {} } } }, application);
    const { items } = await registry.store.list({ apiVersion: 'v1', kind: 'Secret' });
    expect(items.map(({ metadata }) => metadata.name.length)).toEqual([expected]);
    counted.ran();
  }
});

test.each([
  ['1.3.0', false],
  ['1.4.0', true],
  ['latest', true],
])('objects of %s belong to the application: %s', async (release, owned) => {
  const registry = await startRegistry(release);
  await registry.register(full);
  const { uid } = (await registry.application()).metadata;
  const owner = { apiVersion: 'applicationconnector.kyma-project.io/v1alpha1', kind: 'Application', name: 'shop', uid };
  for (const kind of ['Service', 'Secret']) {
    const { items } = await registry.store.list({ apiVersion: 'v1', kind });
    expect(items.length).toBeGreaterThan(0);
    for (const { metadata } of items) expect(metadata.ownerReferences).toEqual(owned ? [owner] : undefined);
    counted.ran();
  }
});

describe.each(releases)('in %s', (release) => {
  test('removing a service removes everything that was made for it, and nothing else', async () => {
    const registry = await startRegistry(release);
    const keep = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', data: {} };
    await registry.store.create({ ...keep, metadata: { name: 'shop-by-hand', namespace } });
    const id = await registry.register(full);
    await registry.delete(id);
    await registry.delete('by-hand');
    const left = await Promise.all(
      ['Service', 'Secret'].map(async (kind) => (await registry.store.list({ apiVersion: 'v1', kind })).items),
    );
    expect(left.flat().map(({ metadata }) => metadata.name)).toEqual(['shop-by-hand']);
    expect((await registry.application()).spec.services).toEqual([]);
    const specifications = await registry.store.list({ apiVersion: 'kymulator.local/v1', kind: 'Specification' });
    expect(specifications.items).toEqual([]);
    counted.ran();
  });

  test('replacing an API by events removes what belonged to it', async () => {
    const registry = await startRegistry(release);
    const id = await registry.register(full);
    await registry.put(id, { ...minimal, api: undefined, events: full.events });
    for (const kind of ['Service', 'Secret']) {
      expect((await registry.store.list({ apiVersion: 'v1', kind })).items).toEqual([]);
    }
    const { entries } = (await registry.application()).spec.services[0];
    expect(entries.map(({ type }: { type: string }) => type)).toEqual(['Events']);
    expect((await registry.get(id)).json).not.toHaveProperty('api');
    expect((await registry.get(id)).json.events).toEqual(full.events);
    counted.ran();
  });

  test('the identifier stays and the labels start anew when a service is replaced', async () => {
    const registry = await startRegistry(release);
    const id = await registry.register(full);
    const answer = await registry.put(id, { ...minimal, identifier: 'other' });
    expect(answer.json).toMatchObject({ identifier: 'orders-v2', labels: { 'connected-app': 'shop' } });
    expect(answer.json).not.toHaveProperty('api');
    counted.ran();
  });

  test('labels name the application', async () => {
    const registry = await startRegistry(release);
    const isForced = !/^0\.[4-6]/.test(release);
    const rows = [
      [undefined, { 'connected-app': 'shop' }],
      [null, { 'connected-app': 'shop' }],
      [{ a: 'b' }, isForced ? { a: 'b', 'connected-app': 'shop' } : { a: 'b' }],
      [
        { 'connected-app': 'x', a: 'b' },
        { a: 'b', 'connected-app': 'shop' },
      ],
      [{ b: '', a: '' }, isForced ? { a: '', b: '', 'connected-app': 'shop' } : { a: '', b: '' }],
    ] as const;
    for (const [index, [labels, expected]] of rows.entries()) {
      const id = await registry.register({ ...minimal, name: `service ${index}`, labels });
      expect((await registry.get(id)).json.labels).toEqual(expected);
      counted.ran();
    }
  });

  test('shows at once what others write into the application, however little that is', async () => {
    const registry = await startRegistry(release);
    const { apiVersion, kind } = registry.kind;
    const service = {
      id: 'by-hand',
      name: 'n',
      displayName: 'By hand',
      description: 'short',
      providerDisplayName: 'p',
    };
    await registry.store.patch(
      { apiVersion, kind, name: 'shop' },
      { spec: { services: [{ ...service, entries: [{ type: 'API', targetUrl: 'http://x' }] }] } },
    );
    const head = '"provider":"p","name":"By hand","description":"","labels":null';
    expect((await registry.list()).text).toBe(`[{"id":"by-hand",${head}}]\n`);
    expect((await registry.get('by-hand')).text).toBe(`{${head},"api":{"targetUrl":"http://x"}}\n`);
    await registry.store.patch({ apiVersion, kind, name: 'shop' }, { spec: { services: null } });
    expect((await registry.list()).text).toBe('[]\n');
    counted.ran(3);
  });
});

test.each([
  ['1.3.0', 3],
  ['1.4.0', 0],
  ['latest', 0],
])('of %s %i objects outlive the application', async (release, left) => {
  const registry = await startRegistry(release, { applications: ['shop', 'other'] });
  const { store, clock } = registry;
  const controllers = await startControllers({ store, clock, log: silentLogger });
  onTestFinished(() => controllers.close());
  await registry.register(full);
  const other = await registry.register(minimal, 'other');
  const { apiVersion, kind } = registry.kind;
  const objects = async () => {
    const lists = await Promise.all(
      ['Service', 'Secret'].map(async (kind) => (await registry.store.list({ apiVersion: 'v1', kind })).items),
    );
    return lists.flat().filter(({ metadata }) => metadata.labels?.serviceId !== other).length;
  };
  expect(await objects()).toBe(3);
  await registry.store.delete({ apiVersion, kind, name: 'shop' });
  await expect.poll(objects).toBe(left);
  expect((await registry.get(other, 'other')).status).toBe(200);
  counted.ran();
});

test('labels and parameters come in the order of their bytes', async () => {
  const registry = await startRegistry('1.24.0');
  const labels = { 9: 'a', 10: 'b', ä: 'c', Z: 'd' };
  const id = await registry.register({ ...minimal, labels });
  expect((await registry.get(id)).text).toContain('"labels":{"10":"b","9":"a","Z":"d","connected-app":"shop","ä":"c"}');
  counted.ran();
});

test('until 0.6 empty labels are answered once and read back as none', async () => {
  const registry = await startRegistry('0.6.1');
  const id = await registry.register(minimal);
  expect((await registry.put(id, { ...minimal, labels: {} })).json.labels).toEqual({});
  expect((await registry.get(id)).json.labels).toBeNull();
  counted.ran();
});
