import { expect, test } from 'vitest';
import { modify } from '../../src/store/modify.ts';
import type { Open } from './conformance.ts';
import { application, applicationNamed, type Shop } from './resources.ts';

const times = <T>(count: number, action: (index: number) => Promise<T>) =>
  Promise.allSettled(Array.from({ length: count }, (_, index) => action(index)));

const codes = (results: PromiseSettledResult<unknown>[]) => {
  const failures = results.filter((result) => result.status === 'rejected');
  return {
    succeeded: results.length - failures.length,
    codes: [...new Set(failures.map(({ reason }) => reason.code))],
  };
};

export function concurrency(open: Open): void {
  test('of 1000 concurrent deletions exactly one succeeds', async () => {
    const { store } = open();
    const { metadata } = await store.create(application('token'));
    const { uid, resourceVersion } = metadata;
    const results = await times(1000, () => store.delete(applicationNamed('token'), { uid, resourceVersion }));
    expect(codes(results)).toEqual({ succeeded: 1, codes: ['NOT_FOUND'] });
  });

  test('of 1000 concurrent creations of one name exactly one succeeds', async () => {
    const { store } = open();
    const results = await times(1000, () => store.create(application('shop')));
    expect(codes(results)).toEqual({ succeeded: 1, codes: ['ALREADY_EXISTS'] });
  });

  test('of 1000 concurrent updates of one version exactly one succeeds', async () => {
    const { store } = open();
    const { metadata } = await store.create(application('shop'));
    const results = await times(1000, (index) =>
      store.update({ ...application('shop', { index }), metadata: { ...metadata } }),
    );
    expect(codes(results)).toEqual({ succeeded: 1, codes: ['CONFLICT'] });
  });

  test('every write has its own revision, and watches see them without gaps', async () => {
    const { store } = open();
    const opening = Number(await store.revision());
    const seen: number[] = [];
    store.watch(application('any'), {}, ({ object }) => seen.push(Number(object.metadata.resourceVersion) - opening));
    await times(300, (index) => store.create(application(`shop-${index}`)));
    expect(seen).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  });

  test('500 concurrent modifications of one resource are all kept', async () => {
    const { store } = open();
    await store.create(application('shop', { services: [] }));
    const results = await times(500, (index) =>
      modify<Shop>(store, applicationNamed('shop'), (current) => ({
        ...current,
        spec: { services: [...((current.spec?.services ?? []) as number[]), index] },
      })),
    );
    expect(codes(results).succeeded).toBe(500);
    const services = (await store.get<Shop>(applicationNamed('shop')))?.spec?.services as number[];
    expect(new Set(services).size).toBe(500);
  });
}
