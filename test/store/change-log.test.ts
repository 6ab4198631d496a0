import { expect, test } from 'vitest';
import { frozenCopy } from '../../src/store/frozen.ts';
import { weightBeside } from '../../src/store/local/weight.ts';
import { openMemory } from './open.ts';
import { application, applicationNamed, applications } from './resources.ts';

const long = 'x'.repeat(1_000);

test.each<[string, unknown, unknown, number]>([
  ['is nothing for what both share', { a: [long] }, { a: [long] }, 0],
  ['is nothing for what only the other has', { a: 1 }, { a: 1, b: long }, 0],
  ['is that of a text that is alone', { a: long, b: long }, { b: long }, 1_000],
  ['is that of an item that is alone', [long, `${long}!`], [long], 1_001],
  ['leaves out items that have moved', [{ a: long }, { b: long }], [{ b: long }], 1_000],
  ['is all of it beside something else', { a: long }, 'a', 1_000],
  ['counts names that JavaScript knows as any others', { constructor: long, toString: long }, {}, 2_000],
])('the weight of a value %s', (_name, value, other, expected) => {
  const kept = frozenCopy(other);
  const weight = weightBeside(frozenCopy(shareItems(value, kept), kept), kept);
  expect(weight).toBeGreaterThanOrEqual(expected);
  expect(weight).toBeLessThan(expected + 150);
});

/** Items of a list that the other list has too, as one who hands back what the store gave out. */
function shareItems(value: unknown, other: unknown): unknown {
  if (!Array.isArray(value) || !Array.isArray(other)) return value;
  return value.map((item) => other.find((known) => JSON.stringify(known) === JSON.stringify(item)) ?? item);
}

test('changes are kept until what they alone keep in memory is too much', async () => {
  const { store } = openMemory({ changeLogBytes: 10_000 });
  const revisions = [(await store.create(application('shop'))).metadata.resourceVersion];
  for (let n = 0; n < 20; n++) {
    const { metadata } = await store.update(application('shop', { text: long + n }));
    revisions.push(metadata.resourceVersion);
  }
  const seen = (since: string | undefined) => {
    let count = 0;
    const onExpired = () => {
      count = Number.NaN;
    };
    store.watch(applications, { since, onExpired }, () => count++).close();
    return count;
  };
  expect(seen(revisions[0])).toBeNaN();
  expect(seen(revisions.at(-6))).toBe(5);
  expect(seen(revisions.at(-1))).toBe(0);
});

test('a single change that is too large to keep is told to those who watch, and not replayed', async () => {
  const { store } = openMemory({ changeLogBytes: 500 });
  const { metadata } = await store.create(application('shop', { text: long }));
  const seen: string[] = [];
  store.watch(applications, {}, ({ type }) => seen.push(type));
  await store.delete(applicationNamed('shop'));
  expect(seen).toEqual(['DELETED']);
  const since = metadata.resourceVersion;
  store.watch(applications, { since, onExpired: ({ code }) => void seen.push(code) }, () => {});
  await store.create(application('shop'));
  expect(seen).toEqual(['DELETED', 'EXPIRED', 'ADDED']);
});

test('many resources that are only added do not push each other out', async () => {
  const { store } = openMemory({ changeLogBytes: 500 });
  const first = await store.create(application('a', { text: long }));
  await store.create(application('b', { text: long }));
  await store.create(application('c', { text: long }));
  const seen: string[] = [];
  store.watch(applications, { since: first.metadata.resourceVersion }, ({ object }) => seen.push(object.metadata.name));
  expect(seen).toEqual(['b', 'c']);
});

test('what is replayed equals what was told, and is frozen', async () => {
  const { store } = openMemory();
  const since = await store.revision();
  const told: unknown[] = [];
  const replayed: unknown[] = [];
  store.watch(applications, {}, (change) => told.push(change));
  await store.create(application('shop', { a: 1 }));
  await store.update(application('shop', { a: 2 }));
  await store.delete(applicationNamed('shop'));
  store.watch(applications, { since }, (change) => {
    expect(Object.isFrozen(change.object)).toBe(true);
    replayed.push(change);
  });
  expect(replayed).toEqual(told);
});
