import { describe, expect, test } from 'vitest';
import { countRows } from './rows.ts';
import { minimal, releases, startRegistry } from './start.ts';

const counted = countRows('routing');
const notFound = '{"code":404,"error":"Requested resource could not be found."}\n';
const notAllowed = '{"code":405,"error":"Method not allowed."}\n';

const unknown = [
  'GET /',
  'GET /shop',
  'GET /shop/v1/health',
  'GET /shop/v1/metadata/',
  'GET /shop/v1/metadata/services/',
  'GET /shop/v1/metadata/services/1/2',
  'GET /shop/v1/metadata/services/a%2Fb',
  'GET /shop/v1/Metadata/services',
  'GET /shop/v1/metadataapi.yaml',
  'GET /shop/v1/metadata/specifications',
  'POST /shop/v1/metadata/services/',
];

const otherMethod = [
  'PATCH /shop/v1/metadata/services',
  'PUT /shop/v1/metadata/services',
  'DELETE /shop/v1/metadata/services',
  'POST /shop/v1/metadata/services/x',
  'POST /shop/v1/metadata/api.yaml',
  'POST /v1/health',
];

describe.each(['0.4.3', '1.24.0', 'latest'])('the router of %s', (release) => {
  test('refuses unknown paths and other methods', async () => {
    const registry = await startRegistry(release);
    for (const [rows, status, text] of [
      [unknown, 404, notFound],
      [otherMethod, 405, notAllowed],
    ] as const) {
      for (const row of rows) {
        const [method = '', path = ''] = row.split(' ');
        const answer = await registry.call(method, path);
        expect([row, answer.status, answer.text]).toEqual([row, status, text]);
        expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
        expect(answer.headers.allow).toBeUndefined();
        counted.ran();
      }
    }
  });

  test('answers HEAD with 405 and no body', async () => {
    const registry = await startRegistry(release);
    for (const path of ['/v1/health', '/shop/v1/metadata/api.yaml', '/shop/v1/metadata/services']) {
      const answer = await registry.call('HEAD', path);
      expect([path, answer.status, answer.text]).toEqual([path, 405, '']);
      counted.ran();
    }
  });

  test('leads from the base to the document', async () => {
    const registry = await startRegistry(release);
    const location = '/shop/v1/metadata/api.yaml';
    const rows = [
      ['GET', 'text/html; charset=utf-8', `<a href="${location}">Moved Permanently</a>.\n\n`],
      ['POST', undefined, ''],
      ['PUT', undefined, ''],
      ['HEAD', 'text/html', ''],
    ] as const;
    for (const [method, type, text] of rows) {
      const answer = await registry.call(method, '/shop/v1/metadata');
      expect([method, answer.status, answer.headers.location, answer.headers['content-type'], answer.text]).toEqual([
        method,
        301,
        location,
        type,
        text,
      ]);
      counted.ran();
    }
  });

  test('cleans paths', async () => {
    const registry = await startRegistry(release);
    for (const path of [
      '//shop/v1/metadata/services',
      '/shop/./v1/metadata/services',
      '/x/../shop/v1/metadata/services',
    ]) {
      const answer = await registry.call('GET', path);
      expect([answer.status, answer.headers.location, answer.text]).toEqual([301, '/shop/v1/metadata/services', '']);
      counted.ran();
    }
  });

  test('says that it is alive', async () => {
    const registry = await startRegistry(release);
    const answer = await registry.call('GET', '/v1/health');
    expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([200, '', undefined]);
    counted.ran();
  });

  test('hands out its OpenAPI document', async () => {
    const registry = await startRegistry(release);
    const answer = await registry.call('GET', '/shop/v1/metadata/api.yaml');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    const { parse } = await import('yaml');
    const document = parse(answer.text);
    expect(document.openapi).toBe('3.0.0');
    expect(document.info).toMatchObject({
      version: '1.0.0',
      title: release === '0.4.3' ? 'Kyma Metadata API' : 'Kyma Application Registry API',
    });
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path as object));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual([
      'deleteServiceByServiceId',
      'getHealth',
      'getServiceByServiceId',
      'getServices',
      'registerService',
      'updateService',
    ]);
    const names = Object.keys(document.components.schemas);
    const referred = [...answer.text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect(referred.filter((name) => !names.includes(name ?? ''))).toEqual([]);
    counted.ran();
  });

  test('takes a body under any content type or none', async () => {
    const registry = await startRegistry(release);
    for (const type of [undefined, 'text/xml', 'application/json']) {
      const body = { ...minimal, name: `with ${type}` };
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const answer = await registry.call('POST', '/shop/v1/metadata/services', body, { headers });
      expect(answer.status).toBe(200);
      counted.ran();
    }
  });
});

test.each(releases)('in %s any segment may be an id', async (release) => {
  const registry = await startRegistry(release);
  const answer = await registry.get('no%20uuid%25');
  expect([answer.status, answer.json.error]).toEqual([404, expect.stringContaining('no uuid%')]);
  counted.ran();
});

test.each(['2.3.0', '2.20.0'])('in %s the API is gone', async (release) => {
  const registry = await startRegistry(release);
  for (const path of ['/shop/v1/metadata/services', '/shop/v1/metadata/api.yaml', '/v1/health']) {
    expect((await registry.call('GET', path)).status).toBe(404);
    counted.ran();
  }
});
