import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { type Kymulator, startKymulator } from '../../../src/kymulator.ts';
import { type Answer, call } from '../../support/call.ts';
import { edge } from '../../support/instance.ts';
import { base64 } from '../../support/openssl.ts';

/** The ordered error catalogue, through an instance, with the external systems as targets. (application-gateway §4–6) */

interface Entry {
  readonly name?: string;
  readonly targetUrl: string;
  readonly credentials?: object;
  readonly requestParametersSecretName?: string;
}

const clock = new ManualClock();
let instance: Kymulator;

const service = (displayName: string, ...entries: Entry[]) => ({
  id: `id-${displayName}`,
  name: displayName,
  displayName,
  description: 'd',
  providerDisplayName: 'p',
  entries: entries.map((entry) => ({ type: 'API', ...entry })),
});

beforeAll(async () => {
  instance = await startKymulator({ clock });
  const open = edge(instance, 'external-system');
  const basic = `${open}/v1/api/basic/ok`;
  const secret = (name: string, data: Record<string, string>) =>
    instance.store.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'kyma-system' },
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
    });
  await secret('good', { username: 'user', password: 'passwd' });
  await secret('client', { clientId: 'clientID', clientSecret: 'clientSecret' });
  await secret('bad-headers', { headers: 'x' });
  await secret('bad-query', { queryParameters: '{' });
  await secret('bad-pem', { crt: 'x', key: 'y' });
  const oauth = (authenticationUrl: string, more = {}) => ({
    type: 'OAuth',
    secretName: 'client',
    authenticationUrl,
    ...more,
  });
  const csrf = (tokenEndpointURL: string) => ({ type: 'Basic', secretName: 'good', csrfInfo: { tokenEndpointURL } });
  await instance.store.create({
    apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'app' },
    spec: {
      encodeUrl: true,
      services: [
        service('two', { name: 'a', targetUrl: basic }, { name: 'b', targetUrl: basic }),
        service('no-secret', { targetUrl: basic, credentials: { type: 'Basic', secretName: 'gone' } }),
        service('nameless', {
          targetUrl: basic,
          credentials: { type: 'Basic', secretName: '', authenticationUrl: 'http://x' },
        }),
        service('bad-headers', { targetUrl: basic, requestParametersSecretName: 'bad-headers' }),
        service('bad-query', { targetUrl: basic, requestParametersSecretName: 'bad-query' }),
        service('no-parameters', { targetUrl: basic, requestParametersSecretName: 'gone' }),
        service('bad-target', { targetUrl: 'http://%zz' }),
        service('no-scheme', { targetUrl: 'localhost/x' }),
        service('empty', { targetUrl: '' }),
        service('unreachable', { targetUrl: 'http://127.0.0.1:1' }),
        service('no-host', { targetUrl: 'http://nowhere.invalid' }),
        service('expired', { targetUrl: edge(instance, 'external-system-expired') }),
        service('no-certificate', { targetUrl: `${edge(instance, 'external-system-tls')}/v1/api/mtls/ok` }),
        service('not-tls', { targetUrl: open.replace('http:', 'https:') }),
        service('bad-pem', { targetUrl: basic, credentials: { type: 'CertificateGen', secretName: 'bad-pem' } }),
        service('no-token', { targetUrl: basic, credentials: oauth(`${open}/status/500`) }),
        service('odd-token', { targetUrl: basic, credentials: oauth(`${open}/status/200`) }),
        service('far-token', { targetUrl: basic, credentials: oauth('http://127.0.0.1:1/token') }),
        service('no-csrf', { targetUrl: basic, credentials: csrf(`${open}/status/404`) }),
        service('far-csrf', { targetUrl: basic, credentials: csrf('http://127.0.0.1:1/csrf') }),
        service('timeout', { targetUrl: `${open}/v1/api/unsecure/timeout` }),
        service('broken', { targetUrl: `${open}/status/503` }),
        service('teapot', { targetUrl: `${open}/status/418` }),
      ],
    },
  });
});
afterAll(() => instance.close());

const through = (path: string, port = 'application-gateway') => call(edge(instance, port) + path);
const notFound = (name: string) => `service with name ${name} not found`;
const unreadable = 'failed to extract API Identifier from path';

/** Row of the catalogue, path, status, text; null: an empty body. */
const rows: readonly (readonly [row: number, path: string, status: number, error: string | RegExp | null])[] = [
  [1, '/', 400, unreadable],
  [1, '/app', 400, unreadable],
  [1, '/app/', 400, unreadable],
  [2, '/nobody/two', 404, notFound('two')],
  [
    3,
    '/a%20b/two',
    500,
    /^failed to get service with name 'two': failed to get Application 'a%20b' : .*may not contain '%'/,
  ],
  [4, '/app/nothing', 404, notFound('nothing')],
  [4, '/app/TWO', 404, notFound('TWO')],
  [
    5,
    '/app/two',
    400,
    /^failed to get service with name 'two': multiple services found: service\.ID: 'id-two', .* \| service\.ID: /,
  ],
  [6, '/app/no-secret', 500, "failed to read API for no-secret service, secret 'gone' not found"],
  [
    6,
    '/app/nameless',
    500,
    "failed to read API for nameless service, failed to get '' secret, resource name may not be empty",
  ],
  [6, '/app/bad-headers', 500, /^failed to read API for bad-headers service, Failed to unmarshal headers, /],
  [6, '/app/bad-query', 500, /^failed to read API for bad-query service, Failed to unmarshal query parameters, /],
  [6, '/app/no-parameters', 500, "failed to read API for no-parameters service, secret 'gone' not found"],
  [7, '/app/bad-target', 500, /^failed to parse target url 'http:\/\/%zz': '/],
  [8, '/app/bad-pem', 500, /^Failed to prepare certificate, /],
  [8, '/app/no-token', 502, /^incorrect response code '500' while getting token from http/],
  [8, '/app/odd-token', 502, 'failed to unmarshal token response body: unexpected end of JSON input'],
  [8, '/app/far-token', 502, /^failed to make a request to 'http:\/\/127\.0\.0\.1:1\/token': Post "/],
  [8, '/app/no-csrf', 502, /^incorrect response code '404' while getting token from http/],
  [8, '/app/far-csrf', 502, /^failed to make a request to 'http:\/\/127\.0\.0\.1:1\/csrf': Get "/],
  [9, '/app/no-scheme', 502, null],
  [9, '/app/empty', 502, null],
  [9, '/app/unreachable', 502, null],
  [9, '/app/no-host', 502, null],
  [9, '/app/expired', 502, null],
  [9, '/app/no-certificate', 502, null],
  [9, '/app/not-tls', 502, null],
];

function expectError(answer: Answer, status: number, error: string | RegExp | null): void {
  expect(answer.status).toBe(status);
  if (error === null) {
    expect([answer.text, answer.headers['content-length'], answer.headers['content-type']]).toEqual([
      '',
      '0',
      undefined,
    ]);
    return;
  }
  expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
  expect(answer.json).toEqual({
    code: status,
    error: typeof error === 'string' ? error : expect.stringMatching(error),
  });
}

test.each(rows)('row %i: %s', async (_, path, status, error) => {
  expectError(await through(path), status, error);
});

test.each([
  [1, '/app/two', 400, unreadable],
  [2, '/nobody/two/a', 404, 'service with name two and entry name a not found'],
  [4, '/app/two/c', 404, 'service with name two and entry name c not found'],
] as const)('row %i in the three-segment form: %s', async (_, path, status, error) => {
  expectError(await through(path, 'application-gateway-compass'), status, error);
});

test('row 10: a target that does not answer in time is 504 without a body', async () => {
  const pending = through('/app/timeout');
  let over = false;
  void pending.finally(() => {
    over = true;
  });
  await expect
    .poll(() => {
      clock.advance(10_000);
      return over;
    })
    .toBe(true);
  expectError(await pending, 504, null);
});

test("a target's own 5xx becomes 502 and says what it was; others pass", async () => {
  const broken = await through('/app/broken');
  expect([broken.status, broken.headers['target-system-status']]).toEqual([502, '503']);
  const teapot = await through('/app/teapot');
  expect([teapot.status, teapot.headers['target-system-status']]).toEqual([418, undefined]);
});
