import { expect, test } from 'vitest';
import type { Open } from './conformance.ts';
import { application, applicationNamed, applications, secret, secrets } from './resources.ts';

export function reading(open: Open): void {
  test('what is not there is undefined', async () => {
    const { store } = open();
    expect(await store.get(applicationNamed('shop'))).toBeUndefined();
    expect((await store.list(applications)).items).toEqual([]);
  });

  test('reads return the same frozen object every time', async () => {
    const { store } = open();
    const created = await store.create(application('shop', { services: [{ id: 'a' }] }));
    const read = await store.get(applicationNamed('shop'));
    expect(read).toBe(created);
    expect((await store.list(applications)).items[0]).toBe(read);
    expect(Object.isFrozen((created.spec as { services: object[] }).services[0])).toBe(true);
  });

  test('a list is ordered by namespace, then name, whatever the order of writes', async () => {
    const { store } = open();
    const names = async () =>
      (await store.list(secrets)).items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    for (const [name, namespace] of [
      ['b', 'x'],
      ['a', 'x-y'],
      ['c', 'a'],
    ] as const) {
      await store.create(secret(name, namespace));
    }
    expect(await names()).toEqual(['a/c', 'x/b', 'x-y/a']);
    await store.create(secret('a', 'x'));
    await store.delete({ ...secrets, name: 'c', namespace: 'a' });
    await store.patch({ ...secrets, name: 'b', namespace: 'x' }, { data: { more: 'eA==' } });
    expect(await names()).toEqual(['x/a', 'x/b', 'x-y/a']);
  });

  test('a list that was handed out does not change afterwards', async () => {
    const { store } = open();
    await store.create(application('one'));
    const { items } = await store.list(applications);
    await store.create(application('two'));
    expect(items).toHaveLength(1);
  });

  test('a list can be narrowed to a namespace, to labels and to a name', async () => {
    const { store } = open();
    await store.create(secret('a', 'x'));
    await store.create(secret('a', 'y'));
    await store.create(application('red', {}, { colour: 'red' }));
    await store.create(application('blue', {}, { colour: 'blue' }));
    const found = async (kind: typeof secrets, selection: object) =>
      (await store.list(kind, selection)).items.map(({ metadata }) => metadata.name + (metadata.namespace ?? ''));
    expect(await found(secrets, { namespace: 'y' })).toEqual(['ay']);
    expect(await found(applications, { labelSelector: 'colour!=red' })).toEqual(['blue']);
    expect(await found(applications, { fieldSelector: 'metadata.name=red' })).toEqual(['red']);
    await expect(store.list(applications, { labelSelector: 'a in b' })).rejects.toMatchObject({ code: 'INVALID' });
  });

  test('kinds with the same name in another apiVersion are other kinds', async () => {
    const { store } = open();
    await store.create(application('shop'));
    expect((await store.list({ apiVersion: 'v1', kind: 'Application' })).items).toEqual([]);
  });

  test('the revision of a list is that of the latest write to the store', async () => {
    const { store } = open();
    const before = (await store.list(applications)).resourceVersion;
    const { metadata } = await store.create(secret('a', 'x'));
    expect((await store.list(applications)).resourceVersion).toBe(metadata.resourceVersion);
    expect(await store.revision()).toBe(metadata.resourceVersion);
    expect(Number(metadata.resourceVersion)).toBe(Number(before) + 1);
  });

  test('a read that must not be older than a write shows it', async () => {
    const { store } = open();
    const reference = applicationNamed('shop');
    const { metadata } = await store.create(application('shop'));
    expect((await store.get(reference, { atLeast: metadata.resourceVersion }))?.metadata).toEqual(metadata);
    await store.delete(reference);
    expect(await store.get(reference, { atLeast: await store.revision() })).toBeUndefined();
  });

  test('a revision that the store does not come to, or that is none, is refused', async () => {
    const { store } = open();
    const future = String(Number(await store.revision()) + 1_000);
    const reading = store.get(applicationNamed('shop'), { atLeast: future });
    await expect(reading).rejects.toMatchObject({ code: 'BEHIND', message: expect.stringContaining(future) });
    const garbage = store.get(applicationNamed('shop'), { atLeast: 'soon' });
    await expect(garbage).rejects.toMatchObject({ code: 'INVALID' });
  });

  test('a closed store refuses to work, and closing it again is harmless', async () => {
    const { store } = open();
    await store.close();
    await store.close();
    await expect(store.get(applicationNamed('shop'))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.create(application('shop'))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.batch([])).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    expect(() => store.watch(applications, {}, () => {})).toThrow(expect.objectContaining({ code: 'STORE_CLOSED' }));
  });
}
