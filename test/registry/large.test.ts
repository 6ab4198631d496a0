import { expect, test } from 'vitest';
import { listen, minimal, startRegistry } from './start.ts';

const MEBIBYTE = 1024 * 1024;

/** JSON text of about this many bytes, with everything in it that takes time. */
function largeSpec(bytes: number, extra: object = {}): string {
  const operation = { summary: 'a <b> & "c"', tags: ['x', 'y'], responses: { 200: { description: 'ok\n' } } };
  const one = JSON.stringify({ get: operation, post: operation }).length + 20;
  const paths: Record<string, object> = {};
  for (let n = 0; n * one < bytes; n++) paths[`/path/${n}`] = { get: operation, post: operation };
  return JSON.stringify({ ...extra, paths }, undefined, 1);
}

test.each([
  ['OpenAPI 3', { openapi: '3.0.0' }],
  ['Swagger 2.0', { swagger: '2.0' }],
])('a specification of 10 MiB (%s) is stored and read', async (_, extra) => {
  const registry = await startRegistry('1.24.0');
  const spec = largeSpec(10 * MEBIBYTE, extra);
  const body = JSON.stringify({ ...minimal, api: undefined }).slice(0, -1);
  const id = await registry.register(`${body},"api":{"targetUrl":"http://x.y","spec":${spec}}}`);
  const { text } = await registry.get(id);
  expect(text.length).toBeGreaterThan(8 * MEBIBYTE);
  expect(JSON.parse(text).api.spec.paths['/path/7'].get.summary).toBe('a <b> & "c"');
  expect(JSON.stringify((await registry.application()).spec).length).toBeLessThan(2000);
});

test('a large body that is malformed is refused in the words of Go', async () => {
  const registry = await startRegistry('1.24.0');
  const answer = await registry.post(`{"api":{"spec":${largeSpec(2 * MEBIBYTE)}},}`);
  expect(answer.json.error).toBe(
    "Failed to unmarshal request body, invalid character '}' looking for beginning of object key string",
  );
});

test('a large specification is fetched', async () => {
  const spec = largeSpec(10 * MEBIBYTE, { openapi: '3.0.0' });
  const url = await listen((_request, response) => response.end(spec));
  const registry = await startRegistry('1.24.0');
  const id = await registry.register({ ...minimal, api: { ...minimal.api, specificationUrl: url } });
  expect((await registry.get(id)).json.api.spec).toEqual(JSON.parse(spec));
});

test('a body beyond 32 MiB is refused', async () => {
  const registry = await startRegistry('1.24.0');
  const answer = await registry.post(JSON.stringify({ ...minimal, description: 'x'.repeat(32 * MEBIBYTE) }));
  expect(answer.status).toBe(413);
  expect(answer.json.error).toContain(`larger than ${32 * MEBIBYTE} bytes`);
});
