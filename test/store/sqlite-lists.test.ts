import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openSqlite, START, temporaryDirectory } from './open.ts';
import { application, applicationNamed, type Shop } from './resources.ts';

const stateFile = () => join(temporaryDirectory(), 'state.db');
const shop = applicationNamed('shop');
const services = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    id: `id-${n}`,
    name: `service-${n}`,
    description: 'A service of some length, as services are, so that all of them together take a lot of room',
    entries: [{ type: 'API', targetUrl: `http://target.local/${n}`, credentials: { type: '', secretName: '' } }],
  }));
const sizeOfLog = (file: string) => statSync(`${file}-wal`).size;

function inFile<T>(file: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}
const change = (file: string, statement: string) => inFile(file, (database) => database.exec(statement));
const chunksIn = (file: string) =>
  inFile(file, (database) => Number(database.prepare('SELECT count(*) AS count FROM chunks').get()?.count));

test('a resource with long lists comes back as it was, with its members in their order, and frozen', async () => {
  const file = stateFile();
  const { store } = openSqlite({}, file);
  const more = { list: services(100), short: services(3), numbers: Array.from({ length: 100 }, (_, n) => n) };
  const spec = { ...JSON.parse('{"__proto__":{"list":[]}}'), before: 1, services: services(1_000), more, after: null };
  const stored = await store.create({ ...application('shop'), spec });
  await store.close();
  expect(chunksIn(file)).toBeGreaterThan(1_100 / 17);

  const { store: reopened } = openSqlite({}, file);
  const found = await reopened.get<Shop>(shop);
  expect(JSON.stringify(found)).toBe(JSON.stringify(stored));
  expect(Object.isFrozen(found?.spec?.services)).toBe(true);
  await reopened.delete(shop);
  await reopened.close();
  expect(chunksIn(file)).toBe(0);
});

test('a list that grows, shrinks, changes in the middle and goes is the same after every restart', async () => {
  const file = stateFile();
  const all = services(500);
  const [first] = services(1);
  const other = { ...first, id: 'other' } as (typeof all)[number];
  const empty = openSqlite({}, file).store;
  await empty.create(application('shop'));
  await empty.close();
  for (const wanted of [
    all.slice(0, 200),
    all.slice(0, 201),
    all.slice(5, 201).toSpliced(100, 3, other),
    [other, ...all.slice(0, 300)],
    all.toReversed(),
    all.slice(0, 10),
    all,
    [],
  ]) {
    const { store } = openSqlite({}, file);
    await store.patch(shop, { spec: { services: wanted.slice(0, -1) } });
    await store.patch(shop, { spec: { services: wanted } });
    await store.close();
    const { store: reopened } = openSqlite({}, file);
    expect((await reopened.get<Shop>(shop))?.spec?.services).toEqual(wanted);
    await reopened.close();
  }
  expect(chunksIn(file)).toBe(0);
});

test('adding to, changing and removing from a long list writes little', async () => {
  const file = stateFile();
  const { store } = openSqlite({}, file);
  const { spec } = await store.create(application('shop', { services: services(5_000) }));
  let present = spec?.services as readonly object[];
  const whole = JSON.stringify(present).length;
  for (const next of [
    (list: readonly object[]) => [...list, { id: 'new' }],
    (list: readonly object[]) => list.with(2_500, { id: 'changed' }),
    (list: readonly object[]) => list.toSpliced(17, 1),
  ]) {
    const before = sizeOfLog(file);
    present = (await store.update(application('shop', { services: next(present) }))).spec?.services as object[];
    expect(sizeOfLog(file) - before).toBeLessThan(whole / 20);
  }
});

test('a database of before is taken over', async () => {
  const file = stateFile();
  const { store } = openSqlite({}, file);
  await store.create(application('shop', { services: services(200) }));
  const stored = await store.get(shop);
  await store.close();
  // As 0.1.0 made it.
  change(
    file,
    `DROP TABLE chunks; DROP TABLE resources;
     CREATE TABLE resources (
       api_version TEXT NOT NULL, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
       revision INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (api_version, kind, namespace, name)
     ) STRICT;
     PRAGMA user_version = 1`,
  );
  inFile(file, (database) => {
    const put = database.prepare('INSERT INTO resources VALUES (?, ?, ?, ?, ?, ?)');
    put.run(shop.apiVersion, shop.kind, '', 'shop', START + 1, JSON.stringify(stored));
  });

  const { store: reopened } = openSqlite({}, file);
  expect(await reopened.get(shop)).toEqual(stored);
  await reopened.patch(shop, { spec: { more: true } });
  await reopened.close();
  expect(chunksIn(file)).toBeGreaterThan(0);
  const { store: again } = openSqlite({}, file);
  expect((await again.get<Shop>(shop))?.spec).toEqual({ services: services(200), more: true });
});

test.each([
  ['is missing', 'DELETE FROM chunks WHERE id = 3'],
  ['is cut off', `UPDATE chunks SET items = '[{"secret":' WHERE id = 3`],
  ['is no list', "UPDATE chunks SET items = '{}' WHERE id = 3"],
  ['belongs nowhere', `UPDATE resources SET lists = replace(lists, 'services', 'nothing')`],
])('a resource of which a piece %s is refused by name, without its content', async (_, statement) => {
  const file = stateFile();
  const { store } = openSqlite({}, file);
  await store.create(application('shop', { services: services(200) }));
  await store.close();
  change(file, statement);
  expect(() => openSqlite({}, file)).toThrow(
    expect.objectContaining({ code: 'STATE_UNREADABLE', message: expect.stringContaining('"shop" in it is damaged') }),
  );
});
