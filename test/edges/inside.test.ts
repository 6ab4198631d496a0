import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Kymulator, startKymulator } from '../../src/kymulator.ts';
import { call } from '../support/call.ts';
import { edge } from '../support/instance.ts';
import { run } from '../support/shell.ts';

let instance: Kymulator;
beforeAll(async () => {
  instance = await startKymulator({ hostName: ['kymulator'], seed: [`${import.meta.dirname}/../../fixtures/demo`] });
});
afterAll(() => instance.close());

const token = { method: 'POST', headers: { Application: 'shop' } };
const internal = () => edge(instance, 'internal');
const asHost = (host: string, path = '/v1/applications/tokens', options = token) =>
  call(internal() + path, { ...options, headers: { ...options.headers, Host: host } });

test.each([
  ['connector-service-internal-api.kyma-integration:8080'],
  ['connector-service-internal-api.kyma-integration.svc:8080'],
  ['connector-service-internal-api.kyma-integration.svc.cluster.local:8080'],
  ['connector-service-internal-api:8080'],
  ['Connector-Service-Internal-API.kyma-integration.svc.cluster.local.:8080'],
  ['localhost'],
  ['localhost:1'],
  ['127.0.0.1:8080'],
  ['[::1]:8080'],
  ['kymulator:8080'],
])('the Connector Service answers as %s', async (host) => {
  expect((await asHost(host)).status).toBe(201);
});

test.each([
  ['example.com'],
  ['connector-service-internal-api.kyma-integration:81'],
  ['connector-service-internal-api.other:8080'],
  ['connector-service-internal-api.kyma-integration.evil.example:8080'],
  ['a.b.c.svc.cluster.local'],
  ['%00'],
  ['localhost:8080@evil.example'],
])('the name %s is refused with help', async (host) => {
  const answer = await asHost(host);
  expect(answer.status).toBe(421);
  expect(answer.json.error).toContain(`does not serve the name "${host}"`);
  expect(answer.json.error).toContain('central-application-gateway.kyma-system:8080');
  expect(answer.json.error).toContain('--host-name');
});

test.each([
  ['http://central-application-gateway.kyma-system:8080/shop/httpbin/get?x=1'],
  ['http://central-application-gateway.kyma-system.svc.cluster.local:8080/shop/httpbin/get?x=1'],
  ['http://central-application-gateway.kyma-integration:8080/shop/httpbin/get?x=1'],
])('a workload with HTTP_PROXY calls %s', async (url) => {
  const { output } = await run('curl', ['--silent', '--show-error', url], {
    cwd: '.',
    env: { http_proxy: internal(), no_proxy: '' },
  });
  expect(JSON.parse(output)).toMatchObject({ args: { x: ['1'] }, method: 'GET' });
});

test('the three-segment form has its own port', async () => {
  const url = 'http://central-application-gateway.kyma-system:8082/shop/httpbin/';
  const { output } = await run('curl', ['--silent', '-x', internal(), url], { cwd: '.' });
  expect(JSON.parse(output).error).toMatch(/^service with name httpbin and entry name|failed to extract/);
});

test('the health of the gateway is there by its name', async () => {
  const url = 'http://central-application-gateway.kyma-system:8081/v1/health';
  const { output } = await run('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-x', internal(), url], {
    cwd: '.',
  });
  expect(output).toBe('200');
});

test('a target in absolute form beats the Host header', async () => {
  const target = 'http://connector-service-internal-api.kyma-integration:8080/v1/applications/tokens';
  const answer = await call(internal(), { ...token, target, headers: { ...token.headers, Host: 'example.com' } });
  expect(answer.status).toBe(201);
});

test('it is no open proxy', async () => {
  const plain = await run('curl', ['--silent', '-x', internal(), 'http://example.com/'], { cwd: '.' });
  expect(JSON.parse(plain.output)).toMatchObject({ code: 421 });
  const tunnel = await run('curl', ['--silent', '--show-error', '-x', internal(), 'https://example.com/'], {
    cwd: '.',
  });
  expect(tunnel.output).toContain('405');
});

test('a client that offers HTTP/2 in passing gets its answer', async () => {
  const url = `${internal()}/v1/applications/tokens`;
  const { output } = await run('curl', ['--silent', '--http2', '-X', 'POST', '-H', 'Application: shop', url], {
    cwd: '.',
  });
  expect(JSON.parse(output)).toHaveProperty('token');
});
