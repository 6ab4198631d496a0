import { expect, test } from 'vitest';
import { modify } from '../../src/store/modify.ts';
import { openMemory } from './open.ts';
import { application, applicationNamed, type Shop } from './resources.ts';

const reference = applicationNamed('shop');

test('a write by somebody else in between is not lost: the change is made again on top of it', async () => {
  const { store } = openMemory();
  await store.create(application('shop', { a: 0 }));
  let interrupted = false;
  const result = await modify<Shop>(store, reference, async (current) => {
    if (!interrupted) await store.patch(reference, { spec: { theirs: 1 } });
    interrupted = true;
    return { ...current, spec: { ...current.spec, ours: 1 } };
  });
  expect(result.spec).toEqual({ a: 0, theirs: 1, ours: 1 });
});

test('somebody who is always faster makes it fail with a conflict in the end', async () => {
  const { store } = openMemory();
  await store.create(application('shop', { count: 0 }));
  let attempts = 0;
  const never = modify<Shop>(store, reference, async (current) => {
    await store.patch(reference, { spec: { count: ++attempts } });
    return { ...current, spec: { ours: 1 } };
  });
  await expect(never).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(attempts).toBe(20);
});

test('a resource that was replaced by another of the same name counts as changed', async () => {
  const { store } = openMemory();
  await store.create(application('shop', { first: true }));
  const result = await modify<Shop>(store, reference, async (current) => {
    if (current.spec?.first) {
      await store.delete(reference);
      await store.create(application('shop', { second: true }));
    }
    return { ...current, spec: { ...current.spec, ours: 1 } };
  });
  expect(result.spec).toEqual({ second: true, ours: 1 });
});

test('what does not exist cannot be modified', async () => {
  const { store } = openMemory();
  await expect(modify(store, reference, (current) => current)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a change that throws writes nothing and does not block the next', async () => {
  const { store } = openMemory();
  await store.create(application('shop'));
  const revision = await store.revision();
  const failing = modify(store, reference, () => {
    throw new Error('refused');
  });
  const next = modify(store, reference, (current) => current);
  await expect(failing).rejects.toThrow('refused');
  await expect(next).resolves.toBeDefined();
  expect(await store.revision()).toBe(revision);
});
