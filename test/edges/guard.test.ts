import { once } from 'node:events';
import { request } from 'node:http';
import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../src/core/log.ts';
import { type Kymulator, startKymulator } from '../../src/kymulator.ts';
import { call } from '../support/call.ts';
import { edge } from '../support/instance.ts';

let instance: Kymulator;
const lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) };
  const log = await createLogger({ level: 'debug', format: 'json', stream });
  const seed = [`${import.meta.dirname}/../../fixtures/demo`];
  instance = await startKymulator({ hostName: ['kymulator'], clusterPort: ['0'], seed, log });
});
afterAll(() => instance.close());

const foreign = { Origin: 'https://evil.example' };
const own = (name: string) => ({ Origin: edge(instance, name) });

test.each([
  ['internal', '/v1/health'],
  ['internal-0', '/v1/health'],
  ['application-gateway', '/shop/httpbin/get'],
  ['application-gateway-compass', '/shop/httpbin/API/get'],
  ['application-gateway-health', '/v1/health'],
  ['control', '/livez'],
])('the edge %s refuses pages of other origins, and nobody else', async (name, path) => {
  const url = edge(instance, name) + path;
  const plain = await call(url);
  expect(plain.status).not.toBe(403);
  expect(await call(url, { headers: own(name) })).toMatchObject({ status: plain.status });
  for (const headers of [foreign, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
    const refused = await call(url, { headers });
    expect(refused.status).toBe(403);
    const message = name === 'control' ? refused.json.error.message : refused.json.error;
    expect(message).toMatch(/does not answer pages of another origin \(.+\).*--allow-origin ORIGIN/);
    if (name === 'control') expect(refused.json.error.code).toBe('ORIGIN_FOREIGN');
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
  }
  // A page asks for leave before it sends more than a form can.
  expect((await call(url, { method: 'OPTIONS', headers: foreign })).status).toBe(403);
});

test.each([
  ['localhost', 200],
  ['127.0.0.1:1', 200],
  ['[::1]', 200],
  ['KYMULATOR:8090', 200],
  [hostname(), 200],
  ['host.docker.internal:8090', 200],
  ['central-application-gateway.kyma-system:8080', 200],
  ['central-application-gateway.kyma-system.svc.cluster.local', 200],
  ['central-application-gateway', 200],
  ['evil.example', 421],
  ['0.0.0.0', 421],
])('the Application Gateway answers workloads as %s with %i', async (host, status) => {
  const answer = await call(`${edge(instance, 'application-gateway')}/shop/httpbin/get`, { headers: { Host: host } });
  expect(answer.status).toBe(status);
  if (status === 421) expect(answer.json.error).toContain('--host-name NAME');
});

test('a target in absolute form beats the Host header there too', async () => {
  const url = edge(instance, 'application-gateway');
  const answer = await call(url, { target: 'http://evil.example/shop/httpbin/get', headers: { Host: 'localhost' } });
  expect(answer.status).toBe(421);
});

test('the external system answers by any name, and pages as HTTPBin does', async () => {
  const answer = await call(`${edge(instance, 'external-system')}/uuid`, {
    headers: { ...foreign, Host: 'evil.example', 'Sec-Fetch-Site': 'cross-site' },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers['access-control-allow-origin']).toBe('https://evil.example');
});

test('a WebSocket of a page of another origin is refused in HTTP, and leaves nothing open', async () => {
  const { hostname, port } = new URL(edge(instance, 'application-gateway'));
  const open = async (headers: Record<string, string>) => {
    const outgoing = request({
      ...{ hostname, port, path: '/shop/httpbin/websocket/echo', agent: false },
      headers: {
        ...headers,
        ...{ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    }).end();
    const event = await Promise.race([once(outgoing, 'upgrade'), once(outgoing, 'response')]);
    outgoing.destroy();
    return event[0].statusCode;
  };
  expect(await open({})).toBe(101);
  expect(await open(own('application-gateway'))).toBe(101);
  expect(await open(foreign)).toBe(403);
  expect(await open({ Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` })).toBe(421);
});

test('a refusal is in the log with what to do, and known about the exchange', async () => {
  const url = edge(instance, 'application-gateway');
  await call(`${url}/shop/httpbin/get?seen`, { headers: { Host: 'rebound.example' } });
  const reason = expect.stringMatching(/"rebound\.example".*--host-name NAME/);
  const found = (msg: string) => lines.find((line) => line.msg === msg && String(line.reason).includes('rebound'));
  expect(found('refused a caller')).toMatchObject({
    ...{ level: 'info', edge: 'application-gateway', code: 'HOST_UNKNOWN', reason },
  });
  await expect.poll(() => found('exchange')).toMatchObject({ status: 421, code: 'HOST_UNKNOWN', reason });
});

test('a name without end is not told back at full length', async () => {
  const Host = `${'a'.repeat(20_000)}.example`;
  for (const name of ['internal', 'application-gateway']) {
    const answer = await call(edge(instance, name), { headers: { Host } });
    expect(answer.status).toBe(421);
    expect(answer.text.length).toBeLessThan(2_000);
  }
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', undefined])(
  'the control API reads no body of the type %s, which pages may send anywhere',
  async (type) => {
    const { hostname, port } = new URL(edge(instance, 'control'));
    const headers = { ...(type && { 'Content-Type': type }), 'Content-Length': '2' };
    const outgoing = request({ hostname, port, path: '/v1/applications/evil', method: 'PUT', headers, agent: false });
    outgoing.end('{}');
    const [answer] = await once(outgoing, 'response');
    expect(answer.statusCode).toBe(415);
    expect(JSON.parse(await text(answer)).error.code).toBe('REQUEST_INVALID');
  },
);
