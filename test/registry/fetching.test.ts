import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemRandom } from '../../src/core/random.ts';
import { createAuthority, readAuthority } from '../../src/pki/authority.ts';
import { serverCertificate } from '../../src/pki/server-certificate.ts';
import { countRows } from './rows.ts';
import { listen, minimal, startRegistry } from './start.ts';

const counted = countRows('fetching');

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** A system that publishes a specification, and remembers who asked. */
async function publisher(answer: RequestListener = (_request, response) => response.end('{"openapi":"3.0.0"}')) {
  const seen: Seen[] = [];
  const url = await listen(async (request, response) => {
    const { method, url, headers, rawHeaders } = request;
    seen.push({ method, url, headers, rawHeaders, body: await textOf(request) });
    answer(request, response);
  });
  return { url, seen };
}

const withApi = (api: object) => ({ ...minimal, api: { ...minimal.api, ...api } });
const failed = (id: string) => `Determining API spec for service with ID ${id} failed, `;
const anyId = '[0-9a-f-]{36}';
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** The error with the id, which no client gets to know, taken out. */
const withoutId = (text: string) => text.replace(new RegExp(anyId), 'ID');

describe('a specification', () => {
  test.each(['0.6.1', '1.0.0', '1.24.0', 'latest'])('is fetched by %s', async (release) => {
    const { url, seen } = await publisher();
    const registry = await startRegistry(release);
    const id = await registry.register(withApi({ specificationUrl: `${url}/spec?b=1&a=2` }));
    expect((await registry.get(id)).json.api.spec).toEqual({ openapi: '3.0.0' });
    expect(seen.map(({ method, url }) => [method, url])).toEqual([['GET', '/spec?b=1&a=2']]);
    expect(seen[0]?.headers['user-agent']).toBe('Go-http-client/1.1');
    counted.ran();
  });

  const when: readonly [release: string, api: object, fetched: string | undefined][] = [
    ['0.4.3', { specificationUrl: '/spec' }, undefined],
    ['0.5.0', { apiType: 'odata' }, undefined],
    ['1.24.0', {}, undefined],
    ['1.24.0', { apiType: 'OpenApi' }, undefined],
    ['1.24.0', { specificationUrl: '/spec', spec: {} }, undefined],
    ['1.24.0', { specificationUrl: '/spec', spec: { a: 1 } }, undefined],
    ['1.24.0', { specificationUrl: '/spec', spec: null }, '/spec'],
    ['0.8.2', { specificationUrl: '/spec', spec: null }, '/spec'],
    ['0.8.0', { specificationUrl: '/spec', spec: null }, undefined],
    ['1.24.0', { apiType: 'oDATA' }, '/base/$metadata'],
    ['1.24.0', { apiType: 'odata', specificationUrl: '/spec' }, '/spec'],
  ];

  test.each(when)('%s with %j fetches %s', async (release, api, fetched) => {
    const { url, seen } = await publisher();
    const registry = await startRegistry(release);
    const absolute = 'specificationUrl' in api ? { specificationUrl: `${url}${api.specificationUrl}` } : {};
    await registry.register(withApi({ targetUrl: `${url}/base/`, ...api, ...absolute }));
    expect(seen.map(({ url }) => url)).toEqual(fetched === undefined ? [] : [fetched]);
    counted.ran();
  });

  test('that is not JSON is a text, and JSON loses its blanks', async () => {
    for (const [body, expected] of [
      ['<edmx:Edmx a="1"/>', '"\\u003cedmx:Edmx a=\\"1\\"/\\u003e"'],
      ['openapi: 3.0.0\n', '"openapi: 3.0.0\\n"'],
      ['{ "a" : 1.0 }\n', '{"a":1.0}'],
      ['[1, 2]', '[1,2]'],
    ]) {
      const { url } = await publisher((_request, response) => response.end(body));
      const registry = await startRegistry('1.24.0');
      const id = await registry.register(withApi({ specificationUrl: url }));
      expect((await registry.get(id)).text).toContain(`"spec":${expected}`);
      counted.ran();
    }
  });

  test('may be packed and of any content type', async () => {
    const { url, seen } = await publisher((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'image/png' }).end(gzipSync('{"a":1}')),
    );
    const registry = await startRegistry('1.24.0');
    const id = await registry.register(withApi({ specificationUrl: url }));
    expect((await registry.get(id)).json.api.spec).toEqual({ a: 1 });
    expect(seen[0]?.headers['accept-encoding']).toBe('gzip');
    counted.ran();
  });

  test('is found behind redirects, which say where they come from', async () => {
    const { url, seen } = await publisher((request, response) =>
      request.url === '/end' ? response.end('{}') : response.writeHead(302, { location: '/end' }).end(),
    );
    const registry = await startRegistry('1.24.0');
    await registry.register(withApi({ specificationUrl: `${url}/start` }));
    expect(seen.map(({ url }) => url)).toEqual(['/start', '/end']);
    expect(seen[1]?.headers.referer).toBe(`${url}/start`);
    counted.ran();
  });

  test('is not looked for in circles', async () => {
    const { url, seen } = await publisher((_request, response) => response.writeHead(302, { location: '/' }).end());
    const registry = await startRegistry('1.24.0');
    const answer = await registry.post(withApi({ specificationUrl: url }));
    expect([answer.status, answer.json.error]).toEqual([502, expect.stringContaining('stopped after 10 redirects')]);
    expect(seen).toHaveLength(10);
    counted.ran();
  });

  test('is asked for with the parameters that are not there yet', async () => {
    const { url, seen } = await publisher();
    const registry = await startRegistry('1.24.0');
    const specificationRequestParameters = {
      headers: { 'x-Odd-name': ['1', '2'], 'User-Agent': ['mine'] },
      queryParameters: { b: ['9'], c: ['3', '4'] },
    };
    await registry.register(withApi({ specificationUrl: `${url}/s?b=1&a=2`, specificationRequestParameters }));
    expect(seen[0]?.url).toBe('/s?a=2&b=1&c=3&c=4');
    expect(seen[0]?.headers['user-agent']).toBeUndefined();
    expect(seen[0]?.rawHeaders).toContain('x-Odd-name');
    expect(seen[0]?.headers['x-odd-name']).toBe('1, 2');
    counted.ran(4);
  });

  test('is asked for with basic credentials, of the definition or of the URL', async () => {
    const { url, seen } = await publisher();
    const registry = await startRegistry('1.24.0');
    const basic = { username: 'ü:ser', password: 'p%w' };
    await registry.register(withApi({ specificationUrl: url, specificationCredentials: { basic } }));
    await registry.register({ ...withApi({ specificationUrl: url.replace('//', '//user:pw@') }), name: 'second' });
    expect(seen.map(({ headers }) => Buffer.from(headers.authorization?.slice(6) ?? '', 'base64').toString())).toEqual([
      'ü:ser:p%w',
      'user:pw',
    ]);
    counted.ran(2);
  });
});

describe('a token for the specification', () => {
  const tokenServer = (answer: unknown, status = 200) =>
    publisher((request, response) => {
      if (request.url === '/token')
        response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      else response.end('{}');
    });
  const withOauth = (url: string, clientId = 'cid') =>
    withApi({
      specificationUrl: `${url}/spec`,
      specificationCredentials: { oauth: { url: `${url}/token`, clientId, clientSecret: 'c s' } },
    });

  test('is fetched by form and basic credentials, without a name of ours', async () => {
    const { url, seen } = await tokenServer({ access_token: 'abc', expires_in: 10 });
    const registry = await startRegistry('1.24.0');
    await registry.register(withOauth(url));
    expect(seen[0]).toMatchObject({
      method: 'POST',
      body: 'client_id=cid&client_secret=c+s&grant_type=client_credentials',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from('cid:c s').toString('base64')}`,
      },
    });
    expect(seen[0]?.headers['user-agent']).toBeUndefined();
    expect(seen[1]?.headers.authorization).toBe('Bearer abc');
    counted.ran(3);
  });

  test('is used again until two seconds before its end, by client id alone', async () => {
    const { url, seen } = await tokenServer({ access_token: 'abc', expires_in: 10 });
    const registry = await startRegistry('1.24.0');
    const register = (clientId: string, name: string) => registry.register({ ...withOauth(url, clientId), name });
    const tokens = () => seen.filter((request) => request.url === '/token').length;
    await register('one', 'a');
    registry.clock.advance(7_999);
    await register('one', 'b');
    expect(tokens()).toBe(1);
    registry.clock.advance(1);
    await register('one', 'c');
    expect(tokens()).toBe(2);
    await register('two', 'd');
    expect(tokens()).toBe(3);
    counted.ran(3);
  });

  test('without an end is used for ever', async () => {
    const { url, seen } = await tokenServer({ access_token: 'abc' });
    const registry = await startRegistry('1.24.0');
    await registry.register(withOauth(url));
    registry.clock.advance(365 * 24 * 60 * 60 * 1000);
    await registry.register({ ...withOauth(url), name: 'second' });
    expect(seen.filter((request) => request.url === '/token')).toHaveLength(1);
    counted.ran();
  });

  const refusals: readonly [answer: unknown, status: number, text: (url: string) => string][] = [
    [{}, 401, (url) => `incorrect response code '401' while getting token from ${url}/token`],
    ['no json', 200, () => 'failed to unmarshal token response body: '],
    [[], 200, () => 'failed to unmarshal token response body: '],
  ];

  test.each(refusals)('answered by %j with %i is a 502', async (answer, status, text) => {
    const { url } = await tokenServer(answer, status);
    const registry = await startRegistry('1.24.0');
    const refused = await registry.post(withOauth(url));
    const expected = `${failed('ID')}Adding authorization for fetching API spec from ${url}/spec failed, ${text(url)}`;
    expect(refused.status).toBe(502);
    expect(withoutId(refused.json.error)).toMatch(new RegExp(`^${escaped(expected)}`));
    counted.ran();
  });

  test('that is missing from the answer is sent empty', async () => {
    const { url, seen } = await tokenServer({});
    const registry = await startRegistry('1.24.0');
    await registry.register(withOauth(url));
    expect(seen[1]?.headers.authorization?.trim()).toBe('Bearer');
    counted.ran();
  });

  test('that cannot be asked for is a 502 as well', async () => {
    const registry = await startRegistry('1.24.0');
    const closed = 'http://127.0.0.1:1';
    const refused = await registry.post(withOauth(closed));
    expect([refused.status, refused.json.error]).toEqual([
      502,
      expect.stringContaining(`failed to make a request to '${closed}/token': `),
    ]);
    counted.ran();
  });
});

describe('a fetch that fails', () => {
  test.each([201, 204, 304, 404, 500])('with status %i is a 502 and leaves the objects behind', async (status) => {
    const { url } = await publisher((_request, response) => response.writeHead(status).end());
    const registry = await startRegistry('1.24.0');
    const basic = { username: 'u', password: 'p' };
    const answer = await registry.post(withApi({ specificationUrl: url, credentials: { basic } }));
    expect(answer.status).toBe(502);
    expect(withoutId(answer.json.error)).toMatch(
      new RegExp(`^${escaped(`${failed('ID')}Fetching API spec from ${url} failed with status ${status} `)}`),
    );
    expect((await registry.list()).text).toBe('[]\n');
    expect((await registry.store.list({ apiVersion: 'v1', kind: 'Secret' })).items).toHaveLength(1);
    counted.ran(2);
  });

  test.each([
    ['1.15.1', 'Get http://127.0.0.1:1/s: '],
    ['1.24.0', 'Get "http://127.0.0.1:1/s": '],
  ])('to connect says so in %s', async (release, text) => {
    const registry = await startRegistry(release);
    const answer = await registry.post(withApi({ specificationUrl: 'http://127.0.0.1:1/s' }));
    expect(answer.status).toBe(502);
    expect(withoutId(answer.json.error)).toContain(
      `${failed('ID')}Fetching API spec from http://127.0.0.1:1/s failed, ${text}`,
    );
    counted.ran();
  });

  test('on replacing has its own words', async () => {
    const { url } = await publisher((_request, response) => response.writeHead(404).end());
    const registry = await startRegistry('1.24.0');
    const id = await registry.register(minimal);
    const answer = await registry.put(id, withApi({ specificationUrl: url }));
    expect([answer.status, answer.json.error]).toEqual([
      502,
      `Updating ${id} service failed, saving specification failed, Fetching API spec from ${url} failed with status 404 Not Found`,
    ]);
    counted.ran();
  });

  test('for a URL that is none is masked, one of another scheme is not', async () => {
    const registry = await startRegistry('1.24.0');
    for (const url of ['http://x.y/%zz', ':x', 'http://x.y:port/']) {
      expect((await registry.post(withApi({ specificationUrl: url }))).json).toEqual({
        code: 500,
        error: 'Internal error.',
      });
      counted.ran();
    }
    for (const [url, scheme] of [
      ['ftp://x.y/z', 'ftp'],
      ['spec.json', ''],
    ] as const) {
      const answer = await registry.post(withApi({ specificationUrl: url }));
      expect([answer.status, answer.json.error]).toEqual([
        502,
        expect.stringContaining(`unsupported protocol scheme "${scheme}"`),
      ]);
      counted.ran();
    }
  });

  test('does not show the password of a URL', async () => {
    const { url } = await publisher((_request, response) => response.writeHead(404).end());
    const registry = await startRegistry('1.24.0');
    const answer = await registry.post(withApi({ specificationUrl: url.replace('//', '//user:secret@') }));
    expect(answer.status).toBe(502);
    expect(answer.json.error).toContain('http://***:***@127.0.0.1');
    expect(answer.text).not.toContain('secret');
    counted.ran();
  });

  test('over a body that breaks off is masked, over one that is too large a 502', async () => {
    const { url } = await publisher((request, response) => {
      response.writeHead(200, { 'content-length': 100_000 });
      if (request.url === '/large') response.end('x'.repeat(100_000));
      else response.write('{', () => response.destroy());
    });
    const registry = await startRegistry('1.24.0', { settings: { maxSpecificationSize: 50_000 } });
    expect((await registry.post(withApi({ specificationUrl: url }))).json).toEqual({
      code: 500,
      error: 'Internal error.',
    });
    const large = await registry.post(withApi({ specificationUrl: `${url}/large` }));
    expect([large.status, large.json.error]).toEqual([502, expect.stringContaining('larger than 50000 bytes')]);
    counted.ran(2);
  });

  test('because the connection is reset is tried once more', async () => {
    let requests = 0;
    const { url } = await publisher((request, response) => {
      if (++requests === 1) request.socket.resetAndDestroy();
      else response.end('{}');
    });
    const registry = await startRegistry('1.24.0');
    expect((await registry.post(withApi({ specificationUrl: url }))).status).toBe(200);
    expect(requests).toBe(2);
    counted.ran();
  });
});

describe('time', () => {
  test.each([
    ['1.9.0', 5_000],
    ['1.10.0', 20_000],
  ])('is up in %s after %i milliseconds', async (release, timeout) => {
    const asked = Promise.withResolvers<void>();
    const { url } = await publisher(() => asked.resolve());
    const registry = await startRegistry(release, { settings: { requestTimeout: 60_000 } });
    const answer = registry.post(withApi({ specificationUrl: url }));
    await asked.promise;
    registry.clock.advance(timeout - 1);
    const early = await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'still waiting'))]);
    expect(early).toBe('still waiting');
    registry.clock.advance(1);
    expect((await answer).status).toBe(502);
    expect((await answer).json.error).toContain('Client.Timeout exceeded');
    counted.ran();
  });

  test('of the request being up ends its connection without an answer', async () => {
    const asked = Promise.withResolvers<void>();
    const { url } = await publisher(() => asked.resolve());
    const registry = await startRegistry('1.24.0');
    const answer = registry.post(withApi({ specificationUrl: url }));
    await asked.promise;
    registry.clock.advance(10_000);
    await expect(answer).rejects.toThrow(/socket hang up|ECONNRESET/);
    counted.ran();
  });
});

describe('a host with a certificate that nobody trusts', () => {
  async function tlsPublisher() {
    const { certificatePem, privateKeyPem } = await createAuthority([Date.now()], systemRandom);
    const { certificate, key } = await serverCertificate({
      authority: readAuthority(certificatePem, privateKeyPem),
      names: ['localhost'],
      now: Date.now(),
      random: systemRandom,
    });
    const server = createTlsServer({ cert: certificate, key }, (_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    onTestFinished(() => void server.close());
    return { url: `https://localhost:${(server.address() as AddressInfo).port}`, certificatePem };
  }

  test('is refused, unless it is said otherwise', async () => {
    const { url, certificatePem } = await tlsPublisher();
    for (const [release, settings, status] of [
      ['1.24.0', {}, 502],
      ['1.24.0', { insecureSpecDownload: true }, 200],
      ['1.24.0', { trustedCertificates: [certificatePem] }, 200],
      ['1.2.0', { insecureSpecDownload: true }, 502],
    ] as const) {
      const registry = await startRegistry(release, { settings });
      expect((await registry.post(withApi({ specificationUrl: url }))).status).toBe(status);
      counted.ran();
    }
  });
});
