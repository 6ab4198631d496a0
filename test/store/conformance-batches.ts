import { expect, test } from 'vitest';
import type { Operation, ResourceStore } from '../../src/store/store.ts';
import type { Open } from './conformance.ts';
import { application, applicationNamed, applications, type Shop, secret, secrets } from './resources.ts';

const create = (name: string, spec = {}): Operation => ({ verb: 'create', resource: application(name, spec) });
const remove = (name: string, precondition = {}): Operation => ({
  verb: 'delete',
  reference: applicationNamed(name),
  precondition,
});

const names = async (store: ResourceStore) =>
  (await store.list(applications)).items.map(({ metadata }) => metadata.name);

export function batches(open: Open): void {
  test('all operations are done, in consecutive revisions, and return what they would return alone', async () => {
    const { store } = open();
    for (const name of ['b', 'c', 'd']) await store.create(application(name, { a: 1 }));
    const gone = await store.get(applicationNamed('d'));
    const before = Number(await store.revision());
    const results = await store.batch([
      create('a', { a: 1 }),
      { verb: 'update', resource: application('b', { a: 2 }) },
      { verb: 'patch', reference: applicationNamed('c'), patch: { spec: { b: 1 } } },
      remove('d'),
      { verb: 'create', resource: secret('s', 'x') },
    ]);
    expect(results.map(({ metadata }) => Number(metadata.resourceVersion) - before)).toEqual([
      1,
      2,
      3,
      Number(gone?.metadata.resourceVersion) - before,
      5,
    ]);
    expect(results[3]).toEqual(gone);
    expect(await names(store)).toEqual(['a', 'b', 'c']);
    expect(await store.get(applicationNamed('b'))).toBe(results[1]);
    expect((results[2] as Shop).spec).toEqual({ a: 1, b: 1 });
    expect(Number(await store.revision())).toBe(before + 5);
  });

  test('the first operation that is refused fails them all, by its place, and nothing has happened', async () => {
    const { store } = open();
    const shop = await store.create(application('shop', { a: 1 }));
    await store.create(application('other'));
    const before = await store.list(applications);
    const told: string[] = [];
    store.watch(applications, {}, ({ type }) => told.push(type));
    const refused = (...operations: Operation[]) =>
      expect(
        store.batch([{ verb: 'patch', reference: applicationNamed('shop'), patch: { spec: { a: 2 } } }, ...operations]),
      ).rejects;

    await refused(create('new'), create('other'), remove('missing')).toMatchObject({
      code: 'ALREADY_EXISTS',
      index: 2,
    });
    await refused(remove('missing'), create('other')).toMatchObject({ code: 'NOT_FOUND', index: 1 });
    await refused(remove('other', { uid: shop.metadata.uid })).toMatchObject({ code: 'CONFLICT', index: 1 });
    await refused(create('new', { value: Number.NaN })).toMatchObject({ code: 'INVALID', index: 1 });
    await refused(create('new'), create('new')).toMatchObject({ code: 'INVALID', index: 2 });
    await refused({ verb: 'create', resource: { ...applications, metadata: {} } as never }).toMatchObject({
      message: 'metadata.name: Required value',
      index: 1,
    });
    await expect(store.batch(Array.from({ length: 101 }, (_, n) => create(`a${n}`)))).rejects.toMatchObject({
      code: 'INVALID',
    });
    expect(await store.list(applications)).toEqual(before);
    expect(told).toEqual([]);
  });

  test('what changes nothing takes no revision', async () => {
    const { store } = open();
    const shop = await store.create(application('shop', { a: 1 }));
    const before = await store.revision();
    const precondition = { metadata: { uid: shop.metadata.uid } };
    expect(await store.batch([{ verb: 'patch', reference: applicationNamed('shop'), patch: precondition }])).toEqual([
      shop,
    ]);
    expect(await store.batch([])).toEqual([]);
    expect(await store.revision()).toBe(before);
  });

  test('who is told of one of the changes can read all of them', async () => {
    const { store } = open();
    const reads: Promise<unknown>[] = [];
    store.watch(applications, {}, () => {
      reads.push(Promise.all([names(store), store.get({ ...secrets, name: 's', namespace: 'x' }), store.revision()]));
    });
    const results = await store.batch([create('a'), create('b'), { verb: 'create', resource: secret('s', 'x') }]);
    const [, , last] = results;
    const whole = [['a', 'b'], last, last?.metadata.resourceVersion];
    expect(await Promise.all(reads)).toEqual([whole, whole]);
  });

  test('a watch can be resumed behind any of the changes', async () => {
    const { store } = open();
    const results = await store.batch([create('a'), create('b'), create('c')]);
    for (const [index, { metadata }] of results.entries()) {
      const seen: string[] = [];
      store.watch(applications, { since: metadata.resourceVersion }, ({ object }) => seen.push(object.metadata.name));
      expect(seen).toEqual(['a', 'b', 'c'].slice(index + 1));
    }
  });

  test('changes that a handler makes come after those of the batch', async () => {
    const { store } = open();
    const writes: Promise<unknown>[] = [];
    store.watch(applications, {}, ({ object }) => {
      if (object.metadata.name === 'a') writes.push(store.create(application('late')));
    });
    const seen: string[] = [];
    store.watch(applications, {}, ({ object }) => seen.push(object.metadata.name));
    await store.batch([create('a'), create('b')]);
    await Promise.all(writes);
    expect(seen).toEqual(['a', 'b', 'late']);
  });

  test('of 200 concurrent batches that use up one thing exactly one happens, whole', async () => {
    const { store } = open();
    await store.create(application('token'));
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, n) => store.batch([create(`first-${n}`), remove('token'), create(`last-${n}`)])),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = results.findIndex(({ status }) => status === 'fulfilled');
    expect(await names(store)).toEqual([`first-${winner}`, `last-${winner}`]);
  });
}
