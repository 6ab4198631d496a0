import { expect, test } from 'vitest';
import { isNamespacedGateway } from '../../../src/gateway/namespaced-site.ts';
import { header, json, open, secured } from '../secured.ts';
import { startNamespacedGateway } from '../start.ts';

const HOST = 'shop-gateway.shop.svc.cluster.local:8080';
const at = (path: string, host = HOST) => ({ path, headers: { Host: host } });

/** A Secret with one API. */
const secret = (targetUrl: string, type?: string, configuration?: unknown) => ({
  ORDERS_7C_TARGET_URL: targetUrl,
  ...(type && { CREDENTIALS_TYPE: type }),
  ...(configuration !== undefined && { CONFIGURATION: JSON.stringify(configuration) }),
});

test.each([
  ['/secret/s/api/ORDERS_7C', '/base/'],
  ['/secret/s/api/orders_7c/x/y/?a=1', '/base/x/y/?a=1'],
])('%s calls %s', async (path, called) => {
  const target = await secured(open);
  const gateway = await startNamespacedGateway({ secrets: { 'shop/s': secret(`${target.url}/base`) } });
  expect((await gateway.ask(at(path))).text).toBe('welcome');
  expect(target.seen.map(({ line }) => line)).toEqual([`GET ${called}`]);
});

test.each<[path: string, status: number, error: string]>([
  ['/secret/none/api/A', 404, "secret 'none' not found"],
  ['/secret/empty/api/A', 400, 'provided secret is empty'],
  ['/secret/s/api/Other', 404, 'target URL for API Other not found in the s secret'],
  [
    '/secret/bad/api/A',
    500,
    "failed to unmarshal target config from bad secret: invalid character 'x' looking for beginning of value",
  ],
])('%s answers %i', async (path, status, error) => {
  const secrets = {
    'shop/s': secret('http://t'),
    'shop/empty': {},
    'shop/bad': { A_TARGET_URL: 'http://t', CONFIGURATION: 'x' },
    'other/none': secret('http://t'),
  };
  const gateway = await startNamespacedGateway({ secrets });
  const answer = await gateway.ask(at(path));
  expect([answer.status, answer.json()]).toEqual([status, { code: status, error }]);
});

test.each(['/', '/secret/s', '/secret/s/api', '/other/s/api/A'])('%s is not found in plain text', async (path) => {
  const gateway = await startNamespacedGateway({});
  const answer = await gateway.ask(at(path));
  expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
    404,
    'text/plain; charset=utf-8',
    '404 page not found\n',
  ]);
});

test('a path with double slashes is sent to the clean one', async () => {
  const gateway = await startNamespacedGateway({});
  const answer = await gateway.ask(at('//secret/s//api/A?x=1'));
  expect([answer.status, answer.headers.location]).toEqual([301, '/secret/s/api/A?x=1']);
});

test('every part of CONFIGURATION is obeyed', async () => {
  const token = await secured((_, response) => json(response, { access_token: 't' }));
  const csrf = await secured((_, response) => void response.setHeader('X-Csrf-Token', 'c').end());
  const target = await secured(open);
  const gateway = await startNamespacedGateway({
    secrets: {
      'shop/s': secret(target.url, 'oAuth', {
        credentials: {
          clientId: 'c',
          clientSecret: 's',
          tokenUrl: `${token.url}/t`,
          requestParameters: { headers: { 'X-T': ['1'] } },
        },
        csrfConfig: { tokenUrl: csrf.url },
        requestParameters: { headers: { 'X-A': ['1'] }, queryParameters: { limit: ['50'] } },
      }),
    },
  });
  expect((await gateway.ask(at('/secret/s/api/ORDERS_7C/x'))).text).toBe('welcome');
  const [call] = target.seen;
  if (!call) throw new Error('the target was not called');
  expect(call.line).toBe('GET /x?limit=50');
  expect(['authorization', 'x-csrf-token', 'x-a'].map((name) => header(call, name)[0])).toEqual(['Bearer t', 'c', '1']);
  expect(token.seen.map((seen) => header(seen, 'x-t'))).toEqual([['1']]);
});

test.each<[type: string | undefined, authorization: string | undefined]>([
  ['BASICAUTH', `Basic ${Buffer.from('u:p').toString('base64')}`],
  ['NoAuth', undefined],
  ['Odd', undefined],
  [undefined, undefined],
])('CREDENTIALS_TYPE %s sends %s', async (type, authorization) => {
  const target = await secured(open);
  const configuration = { credentials: { username: 'u', password: 'p' } };
  const gateway = await startNamespacedGateway({ secrets: { 'shop/s': secret(target.url, type, configuration) } });
  await gateway.ask(at('/secret/s/api/ORDERS_7C'));
  expect(target.seen.map((seen) => header(seen, 'authorization')[0])).toEqual([authorization]);
});

test('a namespace sees its own Secrets only', async () => {
  const target = await secured(open);
  const gateway = await startNamespacedGateway({ secrets: { 'shop/s': secret(target.url) } });
  expect((await gateway.ask(at('/secret/s/api/ORDERS_7C', 'shop-gateway'))).status).toBe(200);
  expect((await gateway.ask(at('/secret/s/api/ORDERS_7C', 'other-gateway.other'))).status).toBe(404);
});

test.each([
  ['shop-gateway', 'shop', true],
  ['shop-gateway', '', true],
  ['shop-gateway', 'other', false],
  ['shop', 'shop', false],
  ['-gateway', '', false],
])('the service %s in the namespace %j is a gateway: %j', (service, namespace, expected) => {
  expect(isNamespacedGateway(service, namespace)).toBe(expected);
});
