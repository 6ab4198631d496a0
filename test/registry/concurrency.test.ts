import { expect, test } from 'vitest';
import { listen, minimal, startRegistry } from './start.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

test('of many registrations at once none is lost', async () => {
  const registry = await startRegistry('1.24.0');
  const answers = await Promise.all(numbers(50).map((n) => registry.post({ ...minimal, name: `service ${n}` })));
  const ids = answers.map(({ json }) => json.id);
  expect((await registry.list()).json.map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort());
});

test('of many registrations with one identifier exactly one is accepted', async () => {
  const registry = await startRegistry('1.24.0');
  const answers = await Promise.all(
    numbers(20).map((n) => registry.post({ ...minimal, name: `service ${n}`, identifier: 'one' })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...numbers(19).map(() => 409)]);
  expect((await registry.list()).json).toHaveLength(1);
  const { items } = await registry.store.list({ apiVersion: 'v1', kind: 'Service' });
  expect(items).toHaveLength(1);
});

test('writes of others to the application survive registrations', async () => {
  const registry = await startRegistry('1.24.0');
  const { apiVersion, kind } = registry.kind;
  const reference = { apiVersion, kind, name: 'shop' };
  await Promise.all(
    numbers(20).flatMap((n) => [
      registry.post({ ...minimal, name: `service ${n}` }),
      registry.store.patch(reference, { spec: { labels: { [`label-${n}`]: 'x' } } }),
    ]),
  );
  const { spec } = await registry.application();
  expect([spec.services.length, Object.keys(spec.labels).length]).toEqual([20, 20]);
});

test('registering, replacing and removing at once leaves what was answered', async () => {
  const registry = await startRegistry('1.24.0');
  const ids: string[] = [];
  for (const n of numbers(10)) ids.push(await registry.register({ ...minimal, name: `service ${n}` }));
  const statuses = await Promise.all(
    ids.flatMap((id, n) => [
      registry.put(id, { ...minimal, name: `new ${n}` }).then(({ status }) => status),
      ...(n % 2 ? [registry.delete(id).then(({ status }) => status)] : []),
    ]),
  );
  expect(statuses.every((status) => [200, 204, 404].includes(status))).toBe(true);
  const names = (await registry.list()).json.map(({ name }: { name: string }) => name);
  expect(names).toEqual(['new 0', 'new 2', 'new 4', 'new 6', 'new 8']);
});

test('a registration that loses its identifier while it makes a certificate leaves nothing behind', async () => {
  const registry = await startRegistry('1.24.0');
  const credentials = { certificateGen: { commonName: 'shop' } };
  const body = (n: number) => ({
    ...minimal,
    name: `service ${n}`,
    identifier: 'one',
    api: { ...minimal.api, credentials },
  });
  const answers = await Promise.all(numbers(4).map((n) => registry.post(body(n))));
  const refused = answers.filter(({ status }) => status === 409);
  expect(refused.map(({ json }) => json.error)).toEqual(
    numbers(3).map(() => 'Creating service failed, Service with Identifier one already exists'),
  );
  for (const kind of ['Service', 'Secret']) {
    expect((await registry.store.list({ apiVersion: 'v1', kind })).items).toHaveLength(1);
  }
});

test('a replacement that is overtaken by a removal leaves nothing behind', async () => {
  const registry = await startRegistry('1.24.0');
  const id = await registry.register({ ...minimal, api: { ...minimal.api, spec: { a: 1 } } });
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const url = await listen(async (_request, response) => {
    asked.resolve();
    await answered.promise;
    response.end('{}');
  });
  const replaced = registry.put(id, { ...minimal, api: { ...minimal.api, specificationUrl: url } });
  await asked.promise;
  expect((await registry.delete(id)).status).toBe(204);
  answered.resolve();
  expect((await replaced).status).toBe(404);
  for (const [apiVersion, kind] of [
    ['v1', 'Service'],
    ['kymulator.local/v1', 'Specification'],
  ] as const) {
    expect((await registry.store.list({ apiVersion, kind })).items).toEqual([]);
  }
});
