import { expect, test } from 'vitest';
import { DomainError } from '../../src/core/errors.ts';
import type { ResourceStore } from '../../src/store/store.ts';
import { createView } from '../../src/store/view.ts';
import { openMemory } from './open.ts';
import { application, applicationNamed, applications, type Shop, secret, secrets } from './resources.ts';

test('a view knows what was there before it and follows every change', async () => {
  const { store } = openMemory();
  const early = await store.create(application('early'));
  const view = await createView<Shop>(store, applications);
  expect(view.get('early')).toBe(early);
  const shop = await store.create(application('shop'));
  expect(view.get('shop')).toBe(shop);
  const changed = await store.update(application('shop', { a: 1 }));
  expect(view.get('shop')).toBe(changed);
  await store.delete(applicationNamed('early'));
  expect(view.get('early')).toBeUndefined();
  expect([...view.values()]).toEqual([changed]);
  expect(view.size).toBe(1);
});

test('names are looked up within their namespace', async () => {
  const { store } = openMemory();
  const view = await createView(store, secrets);
  const one = await store.create(secret('a', 'x'));
  await store.create(secret('a', 'y'));
  expect(view.get('a', 'x')).toBe(one);
  expect(view.get('a')).toBeUndefined();
});

test('writes while a view is being built are not lost', async () => {
  const { store } = openMemory({ changeLogSize: 0 });
  await store.create(application('a'));
  await store.create(application('b'));
  const building = createView<Shop>(store, applications);
  const writes = [
    store.update(application('a', { new: true })),
    store.delete(applicationNamed('b')),
    store.create(application('c')),
  ];
  const view = await building;
  await Promise.all(writes);
  expect(view.get('a')?.spec).toEqual({ new: true });
  expect([...view.values()].map(({ metadata }) => metadata.name).sort()).toEqual(['a', 'c']);
});

test('the derived value is computed once per change', async () => {
  const { store } = openMemory();
  let computed = 0;
  const view = await createView<Shop, { readonly title: string }>(store, applications, {
    derive: ({ metadata, spec }) => {
      computed++;
      return { title: `${metadata.name} ${spec?.a}` };
    },
  });
  await store.create(application('shop', { a: 1 }));
  expect(view.get('shop')).toBe(view.get('shop'));
  expect(view.get('shop')).toEqual({ title: 'shop 1' });
  await store.update(application('shop', { a: 2 }));
  expect(view.get('shop')).toEqual({ title: 'shop 2' });
  expect(computed).toBe(2);
});

test('with a selection, only what matches is in the view', async () => {
  const { store } = openMemory();
  await store.create(application('tin', {}, { tier: 'tin' }));
  const view = await createView(store, applications, { select: { labelSelector: 'tier=gold' } });
  await store.create(application('gold', {}, { tier: 'gold' }));
  expect(view.get('tin')).toBeUndefined();
  expect(view.get('gold')).toBeDefined();
  await store.update(application('gold', {}, { tier: 'tin' }));
  expect(view.get('gold')).toBeUndefined();
});

test('values can be found by a key of their own, which may change and need not be unique', async () => {
  const { store } = openMemory();
  await store.create(application('a', { token: 'one' }));
  const view = await createView<Shop, string>(store, applications, {
    key: ({ spec }) => spec?.token as string | undefined,
    derive: ({ metadata }) => metadata.name,
  });
  await store.create(application('b', { token: 'one' }));
  await store.create(application('c'));
  expect(view.find('one')).toEqual(['a', 'b']);
  await store.update(application('a', { token: 'two' }));
  expect([view.find('one'), view.find('two')]).toEqual([['b'], ['a']]);
  await store.delete(applicationNamed('b'));
  expect([view.find('one'), view.find('undefined')]).toEqual([[], []]);
});

test('subscribers are told with the derived value until they leave', async () => {
  const { store } = openMemory();
  const view = await createView<Shop, string>(store, applications, { derive: ({ metadata }) => metadata.name });
  const seen: string[] = [];
  const leave = view.onChange(({ type, value }) => seen.push(`${type} ${value}`));
  await store.create(application('shop'));
  await store.delete(applicationNamed('shop'));
  leave();
  await store.create(application('other'));
  expect(seen).toEqual(['ADDED shop', 'DELETED shop']);
});

test('a subscriber that throws does not keep the others from being told', async () => {
  const { store, errors } = openMemory();
  const view = await createView(store, applications);
  const failure = new Error('broken subscriber');
  view.onChange(() => {
    throw failure;
  });
  const seen: string[] = [];
  view.onChange(({ object }) => seen.push(object.metadata.name));
  await store.create(application('shop'));
  expect(seen).toEqual(['shop']);
  expect(errors).toEqual([failure]);
  expect(view.get('shop')).toBeDefined();
});

test('when a value cannot be derived the outdated one is not found any more', async () => {
  const { store, errors } = openMemory();
  const view = await createView<Shop, string>(store, applications, {
    key: () => 'all',
    derive: ({ metadata, spec }) => {
      if (spec?.broken) throw new Error('cannot derive');
      return metadata.name;
    },
  });
  await store.create(application('shop'));
  await store.update(application('shop', { broken: true }));
  expect([view.get('shop'), view.find('all'), errors.length]).toEqual([undefined, [], 1]);
  await store.update(application('shop'));
  expect(view.find('all')).toEqual(['shop']);
});

test('a closed view stands still', async () => {
  const { store } = openMemory();
  const view = await createView(store, applications);
  await store.create(application('a'));
  view.close();
  view.close();
  await store.create(application('b'));
  expect([view.get('a') !== undefined, view.get('b')]).toEqual([true, undefined]);
});

/** The same store, whose watches can be made to lose track. */
function expiring(store: ResourceStore) {
  const lost: (() => unknown)[] = [];
  const watch: ResourceStore['watch'] = (kind, options, handler) => {
    const inner = store.watch(kind, options, handler);
    lost.push(() => {
      inner.close();
      return () => options.onExpired?.(new DomainError('EXPIRED', 'changes are missing'));
    });
    return inner;
  };
  const wrapped = new Proxy(store, {
    get: (target, name) => (name === 'watch' ? watch : Reflect.get(target, name).bind(target)),
  });
  return {
    store: wrapped,
    /** The latest watch is told nothing from now on. @returns a function that tells it so */
    lose: () => lost.at(-1)?.() as () => unknown,
  };
}

test('a view that has missed changes reads everything anew, and tells what is different', async () => {
  const { store: inner } = openMemory();
  const { store, lose } = expiring(inner);
  for (const name of ['same', 'changed', 'gone']) await store.create(application(name));
  const view = await createView<Shop, string>(store, applications, { derive: ({ spec }) => `a is ${spec?.a}` });
  const seen: string[] = [];
  view.onChange(({ type, object, value }) => seen.push(`${type} ${object.metadata.name}: ${value}`));
  const expire = lose();
  await store.update(application('changed', { a: 2 }));
  await store.delete(applicationNamed('gone'));
  await store.create(application('new', { a: 3 }));
  expect(seen).toEqual([]);
  await expire();
  expect(seen.sort()).toEqual(['ADDED new: a is 3', 'DELETED gone: a is undefined', 'MODIFIED changed: a is 2']);
  expect([view.get('changed'), view.get('gone'), view.get('new')]).toEqual(['a is 2', undefined, 'a is 3']);
  await store.update(application('same', { a: 4 }));
  expect(view.get('same')).toBe('a is 4');
});

test('a view that misses changes while it is being built begins again', async () => {
  const { store: inner } = openMemory();
  const { store, lose } = expiring(inner);
  const building = createView<Shop>(store, applications);
  const expire = lose();
  await store.create(application('early'));
  expire();
  const view = await building;
  expect(view.get('early')).toBeDefined();
  await store.create(application('late'));
  expect(view.get('late')).toBeDefined();
});

test('a closed view does not come back when its watch expires', async () => {
  const { store: inner } = openMemory();
  const { store, lose } = expiring(inner);
  const view = await createView<Shop>(store, applications);
  const expire = lose();
  await store.create(application('a'));
  const reading = expire();
  view.close();
  await reading;
  await store.create(application('b'));
  expect(view.size).toBe(0);
});

test('what is derived from a version is at hand when the next one is derived', async () => {
  const { store } = openMemory();
  const view = await createView<Shop, readonly unknown[]>(store, applications, {
    derive: ({ spec }, before = []) => [...before, spec?.a],
  });
  for (const a of [1, 2, 3]) await (a === 1 ? store.create : store.update).call(store, application('shop', { a }));
  expect(view.get('shop')).toEqual([1, 2, 3]);
  await store.delete(applicationNamed('shop'));
  await store.create(application('shop', { a: 4 }));
  expect(view.get('shop')).toEqual([4]);
});
