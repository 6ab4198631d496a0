import { expect, test } from 'vitest';
import type { Change } from '../../src/store/store.ts';
import type { Open } from './conformance.ts';
import { application, applicationNamed, applications, type Shop, secret } from './resources.ts';

const held = () => {
  const shop = application('shop', { a: 1 });
  return { ...shop, metadata: { ...shop.metadata, finalizers: ['a/b', 'c/d'] } };
};
const shopWith = (finalizers: string[] | null) => ({ metadata: { finalizers } });

export function finalizers(open: Open): void {
  test('what has finalizers is marked, and goes with the last of them', async () => {
    const { store, clock } = open();
    const reference = applicationNamed('shop');
    await store.create(held());
    const changes: Change[] = [];
    store.watch(applications, {}, (change) => changes.push(change));
    const marked = await store.delete<Shop>(reference);
    expect(marked.metadata).toMatchObject({ deletionTimestamp: '2026-01-05T10:00:00Z', deletionGracePeriodSeconds: 0 });
    expect(marked.metadata.generation).toBe(2);
    clock.advance(60_000);
    expect(await store.delete(reference)).toBe(marked);
    await store.patch(reference, shopWith(['c/d']));
    expect((await store.get(reference))?.metadata.deletionTimestamp).toBe('2026-01-05T10:00:00Z');
    await store.patch(reference, shopWith(null));
    expect(await store.get(reference)).toBeUndefined();
    expect(changes.map(({ type }) => type)).toEqual(['MODIFIED', 'MODIFIED', 'DELETED']);
  });

  test('nobody but a deletion sets or lifts its mark', async () => {
    const { store } = open();
    const reference = applicationNamed('shop');
    const mark = { deletionTimestamp: '2000-01-01T00:00:00Z' };
    const created = await store.create({ ...held(), metadata: { ...held().metadata, ...mark } });
    expect(created.metadata).not.toHaveProperty('deletionTimestamp');
    expect(await store.patch(reference, { metadata: mark })).toBe(created);
    await store.delete(reference);
    await store.update(held());
    expect((await store.get(reference))?.metadata.deletionTimestamp).toBe('2026-01-05T10:00:00Z');
  });

  test('generations are counted for kinds that Kubernetes counts them for', async () => {
    const { store } = open();
    expect((await store.create(secret('a', 'x'))).metadata).not.toHaveProperty('generation');
    expect((await store.update({ ...secret('a', 'x'), type: 'other' })).metadata).not.toHaveProperty('generation');
  });
}
