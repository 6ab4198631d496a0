import { expect, test } from 'vitest';
import type { ConnectedSystem } from '../../../src/gateway/routing/lookup.ts';
import { startHttpBin } from '../../external-system/bin.ts';
import { rawTarget, startHostGateway } from '../start.ts';

const ID = '0a3f9f0e-6a52-4b1c-9c1e-0123456789ab';
const OTHER = 'ffffffff-6a52-4b1c-9c1e-0123456789ab';
const LONG = 'a-name-that-is-longer-than-any-label-takes';

const system = (name: string, targetUrl: string, ...types: string[]): ConnectedSystem => ({
  metadata: { name },
  spec: { services: [{ id: ID, name: 's', displayName: 's', entries: types.map((type) => ({ type, targetUrl })) }] },
});

test.each([
  [`re-shop-${ID}.kyma-integration.svc.cluster.local`, 'remote'],
  [`app-shop-${ID}.kyma-integration`, 'app'],
  [`shop-${ID}.kyma-integration:8080`, 'app'],
  [`shop-${ID}`, 'app'],
  [`app-${LONG.slice(0, 22)}-${ID}`, 'long'],
  [`${LONG.slice(0, 26)}-${ID}`, 'long'],
  [`re-${LONG.slice(0, 23)}-${ID}`, 'long-remote'],
])('%s is the API of %s', async (host, expected) => {
  const bin = await startHttpBin();
  const at = (name: string, path: string) => system(name, `http://127.0.0.1:${bin.port}/anything/${path}`, 'API');
  const gateway = await startHostGateway({
    applications: [at('shop', 'app'), at(LONG, 'long')],
    remoteEnvironments: [at('shop', 'remote'), at(LONG, 'long-remote')],
  });
  const answer = await gateway.ask({ path: '/x/?a=1', headers: { Host: host } });
  expect(answer.json()).toMatchObject({ url: `http://127.0.0.1:${bin.port}/anything/${expected}/x/?a=1` });
});

test.each<[host: string, status: number, error: string]>([
  [`app-shop-${OTHER}.x`, 404, `service with ID ${OTHER} not found`],
  [`app-nobody-${ID}.x`, 500, `failed to read ${ID} service, Application: nobody not found.`],
  [`re-nobody-${ID}.x`, 500, `failed to read ${ID} service, Remote environment: nobody not found.`],
  ['something.x', 404, 'service with ID something not found'],
  ['app-shop-nope', 404, 'service with ID nope not found'],
  ['shop-no-pe.x', 404, 'service with ID no-pe not found'],
  [`app-shop-${ID}:8080`, 404, `service with ID ${ID}:8080 not found`],
  [`app-events-${ID}`, 400, `service with ID '${ID}' has no API`],
  [`re-events-${ID}`, 400, `service with ID '${ID}' has no API`],
  [
    `app-odd-${ID}`,
    500,
    `failed to read ${ID} service, incorrect type of entry 'Odd' in Application Service definition`,
  ],
  [
    `re-odd-${ID}`,
    500,
    `failed to read ${ID} service, incorrect type of entry 'Odd' in Remote Environment Service definition`,
  ],
])('%s answers %i', async (host, status, error) => {
  const systems = [
    system('shop', 'http://t', 'API'),
    system('events', '', 'Events'),
    system('odd', 'http://t', 'API', 'Odd'),
  ];
  const gateway = await startHostGateway({ applications: systems, remoteEnvironments: systems });
  const answer = await gateway.ask({ path: '/', headers: { Host: host } });
  expect([answer.status, answer.json()]).toEqual([status, { code: status, error }]);
});

test('the last API entry of a service counts', async () => {
  const target = await rawTarget('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  const { metadata, spec } = system('shop', 'http://127.0.0.1:1', 'API', 'Events');
  const [service] = spec?.services ?? [];
  const entries = [...(service?.entries ?? []), { type: 'API', targetUrl: target.url }];
  const gateway = await startHostGateway({
    applications: [{ metadata, spec: { services: [{ ...service, entries }] } }],
  });
  expect((await gateway.ask({ path: '/', headers: { Host: `shop-${ID}` } })).text).toBe('ok');
});

test('neither status nor Location nor the path is touched, and the caller is told alone', async () => {
  const target = await rawTarget('HTTP/1.1 503 X\r\nLocation: /base/x\r\nContent-Length: 2\r\n\r\nno');
  const gateway = await startHostGateway({ applications: [system('shop', `${target.url}/base`, 'API')] });
  const headers = { Host: `app-shop-${ID}.x`, 'X-Forwarded-For': '1.2.3.4', 'X-Forwarded-Proto': 'https' };
  const answer = await gateway.ask({ path: "//a//b('1')/", headers });
  expect([answer.status, answer.headers.location, answer.text]).toEqual([503, '/base/x', 'no']);
  expect(target.received[0]).toMatch(/^GET \/base\/\/a\/\/b\('1'\)\/ /);
  expect(target.received[0]).toContain('X-Forwarded-For: 127.0.0.1\r\n');
  expect(target.received[0]).not.toContain('X-Forwarded-Proto');
});

test('the forgotten id of the oldest generation is a quirk', async () => {
  const gateway = await startHostGateway(
    { remoteEnvironments: [system('events', '', 'Events')] },
    { settings: { quirks: true } },
  );
  const answer = await gateway.ask({ path: '/', headers: { Host: `re-events-${ID}` } });
  expect(answer.json()).toEqual({ code: 400, error: "service with ID '%!s(MISSING)' has no API" });
});
