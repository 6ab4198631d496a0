import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { LocalStore } from '../../src/store/local/store.ts';
import { modify } from '../../src/store/modify.ts';
import { storeConformance } from './conformance.ts';
import { openOn, START } from './open.ts';
import { application, applicationNamed, applications, countingRandom, type Shop } from './resources.ts';
import { HeldEngine, SlowEngine } from './slow-engine.ts';

storeConformance('a store on an engine that takes its time', (options) => {
  const engine = new SlowEngine();
  const fixture = openOn(engine, options);
  onTestFinished(async () => {
    await fixture.store.close();
    expect(engine.overlaps).toEqual([]);
    expect(engine.closed).toBe(true);
  });
  return fixture;
});

function held() {
  const engine = new HeldEngine();
  const store = new LocalStore({ clock: new ManualClock(START), random: countingRandom() }, engine);
  onTestFinished(() => {
    for (const { done } of engine.asked) done();
    return store.close();
  });
  const told: string[] = [];
  store.watch(applications, {}, ({ type, object }) => told.push(`${type} ${object.metadata.name}`));
  const acknowledged: string[] = [];
  const follow = (name: string, write: Promise<unknown>) => {
    write.then(
      () => acknowledged.push(name),
      () => acknowledged.push(`not ${name}`),
    );
    return write;
  };
  const create = (name: string) => follow(name, store.create(application(name)));
  const names = async () => (await store.list(applications)).items.map(({ metadata }) => metadata.name);
  return { engine, store, told, acknowledged, follow, create, names };
}

test('writes to different resources are kept at the same time, and happen in the order of their revisions', async () => {
  const { engine, store, told, acknowledged, create, names } = held();
  const since = await store.revision();
  const writes = [create('c'), create('b'), create('a')];
  expect(engine.asked.map(({ names }) => names)).toEqual([['c'], ['b'], ['a']]);
  engine.asked[2]?.done();
  engine.asked[1]?.done();
  await turn();
  expect([told, acknowledged, await names(), await store.revision()]).toEqual([[], [], [], since]);
  engine.asked[0]?.done();
  await Promise.all(writes);
  expect(told).toEqual(['ADDED c', 'ADDED b', 'ADDED a']);
  expect(acknowledged).toEqual(['c', 'b', 'a']);
  expect(await store.revision()).toBe(String(Number(since) + 3));
});

test('a write to a resource waits for the one before it, and is made on top of that', async () => {
  const { engine, store, create, follow, acknowledged } = held();
  const writes = [
    create('shop'),
    follow('patched', store.patch(applicationNamed('shop'), { spec: { a: 1 } })),
    follow('deleted', store.delete(applicationNamed('shop'), { resourceVersion: String(START + 2) })),
    create('other'),
  ];
  expect(engine.asked.map(({ names }) => names)).toEqual([['shop'], ['other']]);
  engine.asked[1]?.done();
  engine.asked[0]?.done();
  await expect.poll(() => engine.asked.length).toBe(3);
  engine.asked[2]?.done();
  await expect(Promise.all(writes)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(acknowledged).toEqual(['shop', 'other', 'patched', 'not deleted']);
});

test('a commit that fails leaves no trace, and holds nobody up', async () => {
  const { engine, store, told, create, names } = held();
  const since = await store.revision();
  const [first, second, third] = [create('a'), create('b'), create('c')];
  const again = create('b');
  engine.asked[2]?.done();
  engine.asked[1]?.refuse(new Error('disk full'));
  await expect(second).rejects.toThrow('disk full');
  expect(told).toEqual([]);
  engine.asked[0]?.done();
  await Promise.all([first, third]);
  expect([told, await names()]).toEqual([
    ['ADDED a', 'ADDED c'],
    ['a', 'c'],
  ]);
  await expect.poll(() => engine.asked.length).toBe(4);
  engine.asked[3]?.done();
  await again;
  const replayed: string[] = [];
  store.watch(applications, { since }, ({ object }) => replayed.push(object.metadata.name));
  expect(replayed).toEqual(['a', 'c', 'b']);
});

test('an engine that refuses at once has refused', async () => {
  const engine = new HeldEngine();
  const store = openOn(engine).store;
  engine.commit = () => {
    throw new Error('read-only');
  };
  await expect(store.create(application('a'))).rejects.toThrow('read-only');
  expect((await store.list(applications)).items).toEqual([]);
  expect(await store.revision()).toBe(String(START));
});

test('a batch is one commit, waits for all of its resources, and happens whole', async () => {
  const { engine, store, told, create, follow } = held();
  const writes = [create('a')];
  const operations = ['b', 'c'].map((name) => ({ verb: 'create' as const, resource: application(name) }));
  const reference = applicationNamed('a');
  writes.push(follow('batch', store.batch([...operations, { verb: 'patch', reference, patch: { spec: { x: 1 } } }])));
  writes.push(follow('b', store.delete(applicationNamed('b'))));
  expect(engine.asked.map(({ names }) => names)).toEqual([['a']]);
  engine.asked[0]?.done();
  await expect.poll(() => engine.asked.length).toBe(2);
  expect(engine.asked[1]?.names).toEqual(['b', 'c', 'a']);
  expect(told).toEqual(['ADDED a']);
  engine.asked[1]?.done();
  await expect.poll(() => engine.asked.length).toBe(3);
  engine.asked[2]?.done();
  await Promise.all(writes);
  expect(told).toEqual(['ADDED a', 'ADDED b', 'ADDED c', 'MODIFIED a', 'DELETED b']);
});

test('closing waits for what is being kept, and refuses what had to wait', async () => {
  const { engine, store, create } = held();
  const [first, second] = [create('a'), create('a')];
  const refused = expect(second).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  const closing = store.close();
  await turn();
  expect(engine.closed).toBe(false);
  engine.asked[0]?.done();
  await expect(first).resolves.toMatchObject({ metadata: { name: 'a' } });
  await Promise.all([closing, refused]);
  expect(engine.closed).toBe(true);
  expect(engine.asked).toHaveLength(1);
});

test('everything that was acknowledged is kept, and nothing else', async () => {
  const engine = new SlowEngine();
  const { store } = openOn(engine);
  const commit = engine.commit.bind(engine);
  let count = 0;
  engine.commit = async (changes) => {
    const refused = ++count % 7 === 0;
    if (!refused) return commit(changes);
    await turn();
    throw new Error('disk full');
  };
  await store.create(application('shared', { by: [] })).catch(() => {});
  const work = Array.from({ length: 300 }, async (_, n) => {
    const name = `shop-${n % 20}`;
    if (n % 3 === 0) await store.create(application(name, { n }));
    else if (n % 3 === 1) await store.patch(applicationNamed(name), { spec: { n } });
    else await store.delete(applicationNamed(name));
  });
  const added = Array.from({ length: 30 }, (_, n) =>
    modify<Shop>(store, applicationNamed('shared'), (shop) => ({
      ...shop,
      spec: { by: [...((shop.spec?.by ?? []) as number[]), n] },
    })),
  );
  const [results] = await Promise.all([Promise.allSettled(added), Promise.allSettled(work)]);
  const { items } = await store.list<Shop>(applications);
  expect([...engine.kept.values()]).toHaveLength(items.length);
  expect(new Set(engine.kept.values())).toEqual(new Set(items));
  const shared = await store.get<Shop>(applicationNamed('shared'));
  expect(shared?.spec?.by).toEqual(results.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : [])));
});
