import { expect, onTestFinished, test } from 'vitest';
import type { ClusterHost } from '../../src/cluster/names.ts';
import { ClusterTable } from '../../src/cluster/table.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { createGateway, type GatewaySettings } from '../../src/gateway/capability.ts';
import type { Site } from '../../src/http/site.ts';
import type { Application } from '../../src/resources/application.ts';
import type { Secret } from '../../src/resources/core-kinds.ts';
import { applicationKind } from '../../src/resources/kinds.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { startHttpBin } from '../external-system/bin.ts';
import { ask, serve } from '../external-system/serve.ts';
import { makeCertificates } from './certificates.ts';
import { header, json, open, secured } from './secured.ts';

const settings: GatewaySettings = {
  proxyTimeout: 10_000,
  requestTimeout: 10_000,
  gatewayRetryBodyLimit: '1MiB',
  quirks: false,
  cacheDelays: false,
  outgoing: [],
  applicationGatewayPort: 1,
  applicationGatewayCompassPort: 2,
  applicationGatewayHealthPort: 3,
};

const { authority } = makeCertificates();

async function start(options: Partial<GatewaySettings> = {}) {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock, random: systemRandom });
  onTestFinished(() => store.close());
  const gateway = await createGateway({
    settings: { ...settings, ...options },
    release: 'latest',
    clock,
    random: systemRandom,
    log: silentLogger,
    store,
    authority: { certificatePem: authority.crt, privateKeyPem: authority.key, rootPem: undefined },
    cluster: new ClusterTable(),
    urls: () => ({ connector: '', gateway: '', internal: '' }),
  });
  onTestFinished(() => gateway.close());
  const service = (port: number) => serve(siteOf(gateway.services?.find((row) => row.port === port)?.site));
  const named = (host: ClusterHost) => serve(siteOf(gateway.names?.(host)));
  return { gateway, store, service, named };
}

function siteOf(site: Site | undefined): Site {
  if (!site) throw new Error('the gateway has no such site');
  // The gateway closes its own.
  return { ...site, close: async () => {} };
}

const { apiVersion, kind } = applicationKind;
const shop = (service: object): Application => ({
  apiVersion,
  kind,
  metadata: { name: 'shop' },
  spec: {
    services: [
      { id: 'id', name: 'svc', displayName: 'svc', description: '', providerDisplayName: '', entries: [], ...service },
    ],
  },
});

test('what is written to the store is called at once, through every gateway', async () => {
  const { store, service, named } = await start();
  const central = await service(8080);
  const byHost = await named({ service: 'shop-id', namespace: 'kyma-integration', port: 80 });
  const bin = await startHttpBin();
  const status = async () => [
    (await ask(central, { path: '/shop/svc/uuid' })).status,
    (await ask(byHost, { path: '/uuid', headers: { Host: 'shop-id.kyma-integration' } })).status,
  ];
  expect(await status()).toEqual([404, 404]);

  await store.create(shop({ entries: [{ type: 'API', targetUrl: `http://127.0.0.1:${bin.port}` }] }));
  expect(await status()).toEqual([200, 200]);

  await store.update(shop({ displayName: 'other' }));
  expect(await status()).toEqual([404, 400]);

  await store.delete({ apiVersion, kind, name: 'shop' });
  expect(await status()).toEqual([404, 404]);
});

test('the services of the central gateway are those of the cluster', async () => {
  const { gateway, service } = await start();
  const rows = gateway.services?.map(({ site: _, ...row }) => row) ?? [];
  const common = {
    service: 'central-application-gateway',
    namespaces: ['kyma-system', 'kyma-integration'],
    app: 'central-application-gateway',
    logPart: 'application-gateway',
  };
  expect(rows).toEqual([
    { ...common, port: 8080, portName: 'http-proxy' },
    { ...common, port: 8082, portName: 'http-proxy-mps' },
    { ...common, port: 8081, portName: 'http-api-port' },
  ]);
  expect((await ask(await service(8081), { path: '/v1/health' })).status).toBe(200);
  expect((await ask(await service(8082), { path: '/shop/svc' })).status).toBe(400);
});

test('the ports for workloads outside are as the settings say', async () => {
  const { gateway } = await start();
  expect(gateway.edges?.map(({ name, flag, port }) => [name, flag, port])).toEqual([
    ['application-gateway', '--application-gateway-port', 1],
    ['application-gateway-compass', '--application-gateway-compass-port', 2],
    ['application-gateway-health', '--application-gateway-health-port', 3],
  ]);
});

test.each<[service: string, namespace: string, port: number, found: boolean]>([
  ['app-shop-id', 'kyma-integration', 80, true],
  ['app-shop-id', 'kyma-system', 80, false],
  ['shop-application-gateway', 'kyma-integration', 8081, true],
  ['shop-gateway-external-api', 'kyma-integration', 8081, true],
  ['-gateway-external-api', 'kyma-integration', 8081, false],
  ['shop-gateway', 'shop', 8080, true],
  ['shop-gateway', '', 8080, true],
  ['shop-gateway', 'other', 8080, false],
  ['-gateway', '', 8080, false],
])('%s of the namespace "%s" at port %i is a gateway: %j', async (service, namespace, port, found) => {
  const { gateway } = await start();
  expect(gateway.names?.({ service, namespace, port }) !== undefined).toBe(found);
});

test('reset() forgets tokens, CSRF tokens, a log level, and reads of the cluster', async () => {
  const { gateway, store, service } = await start({ cacheDelays: true });
  const token = await secured((_, response) => json(response, { access_token: 't' }));
  const csrf = await secured((_, response) => void response.end());
  const target = await secured(open);
  const secret = (clientId: string): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'x', namespace: 'kyma-system' },
    data: { clientId: Buffer.from(clientId).toString('base64') },
  });
  await store.create(secret('a'));
  const credentials = {
    type: 'OAuth',
    secretName: 'x',
    authenticationUrl: token.url,
    csrfInfo: { tokenEndpointURL: csrf.url },
  };
  await store.create(shop({ entries: [{ type: 'API', targetUrl: target.url, credentials }] }));
  const [central, health] = [await service(8080), await service(8081)];
  const call = async () => (await ask(central, { path: '/shop/svc' })).status;
  const level = async () => (await ask(health, { path: '/v1/loglevel' })).json();
  await ask(health, { path: '/v1/loglevel', method: 'PUT', body: '{"level":"debug"}' });
  expect([await call(), await call(), await level()]).toEqual([200, 200, { level: 'debug' }]);
  await store.update(secret('b'));
  expect([await call(), token.seen.length, csrf.seen.length]).toEqual([200, 1, 1]);

  gateway.reset?.();
  expect([await call(), await level()]).toEqual([200, { level: 'info' }]);
  expect([token.seen.length, csrf.seen.length]).toEqual([2, 2]);
  expect(token.seen.map(({ body }) => new URLSearchParams(body).get('client_id'))).toEqual(['a', 'b']);
  expect(target.seen.map((seen) => header(seen, 'authorization')[0])).toEqual(Array(4).fill('Bearer t'));
});

test('close() may be called twice, and calls after it fail', async () => {
  const { gateway, store, service } = await start();
  const target = await secured(open);
  await store.create(shop({ entries: [{ type: 'API', targetUrl: target.url }] }));
  const central = await service(8080);
  expect((await ask(central, { path: '/shop/svc' })).status).toBe(200);
  await gateway.close();
  await gateway.close();
  expect((await ask(central, { path: '/shop/svc' })).status).toBe(502);
});
