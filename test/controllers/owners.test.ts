import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fateOf } from '../../src/resources/owner-rules.ts';
import { referenceOf, type Stored } from '../../src/resources/resource.ts';
import { deleteHeld } from '../../src/store/finalizers.ts';
import type { ResourceStore } from '../../src/store/store.ts';
import { application, configMap, definition, namesOf, namespace, ownedBy, settled, start, widget } from './start.ts';

const blocking = { blockOwnerDeletion: true };

test.each([
  ['nobody', [], 'stay'],
  ['one that is there', ['there'], 'stay'],
  ['one that is gone', ['gone'], 'go'],
  ['one that waits for it', ['waiting'], 'go'],
  ['two that are gone, one of them waiting', ['gone', 'waiting'], 'go'],
  ['one that is there and one that is gone', ['gone', 'there'], 'forget'],
  ['one that is there and one that waits', ['there', 'waiting'], 'forget'],
  ['one that nobody can find', ['unknown'], 'stay'],
  ['one that is gone and one that nobody can find', ['gone', 'unknown'], 'stay'],
] as const)('what belongs to %s (%j): %s', (_, states, fate) => {
  expect(fateOf(states)).toBe(fate);
});

describe('what belongs to a resource', () => {
  test('goes with it, and what belongs to that', async () => {
    const { store } = await start();
    const shop = await store.create(application('shop'));
    const first = await store.create(configMap('first', [ownedBy(shop)]));
    const second = await store.create(configMap('second', [ownedBy(first)]));
    await store.create(configMap('third', [ownedBy(second)]));
    await store.create(configMap('free'));
    await store.delete(referenceOf(shop));
    await settled();
    expect(await namesOf(store)).toEqual(['free']);
  });

  test('stays while another owner is there, and forgets those that are not', async () => {
    const { store } = await start();
    const owners = await Promise.all(['one', 'two'].map((name) => store.create(application(name))));
    const [one, two] = owners as [Stored, Stored];
    const shared = await store.create(configMap('shared', [ownedBy(one), ownedBy(two)]));
    await store.delete(referenceOf(one));
    await settled();
    expect((await store.get(referenceOf(shared)))?.metadata.ownerReferences).toEqual([ownedBy(two)]);
    await store.delete(referenceOf(two));
    await settled();
    expect(await namesOf(store)).toEqual([]);
  });

  test('goes at once when it is written after all of its owners have gone', async () => {
    const { store } = await start();
    const shop = await store.create(application('shop'));
    await store.delete(referenceOf(shop));
    await store.create(configMap('late', [ownedBy(shop)]));
    const { kind, apiVersion } = shop;
    await store.create(configMap('stray', [{ kind, apiVersion, name: 'never', uid: 'x' }]));
    await settled();
    expect(await namesOf(store)).toEqual([]);
  });

  test('goes although another resource has the name of its owner now', async () => {
    const { store } = await start();
    const shop = await store.create(application('shop'));
    await store.create(configMap('old', [ownedBy(shop)]));
    await store.delete(referenceOf(shop));
    const again = await store.create(application('shop'));
    await store.create(configMap('new', [ownedBy(again)]));
    await settled();
    expect(await namesOf(store)).toEqual(['new']);
  });

  test('goes at the start when its owners went while nobody looked', async () => {
    const { store } = await start({
      async existing(store) {
        const shop = await store.create(application('shop'));
        const there = await store.create(application('there'));
        const first = await store.create(configMap('first', [ownedBy(shop)]));
        await store.create(configMap('second', [ownedBy(first)]));
        await store.create(configMap('kept', [ownedBy(there)]));
        await store.delete(referenceOf(shop));
      },
    });
    await settled();
    expect(await namesOf(store)).toEqual(['kept']);
  });

  test('goes when it gets an owner that is gone, and stays when it loses it in time', async () => {
    const { store } = await start();
    const shop = await store.create(application('shop'));
    const other = await store.create(application('other'));
    const freed = await store.create(configMap('freed', [ownedBy(shop)]));
    const moved = await store.create(configMap('moved', [ownedBy(other)]));
    await store.update(configMap('freed'));
    await store.delete(referenceOf(shop));
    await store.update(configMap('moved', [ownedBy(shop)]));
    await settled();
    expect(await namesOf(store)).toEqual([freed.metadata.name]);
    expect(await store.get(referenceOf(moved))).toBeUndefined();
  });

  test('goes whatever its kind is: a specification that no API shows, and one of a kind of a definition', async () => {
    const { store } = await start();
    await store.create(definition());
    const shop = await store.create(application('shop'));
    const ownerReferences = [ownedBy(shop)];
    const specification = { apiVersion: 'kymulator.local/v1', kind: 'Specification' };
    await store.create({ ...specification, metadata: { name: 's', ownerReferences } });
    await store.create(widget('w', { ownerReferences }));
    await settled();
    await store.delete(referenceOf(shop));
    await settled();
    expect(await namesOf(store, 'Specification', 'kymulator.local/v1')).toEqual([]);
    expect(await namesOf(store, 'Widget', 'example.com/v1')).toEqual([]);
  });
});

describe('an owner', () => {
  test('of a kind that nobody knows may be anywhere, until a definition makes the kind known', async () => {
    const { store } = await start();
    const gone = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'gone', uid: 'x' };
    await store.create(configMap('a', [gone]));
    await settled();
    expect(await namesOf(store)).toEqual(['a']);
    await store.create(definition());
    await settled();
    expect(await namesOf(store)).toEqual([]);
  });

  test('is named in any version of its kind', async () => {
    const { store } = await start();
    const rule = { apiVersion: 'gateway.kyma-project.io/v2alpha1', kind: 'APIRule' };
    const stored = await store.create({ ...rule, metadata: { name: 'r', namespace: 'default' } });
    await store.create(configMap('a', [ownedBy(stored, { apiVersion: 'gateway.kyma-project.io/v2' })]));
    await settled();
    expect(await namesOf(store)).toEqual(['a']);
    await store.delete(referenceOf(stored));
    await settled();
    expect(await namesOf(store)).toEqual([]);
  });

  test('in another namespace is none', async () => {
    const { store } = await start();
    const owner = await store.create(configMap('owner', [], { namespace: 'other' }));
    await store.create(configMap('a', [ownedBy(owner)]));
    await settled();
    expect(await namesOf(store)).toEqual(['owner']);
  });

  test('of a namespace cannot be judged from outside of namespaces', async () => {
    const { store } = await start();
    const owner = await store.create(configMap('owner'));
    await store.create({ ...application('a'), metadata: { name: 'a', ownerReferences: [ownedBy(owner)] } });
    await settled();
    expect(await namesOf(store, 'Application', application('a').apiVersion)).toEqual(['a']);
  });

  test('may be owned by what it owns', async () => {
    const { store } = await start();
    const one = await store.create(configMap('one'));
    const two = await store.create(configMap('two', [ownedBy(one, blocking)]));
    await store.update(configMap('one', [ownedBy(two, blocking)]));
    await settled();
    expect(await namesOf(store)).toEqual(['one', 'two']);
    await deleteHeld(store, referenceOf(one), ['foregroundDeletion']);
    await settled();
    expect(await namesOf(store)).toEqual([]);
  });
});

describe('an owner that is deleted in the foreground', () => {
  test('goes after what blocks it, and that after what blocks that', async () => {
    const { store } = await start();
    const shop = await store.create(application('shop'));
    const child = await store.create(configMap('child', [ownedBy(shop, blocking)]));
    await store.create(configMap('grandchild', [ownedBy(child, blocking)], { finalizers: ['a/b'] }));
    await store.create(configMap('aside', [ownedBy(shop)]));
    await deleteHeld(store, referenceOf(shop), ['foregroundDeletion']);
    await settled();
    expect(await namesOf(store)).toEqual(['aside', 'child', 'grandchild']);
    expect((await store.get(referenceOf(shop)))?.metadata.finalizers).toEqual(['foregroundDeletion']);
    await store.patch(referenceOf(await grandchild(store)), { metadata: { finalizers: null } });
    await settled();
    expect(await namesOf(store)).toEqual([]);
    expect(await store.get(referenceOf(shop))).toBeUndefined();
  });

  test('does not wait for what has another owner', async () => {
    const { store } = await start();
    const shop = await store.create(application('shop'));
    const other = await store.create(application('other'));
    const shared = await store.create(configMap('shared', [ownedBy(shop, blocking), ownedBy(other)]));
    await deleteHeld(store, referenceOf(shop), ['foregroundDeletion']);
    await settled();
    expect(await store.get(referenceOf(shop))).toBeUndefined();
    expect((await store.get(referenceOf(shared)))?.metadata.ownerReferences).toEqual([ownedBy(other)]);
  });

  const grandchild = async (store: ResourceStore) =>
    (await store.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'grandchild' })) as Stored;
});

test('an owner whose dependents are to stay goes when none of them says that it belongs to it', async () => {
  const { store } = await start();
  const shop = await store.create(application('shop'));
  const orphan = await store.create(configMap('orphan', [ownedBy(shop)]));
  await deleteHeld(store, referenceOf(shop), ['orphan']);
  await settled();
  expect(await store.get(referenceOf(shop))).toBeUndefined();
  expect((await store.get(referenceOf(orphan)))?.metadata).not.toHaveProperty('ownerReferences');
});

test('an owner that waited when the last run ended goes in the next one', async () => {
  const { store } = await start({
    async existing(store) {
      const one = await store.create(application('one'));
      const two = await store.create(application('two'));
      await store.create(configMap('orphan', [ownedBy(one)]));
      await store.create(configMap('child', [ownedBy(two, blocking)]));
      await deleteHeld(store, referenceOf(one), ['orphan']);
      await deleteHeld(store, referenceOf(two), ['foregroundDeletion']);
    },
  });
  await settled();
  expect(await namesOf(store, 'Application', application('one').apiVersion)).toEqual([]);
  expect(await namesOf(store)).toEqual(['orphan']);
});

test('what an end costs is what belongs to it: nothing is listed, and others have their turn', async () => {
  let lists = 0;
  const seenBy = (store: ResourceStore): ResourceStore =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'list') lists++;
        const member = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  const { store } = await start({
    seenBy,
    async existing(store) {
      for (let n = 0; n < 2_000; n++) await store.create(configMap(`other${n}`));
    },
  });
  const shop = await store.create(application('shop'));
  for (let n = 0; n < 1_000; n++) await store.create(configMap(`own${n}`, [ownedBy(shop)]));
  await settled();
  lists = 0;
  await store.delete(referenceOf(shop));
  let turns = 0;
  for (let left = 3_000; left > 2_000; left = (await namesOf(store)).length) {
    await turn();
    turns++;
  }
  expect(lists).toBe(0);
  expect(turns).toBeGreaterThanOrEqual(1_000 / 20);
});

test('what fails is told and tried again, and no writer hears of it', async () => {
  let failing = true;
  const seenBy = (store: ResourceStore): ResourceStore =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'delete' && failing) return () => Promise.reject(new Error('the disk is full'));
        const member = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  const { store, clock, errors } = await start({ seenBy });
  const shop = await store.create(application('shop'));
  await store.create(configMap('a', [ownedBy(shop)]));
  await settled();
  await store.delete(referenceOf(shop));
  await settled();
  expect(errors).toEqual([{ reason: 'the disk is full' }]);
  failing = false;
  clock.advance(30_000);
  await settled();
  expect(await namesOf(store)).toEqual([]);
});

test('after its end nothing is done any more, and an end in the middle leaves the rest', async () => {
  const { store, controllers } = await start({ existing: (store) => store.create(namespace('default')) });
  const shop = await store.create(application('shop'));
  for (let n = 0; n < 100; n++) await store.create(configMap(`own${n}`, [ownedBy(shop)]));
  await settled();
  await store.delete(referenceOf(shop));
  await controllers.close();
  const left = await namesOf(store);
  expect(left.length).toBeGreaterThan(0);
  await settled();
  expect(await namesOf(store)).toEqual(left);
  await controllers.close();
});
