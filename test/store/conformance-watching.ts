import { expect, test } from 'vitest';
import type { Change, ResourceStore, WatchOptions } from '../../src/store/store.ts';
import type { Open } from './conformance.ts';
import { application, applicationNamed, applications, secret } from './resources.ts';

export function watching(open: Open): void {
  test('handlers have run when the promise of a write is fulfilled', async () => {
    const { store } = open();
    const seen = record(store);
    const created = await store.create(application('shop'));
    expect(seen).toEqual(['ADDED shop']);
    await store.update(application('shop', { a: 1 }));
    await store.patch(applicationNamed('shop'), { spec: { a: 2 } });
    await store.delete(applicationNamed('shop'));
    expect(seen).toEqual(['ADDED shop', 'MODIFIED shop', 'MODIFIED shop', 'DELETED shop']);
    expect(created).toBeDefined();
  });

  test('a deletion shows the last state with the revision of the deletion', async () => {
    const { store } = open();
    const created = await store.create(application('shop', { a: 1 }));
    let last: Change | undefined;
    store.watch(applications, {}, (change) => {
      last = change;
    });
    await store.delete(applicationNamed('shop'));
    const resourceVersion = await store.revision();
    expect(last).toEqual({
      type: 'DELETED',
      object: { ...created, metadata: { ...created.metadata, resourceVersion } },
    });
    expect(resourceVersion).not.toBe(created.metadata.resourceVersion);
  });

  test('other kinds, refused writes and writes that change nothing are not told', async () => {
    const { store } = open();
    await store.create(application('shop'));
    const seen = record(store);
    await store.create(secret('shop', 'default'));
    await store.update(application('shop'));
    await store.create(application('shop')).catch(() => {});
    expect(seen).toEqual([]);
  });

  test('a watch from an earlier revision first replays what happened since', async () => {
    const { store } = open();
    await store.create(application('early'));
    const since = await store.revision();
    await store.create(application('shop'));
    await store.create(secret('shop', 'default'));
    await store.delete(applicationNamed('early'));
    const seen = record(store, { since });
    expect(seen).toEqual(['ADDED shop', 'DELETED early']);
    await store.create(application('late'));
    expect(seen).toEqual(['ADDED shop', 'DELETED early', 'ADDED late']);
  });

  test('a watch from a revision that is no longer covered is told so, from the oldest that is covered it is not', async () => {
    const { store } = open({ changeLogSize: 2 });
    const opening = Number(await store.revision());
    for (const name of ['a', 'b', 'c']) await store.create(application(name));
    expect(record(store, { since: String(opening) })).toEqual(['EXPIRED']);
    expect(record(store, { since: String(opening + 1) })).toEqual(['ADDED b', 'ADDED c']);
  });

  test('a revision from before the opening or from the future belongs to another life of the store', async () => {
    const { store } = open();
    const now = Number(await store.revision());
    for (const since of [now - 1, now + 1]) expect(record(store, { since: String(since) })).toEqual(['EXPIRED']);
    expect(() => record(store, { since: 'yesterday' })).toThrow(expect.objectContaining({ code: 'INVALID' }));
  });

  test('an expired watch is over, and can be closed', async () => {
    const { store } = open({ changeLogSize: 0 });
    const since = await store.revision();
    await store.create(application('a'));
    const seen: string[] = [];
    const onExpired = (error: Error) => void seen.push(error.message);
    const watch = store.watch(applications, { since, onExpired }, ({ type }) => seen.push(type));
    await store.create(application('b'));
    expect(seen).toEqual([expect.stringContaining('list again')]);
    watch.close();
  });

  test('an expiry that nobody listens for, and what its listener throws, go to the error report', async () => {
    const { store, errors } = open({ changeLogSize: 0 });
    const since = await store.revision();
    await store.create(application('a'));
    store.watch(applications, { since }, () => {});
    expect(errors).toEqual([expect.objectContaining({ code: 'EXPIRED' })]);
    const failure = new Error('broken listener');
    store.watch(applications, { since, onExpired: () => Promise.reject(failure) }, () => {});
    await expect.poll(() => errors).toHaveLength(2);
    expect(errors[1]).toBe(failure);
  });

  test('without a change log a watch still tells what happens from now on', async () => {
    const { store } = open({ changeLogSize: 0 });
    await store.create(application('a'));
    const seen = record(store, { since: await store.revision() });
    await store.create(application('b'));
    expect(seen).toEqual(['ADDED b']);
  });

  test('with a selector, starting to match is an addition and ceasing to match a deletion', async () => {
    const { store } = open();
    const since = await store.revision();
    const seen = record(store, { labelSelector: 'tier=gold' });
    const write = (labels: Record<string, string>, spec = {}) => store.update(application('shop', spec, labels));
    await store.create(application('shop', {}, { tier: 'tin' }));
    await write({ tier: 'gold' });
    await write({ tier: 'gold' }, { a: 1 });
    await write({ tier: 'tin' }, { a: 2 });
    await write({ tier: 'tin' }, { a: 3 });
    await store.delete(applicationNamed('shop'));
    expect(seen).toEqual(['ADDED shop', 'MODIFIED shop', 'DELETED shop']);
    expect(record(store, { labelSelector: 'tier=gold', since })).toEqual(seen);
  });

  test('an object that ceases to match is shown as it was when it last matched, with the new revision', async () => {
    const { store } = open();
    await store.create(application('shop', { a: 1 }, { tier: 'gold' }));
    let last: Change | undefined;
    store.watch(applications, { labelSelector: 'tier=gold' }, (change) => {
      last = change;
    });
    const { metadata } = await store.update(application('shop', { a: 2 }, { tier: 'tin' }));
    expect(last).toMatchObject({
      type: 'DELETED',
      object: { spec: { a: 1 }, metadata: { labels: { tier: 'gold' }, resourceVersion: metadata.resourceVersion } },
    });
  });

  test('a handler that throws disturbs neither the write nor the other handlers', async () => {
    const { store, errors } = open();
    const failure = new Error('broken handler');
    store.watch(applications, {}, () => {
      throw failure;
    });
    const seen = record(store);
    await expect(store.create(application('shop'))).resolves.toBeDefined();
    expect(seen).toEqual(['ADDED shop']);
    expect(errors).toEqual([failure]);
  });

  test('not even a failing error report disturbs the write', async () => {
    const { store } = open({
      onError: () => {
        throw new Error('broken report');
      },
    });
    store.watch(applications, {}, () => {
      throw new Error('broken handler');
    });
    await store.create(application('one'));
    const seen = record(store);
    await store.create(application('two'));
    expect(seen).toEqual(['ADDED two']);
  });

  test('all handlers see the changes in one order, also when a handler writes', async () => {
    const { store } = open();
    const first = record(store);
    const writes: Promise<unknown>[] = [];
    store.watch(applications, {}, ({ object }) => {
      if (object.metadata.name === 'a') writes.push(store.create(application('b')));
    });
    const second = record(store);
    await store.create(application('a'));
    await Promise.all(writes);
    expect(first).toEqual(['ADDED a', 'ADDED b']);
    expect(second).toEqual(first);
  });

  test('a watch that starts inside a handler sees each change once', async () => {
    const { store } = open();
    const since = await store.revision();
    let late: string[] | undefined;
    let replayed: string[] | undefined;
    store.watch(applications, {}, () => {
      late ??= record(store);
      replayed ??= record(store, { since });
    });
    await store.create(application('a'));
    await store.create(application('b'));
    expect(late).toEqual(['ADDED b']);
    expect(replayed).toEqual(['ADDED a', 'ADDED b']);
  });

  test('a write during the replay is told after it, once', async () => {
    const { store } = open();
    const since = await store.revision();
    await store.create(application('a'));
    await store.create(application('b'));
    const seen: string[] = [];
    const writes: Promise<unknown>[] = [];
    store.watch(applications, { since }, ({ object }) => {
      seen.push(object.metadata.name);
      if (object.metadata.name === 'a') writes.push(store.create(application('c')));
    });
    await Promise.all(writes);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  test('nothing is told after a watch or the store is closed', async () => {
    const { store } = open();
    const seen: string[] = [];
    const watch = store.watch(applications, {}, ({ object }) => seen.push(object.metadata.name));
    await store.create(application('a'));
    watch.close();
    watch.close();
    await store.create(application('b'));
    expect(seen).toEqual(['a']);
  });
}

function record(store: ResourceStore, options: WatchOptions = {}): string[] {
  const seen: string[] = [];
  const onExpired = ({ code }: { readonly code: string }) => void seen.push(code);
  store.watch(applications, { onExpired, ...options }, ({ type, object }) => {
    seen.push(`${type} ${object.metadata.name}`);
  });
  return seen;
}
