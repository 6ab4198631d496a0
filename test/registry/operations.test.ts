import { describe, expect, test } from 'vitest';
import { minimal, releases, startRegistry } from './start.ts';

describe.each(releases)('the registry of %s', (release) => {
  test('registers, lists, reads, replaces and removes a service', async () => {
    const registry = await startRegistry(release);
    const created = await registry.post(minimal);
    expect(created.status).toBe(200);
    expect(created.headers['content-type']).toBe('application/json;charset=UTF-8');
    const { id } = created.json;
    expect(created.text).toBe(`{"id":"${id}"}\n`);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

    const head =
      '"provider":"Acme Retail","name":"Orders API (v2)","description":"Orders of the shop","labels":{"connected-app":"shop"}';
    expect((await registry.list()).text).toBe(`[{"id":"${id}",${head}}]\n`);
    expect((await registry.get(id)).text).toBe(`{${head},"api":{"targetUrl":"http://httpbin.local:8080/anything"}}\n`);
    expect((await registry.put(id, minimal)).text).toBe(`{${head}}\n`);

    const removed = await registry.delete(id);
    expect([removed.status, removed.text, removed.headers['content-type']]).toEqual([
      204,
      '',
      'application/json;charset=UTF-8',
    ]);
    expect((await registry.get(id)).status).toBe(404);
    expect((await registry.list()).text).toBe('[]\n');
    expect((await registry.delete(id)).status).toBe(204);
  });
});
