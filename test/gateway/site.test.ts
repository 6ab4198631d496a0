import { expect, test } from 'vitest';
import { startHttpBin } from '../external-system/bin.ts';
import { rawTarget, startGateway } from './start.ts';

const KYMA_JSON = 'application/json;charset=UTF-8';

test.each([
  ['standalone', '/app/svc/anything/x?a=1'],
  ['compass', '/app/svc/entry/anything/x?a=1'],
] as const)('a call in the %s form reaches the API', async (form, path) => {
  const bin = await startHttpBin();
  const gateway = await startGateway(`http://127.0.0.1:${bin.port}`, { form });
  const answer = await gateway.ask({
    method: 'POST',
    path,
    headers: { 'x-demo': '1', 'Content-Type': 'application/json', Connection: 'close' },
    body: '{"a":1}',
  });
  expect(answer.status).toBe(200);
  expect(answer.json()).toMatchObject({
    args: { a: ['1'] },
    json: { a: 1 },
    method: 'POST',
    url: `http://127.0.0.1:${bin.port}/anything/x?a=1`,
  });
  expect((answer.json() as { headers: object }).headers).toEqual({
    'Accept-Encoding': ['gzip'],
    Connection: ['keep-alive'],
    'Content-Length': ['7'],
    'Content-Type': ['application/json'],
    Host: [`127.0.0.1:${bin.port}`],
    'X-Demo': ['1'],
    'X-Forwarded-For': ['127.0.0.1'],
  });
});

test('the first line and the headers are sent byte by byte as told', async () => {
  const target = await rawTarget('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Bytes: \xe9\r\n\r\nok');
  const gateway = await startGateway(`${target.url}/base?t=1`, { spec: { encodeUrl: false } });
  const answer = await gateway.ask({ path: "/app/svc/a%2Fb('1')//c/?x=%zz;y", headers: { 'X-Utf8': 'caf\xe9' } });
  expect(answer.headers['x-bytes']).toBe('\xe9');
  expect(target.received[0]).toMatch(/^GET \/base\/a%2Fb\('1'\)\/\/c\?t=1&x=%zz;y HTTP\/1\.1\r\n/);
  expect(target.received[0]).toContain('X-Utf8: caf\xe9\r\n');
});

test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS', 'PROPFIND'])(
  '%s is proxied',
  async (method) => {
    const target = await rawTarget('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const gateway = await startGateway(target.url);
    expect((await gateway.ask({ method, path: '/app/svc/x' })).status).toBe(200);
    expect(target.received[0]).toMatch(new RegExp(`^${method} /x `));
  },
);

test('OPTIONS * is answered by the gateway itself', async () => {
  const gateway = await startGateway('http://127.0.0.1:1');
  const answer = await gateway.ask({ method: 'OPTIONS', path: '*' });
  expect([answer.status, answer.text]).toEqual([200, '']);
});

test.each<[form: 'standalone' | 'compass', path: string, status: number, error: string]>([
  ['standalone', '/', 400, 'failed to extract API Identifier from path'],
  ['standalone', '/app/', 400, 'failed to extract API Identifier from path'],
  ['compass', '/app/svc/', 400, 'failed to extract API Identifier from path'],
  ['standalone', '/nobody/svc', 404, 'service with name svc not found'],
  ['standalone', '/app/SVC', 404, 'service with name SVC not found'],
  ['standalone', '/app/s<v>&c', 404, 'service with name s%3Cv%3E&c not found'],
  ['compass', '/app/svc/other', 404, 'service with name svc and entry name other not found'],
  [
    'standalone',
    '/a%62p/svc',
    500,
    `failed to get service with name 'svc': failed to get Application 'a%62p' : invalid resource name "a%62p": [may not contain '%']`,
  ],
])('on the %s port %s answers %i', async (form, path, status, error) => {
  const gateway = await startGateway('http://127.0.0.1:1', { form });
  const answer = await gateway.ask({ path });
  expect([answer.status, answer.headers['content-type']]).toEqual([status, KYMA_JSON]);
  expect(answer.json()).toEqual({ code: status, error });
  expect(answer.text).not.toMatch(/[<>&]|[^\n]$/);
});

test('an ambiguous name answers 400 with the candidates', async () => {
  const entries = [
    { type: 'API', name: 'a' },
    { type: 'API', name: 'b' },
  ];
  const gateway = await startGateway('', { spec: { services: [{ id: 'i', displayName: 'svc', entries }] } });
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.json()]).toEqual([
    400,
    {
      code: 400,
      error: `failed to get service with name 'svc': multiple services found: service.ID: 'i', service.DisplayName: 'svc', entry.Name: 'a' | service.ID: 'i', service.DisplayName: 'svc', entry.Name: 'b'`,
    },
  ]);
});

test('a targetUrl that is no URL answers 500 with the reason', async () => {
  const gateway = await startGateway('%zz');
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.json()]).toEqual([
    500,
    { code: 500, error: `failed to parse target url '%zz': 'parse "%zz": invalid URL escape "%zz"'` },
  ]);
});

test('a malformed escape in the path is a bad request in plain text', async () => {
  const gateway = await startGateway('http://127.0.0.1:1');
  const answer = await gateway.ask({ path: '/app/svc/%zz' });
  expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
    400,
    'text/plain; charset=utf-8',
    '400 Bad Request',
  ]);
});

test.each([
  'http://127.0.0.1:1',
  'http://no-such-host.invalid',
  '',
  'ftp://127.0.0.1/',
  '127.0.0.1/x',
  'http://127.0.0.1:99999',
])('a target at %j that cannot be called answers 502 with an empty body', async (targetUrl) => {
  const gateway = await startGateway(targetUrl);
  for (const method of ['GET', 'POST']) {
    const answer = await gateway.ask({
      method,
      path: '/app/svc',
      body: method === 'POST' ? 'x'.repeat(100_000) : undefined,
    });
    expect([answer.status, answer.text, answer.headers['content-length'], answer.headers['content-type']]).toEqual([
      502,
      '',
      '0',
      undefined,
    ]);
    expect(answer.headers['target-system-status']).toBeUndefined();
  }
});

test.each([500, 503, 502])('%i of the target becomes 502 with its body', async (status) => {
  const target = await rawTarget(`HTTP/1.1 ${status} X\r\nContent-Length: 4\r\nX-Why: y\r\n\r\noops`);
  const gateway = await startGateway(target.url);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.text]).toEqual([502, 'oops']);
  expect(answer.headers).toMatchObject({ 'target-system-status': String(status), 'x-why': 'y' });
});

test.each([200, 204, 304, 401, 404, 418])('%i of the target is passed on', async (status) => {
  const bin = await startHttpBin();
  const gateway = await startGateway(`http://127.0.0.1:${bin.port}`);
  const answer = await gateway.ask({ path: `/app/svc/status/${status}` });
  expect(answer.status).toBe(status);
  expect(answer.headers['target-system-status']).toBeUndefined();
});

test.each([
  ['standalone', '/app/svc', ''],
  ['compass', '/app/svc/entry', ''],
  ['standalone', 'http://gateway.test:8080/app/svc', 'http://gateway.test:8080'],
] as const)(
  'redirects of the target stay below the gateway in the %s form, called as %s',
  async (form, base, origin) => {
    const bin = await startHttpBin();
    const gateway = await startGateway(`http://127.0.0.1:${bin.port}`, { form });
    const answer = await gateway.ask({ path: `${base}/relative-redirect/2` });
    expect([answer.status, answer.headers.location]).toEqual([
      302,
      `${origin}/app/svc${form === 'compass' ? '/entry' : ''}/relative-redirect/1`,
    ]);
  },
);

test('a body without a type gets the one that its bytes suggest', async () => {
  const target = await rawTarget('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html>hi<');
  const gateway = await startGateway(target.url);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.headers['content-type'], answer.text]).toEqual(['text/html; charset=utf-8', '<html>hi<']);
});

test('Set-Cookie stays repeated and trailers arrive', async () => {
  const target = await rawTarget(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Type: a/b\r\n\r\n2\r\nok\r\n0\r\nX-T: end\r\n\r\n',
  );
  const gateway = await startGateway(target.url);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  expect([answer.text, answer.trailers]).toEqual(['ok', { 'x-t': 'end' }]);
});

test('two gateways in one process do not know each other, and close() twice is harmless', async () => {
  const target = await rawTarget('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  const first = await startGateway(target.url);
  const second = await startGateway(target.url);
  await first.site.close();
  await first.site.close();
  expect((await first.ask({ path: '/app/svc' })).status).toBe(502);
  expect((await second.ask({ path: '/app/svc' })).text).toBe('ok');
});
