import { expect, test } from 'vitest';
import { modify } from '../../src/store/modify.ts';
import { rehearse, transact } from '../../src/store/transact.ts';
import { openMemory } from './open.ts';
import { application, applicationNamed, applications, type Shop } from './resources.ts';

const a = applicationNamed('a');
const names = async (store: ReturnType<typeof openMemory>['store']) =>
  (await store.list(applications)).items.map(({ metadata }) => metadata.name);

test('work sees what it has written, others see it when it is done, as one', async () => {
  const { store } = openMemory();
  const told: string[] = [];
  store.watch(applications, {}, ({ type, object }) => told.push(`${type} ${object.metadata.name}`));
  await store.create(application('a', { n: 1 }));
  const result = await transact(store, async (draft) => {
    await draft.create(application('b'));
    await modify<Shop>(draft, a, (shop) => ({ ...shop, spec: { ...shop.spec, n: 2 } }));
    await modify<Shop>(draft, a, (shop) => ({ ...shop, spec: { ...shop.spec, m: shop.spec?.n } }));
    await draft.create(application('gone'));
    await draft.delete(applicationNamed('gone'));
    expect(await draft.get(applicationNamed('b'))).toBeDefined();
    expect(await draft.get(applicationNamed('gone'))).toBeUndefined();
    expect(await names(store)).toEqual(['a']);
    return 'done';
  });
  expect(result).toBe('done');
  expect(told).toEqual(['ADDED a', 'ADDED b', 'MODIFIED a']);
  const stored = await store.get<Shop>(a);
  expect(stored?.spec).toEqual({ n: 2, m: 2 });
  expect(stored?.metadata).toMatchObject({ generation: 2, uid: expect.stringContaining('-') });
});

test('what the store refuses, a draft refuses in the same words', async () => {
  const { store } = openMemory();
  await store.create(application('a'));
  const before = await store.revision();
  const codeOf = (work: Parameters<typeof transact>[1]) =>
    transact(store, work).then(
      () => undefined,
      ({ code }) => code,
    );
  expect(await codeOf((draft) => draft.create(application('a')))).toBe('ALREADY_EXISTS');
  expect(await codeOf((draft) => draft.update(application('b')))).toBe('NOT_FOUND');
  expect(await codeOf((draft) => draft.delete(a, { uid: 'other' }))).toBe('CONFLICT');
  expect(
    await codeOf(async (draft) => {
      await draft.delete(a);
      await draft.patch(a, {});
    }),
  ).toBe('NOT_FOUND');
  expect(await store.revision()).toBe(before);
});

test('work that fails, and a rehearsal, write nothing', async () => {
  const { store } = openMemory();
  const failing = transact(store, async (draft) => {
    await draft.create(application('a'));
    throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
  expect(await rehearse(store, (draft) => draft.create(application('a')))).toMatchObject({ kind: 'Application' });
  expect(await names(store)).toEqual([]);
});

test('work runs again on the new state when somebody else was faster', async () => {
  const { store } = openMemory();
  await store.create(application('a', { n: 0 }));
  let runs = 0;
  await transact(store, async (draft) => {
    const shop = await draft.get<Shop>(a);
    if (runs++ === 0) await store.patch(a, { spec: { theirs: true } });
    await draft.create(application(`made-${runs}`));
    await draft.update(application('a', { ...shop?.spec, ours: true }));
  });
  expect(runs).toBe(2);
  expect((await store.get<Shop>(a))?.spec).toEqual({ n: 0, theirs: true, ours: true });
  expect(await names(store)).toEqual(['a', 'made-2']);
});

test('somebody who is always faster makes it fail in the end', async () => {
  const { store } = openMemory();
  let runs = 0;
  const never = transact(store, async (draft) => {
    const name = `shop-${runs++}`;
    await draft.create(application(name));
    await store.create(application(name));
  });
  await expect(never).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
  expect(runs).toBe(20);
});

test('what is removed and made again, and what is only marked since it has finalizers', async () => {
  const { store } = openMemory();
  await store.create(application('a', { n: 1 }));
  const held = application('held');
  await store.create({ ...held, metadata: { ...held.metadata, finalizers: ['a/b'] } });
  await transact(store, async (draft) => {
    await draft.delete(a);
    await draft.create(application('a', { n: 2 }));
    await draft.delete(applicationNamed('held'));
  });
  expect((await store.get<Shop>(a))?.spec).toEqual({ n: 2 });
  expect((await store.get(applicationNamed('held')))?.metadata.deletionTimestamp).toBeDefined();
});

test('writes to one resource that do not wait for each other are all in the draft', async () => {
  const { store } = openMemory();
  await store.create(application('a'));
  await transact(store, (draft) =>
    Promise.all(['x', 'y', 'z'].map((name) => draft.patch(a, { spec: { [name]: true } }))),
  );
  expect((await store.get<Shop>(a))?.spec).toEqual({ x: true, y: true, z: true });
});
