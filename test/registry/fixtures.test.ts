import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listen, startRegistry } from './start.ts';

const folder = join(import.meta.dirname, '../../fixtures/services');
const fixtures = readdirSync(folder).filter((file) => file.endsWith('.json'));

/** Fixtures publish their specification under a name that only their system knows; here it is one of ours. */
const read = (file: string, host: string) =>
  readFileSync(join(folder, file), 'utf8').replace(
    '"SpecificationUrl": "http://marketing.local',
    `"SpecificationUrl": "${host}`,
  );

test.each(fixtures)('%s registers, is listed and is read back', async (file) => {
  const host = await listen((_request, response) => response.end('<edmx:Edmx Version="1.0"/>'));
  for (const release of ['1.24.0', 'latest']) {
    const registry = await startRegistry(release);
    const body = read(file, host);
    const { name, provider, identifier = 'httpbin', events } = JSON.parse(body);
    const id = await registry.register(body);
    expect((await registry.list()).json).toMatchObject([{ id, name, provider, identifier }]);
    const details = (await registry.get(id)).json;
    expect(details.labels['connected-app']).toBe('shop');
    expect(details.events).toEqual(events);
    if (details.api?.spec?.swagger) expect(details.api.spec).toMatchObject({ schemes: ['http'] });
    expect(JSON.stringify(details)).not.toMatch(/nimda|welcome/);
    expect((await registry.put(id, body)).status).toBe(200);
    expect((await registry.delete(id)).status).toBe(204);
  }
});

test('a whole landscape fits into one application', async () => {
  const host = await listen((_request, response) => response.end('<edmx:Edmx Version="1.0"/>'));
  const registry = await startRegistry('latest');
  for (const file of fixtures) await registry.register(read(file, host));
  const names = (await registry.list()).json.map(({ name }: { name: string }) => name);
  expect(names).toHaveLength(fixtures.length);
});
