import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { referenceOf } from '../../src/resources/resource.ts';
import type { ResourceStore } from '../../src/store/store.ts';
import { configMap, definition, namesOf, namespace, settled, start, widget } from './start.ts';

const demo = { apiVersion: 'v1', kind: 'Namespace', name: 'demo' };
const inDemo = { namespace: 'demo' };
const accountsOf = async (store: ResourceStore) =>
  (await store.list({ apiVersion: 'v1', kind: 'ServiceAccount' })).items.map(({ metadata }) => metadata);

describe('a namespace', () => {
  test('gets an account, and so does one that is there at the start', async () => {
    const { store } = await start({ existing: (store) => store.create(namespace('before')) });
    await store.create(namespace('demo'));
    await settled();
    expect(await accountsOf(store)).toEqual([
      expect.objectContaining({ namespace: 'before', name: 'default' }),
      expect.objectContaining({ namespace: 'demo', name: 'default' }),
    ]);
  });

  test('that is deleted in the store goes with everything in it, of any kind, and nothing else goes', async () => {
    const { store } = await start();
    await store.create(definition());
    await store.create(namespace('demo'));
    await store.create(configMap('a', [], inDemo));
    await store.create(widget('w', inDemo));
    await store.create(configMap('elsewhere'));
    await settled();
    await store.delete(demo);
    await settled();
    expect(await store.get(demo)).toBeUndefined();
    expect(await accountsOf(store)).toEqual([]);
    expect(await namesOf(store, 'Widget', 'example.com/v1')).toEqual([]);
    expect(await namesOf(store)).toEqual(['elsewhere']);
  });

  test('says that it is on its way out, until what holds it is gone', async () => {
    const { store } = await start();
    await store.create(namespace('demo'));
    const held = await store.create(configMap('a', [], { ...inDemo, finalizers: ['a/b'] }));
    await store.delete(demo);
    await settled();
    expect(await store.get(demo)).toMatchObject({ status: { phase: 'Terminating' } });
    expect((await store.get(referenceOf(held)))?.metadata.deletionTimestamp).toBeDefined();
    await store.create(configMap('too-late', [], inDemo));
    await store.patch(referenceOf(held), { metadata: { finalizers: null } });
    await settled();
    expect(await store.get(demo)).toBeUndefined();
    expect(await namesOf(store)).toEqual([]);
  });

  test('waits for finalizers of others in its content and in its metadata', async () => {
    const { store } = await start();
    await store.create({ ...namespace('demo', { finalizers: ['c/d'] }), spec: { finalizers: ['kubernetes', 'a/b'] } });
    await store.delete(demo);
    await settled();
    expect(await store.get(demo)).toMatchObject({ metadata: { finalizers: ['c/d'] }, spec: { finalizers: ['a/b'] } });
    await store.patch(demo, { spec: { finalizers: [] } });
    await store.patch(demo, { metadata: { finalizers: null } });
    expect(await store.get(demo)).toBeUndefined();
  });

  test('that was being deleted when the last run ended goes in the next one', async () => {
    const { store } = await start({
      async existing(store) {
        await store.create(namespace('demo'));
        await store.create(configMap('a', [], inDemo));
        await store.delete(demo);
      },
    });
    await settled();
    expect(await store.get(demo)).toBeUndefined();
    expect(await namesOf(store)).toEqual([]);
  });

  test('that nothing held takes its content with it, but not that of one which comes after it', async () => {
    const { store } = await start();
    const { spec: _, ...plain } = namespace('demo');
    await store.create(plain);
    await store.create(configMap('old', [], inDemo));
    await settled();
    await store.delete(demo);
    await store.create(namespace('demo'));
    await store.create(configMap('new', [], inDemo));
    await settled();
    expect(await namesOf(store)).toEqual(['new']);
    expect(await accountsOf(store)).toEqual([expect.objectContaining(inDemo)]);
  });

  test('is emptied in slices, with turns for others', async () => {
    const { store } = await start();
    await store.create(namespace('demo'));
    for (let n = 0; n < 1_000; n++) await store.create(configMap(`c${n}`, [], inDemo));
    await store.delete(demo);
    let turns = 0;
    for (; await store.get(demo); turns++) await turn();
    expect(turns).toBeGreaterThanOrEqual(1_000 / 20);
    expect(await namesOf(store)).toEqual([]);
  });
});
