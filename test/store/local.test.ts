import { expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import type { Persistence } from '../../src/store/local/persistence.ts';
import { LocalStore } from '../../src/store/local/store.ts';
import { openMemory, START } from './open.ts';
import { application, applicationNamed, applications, countingRandom } from './resources.ts';

test('a write that cannot be kept fails and has not happened', async () => {
  let full = false;
  const persistence: Persistence = {
    commit() {
      if (full) throw new Error('disk full');
    },
    close: () => {},
  };
  const store = new LocalStore({ clock: new ManualClock(START), random: countingRandom() }, persistence);
  onTestFinished(() => store.close());
  const shop = await store.create(application('shop'));
  const seen: string[] = [];
  store.watch(applications, {}, ({ type }) => seen.push(type));

  full = true;
  await expect(store.create(application('other'))).rejects.toThrow('disk full');
  await expect(store.update(application('shop', { a: 1 }))).rejects.toThrow('disk full');
  await expect(store.delete(applicationNamed('shop'))).rejects.toThrow('disk full');
  expect((await store.list(applications)).items).toEqual([shop]);
  expect(await store.revision()).toBe(shop.metadata.resourceVersion);
  expect(seen).toEqual([]);

  full = false;
  expect(Number((await store.update(application('shop', { a: 1 }))).metadata.resourceVersion)).toBe(
    Number(shop.metadata.resourceVersion) + 1,
  );
});

test('a store that starts afresh later does not repeat revisions of an earlier one', async () => {
  const { store, clock } = openMemory();
  await store.create(application('shop'));
  clock.advance(1_000);
  const { store: later } = openMemory({ clock });
  expect(Number(await later.revision())).toBeGreaterThan(Number(await store.revision()));
});

test('without an error report, a failing handler is a process warning', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const { store } = openMemory({ onError: undefined });
  store.watch(applications, {}, () => {
    throw new Error('broken handler');
  });
  await store.create(application('shop'));
  expect(warn).toHaveBeenCalledExactlyOnceWith('A watch failed: broken handler');
});
