import { describe, expect, test } from 'vitest';
import { definitionOf, INSTANCES } from '../../src/resources/definition.ts';
import { applicationKind } from '../../src/resources/kinds.ts';
import { referenceOf } from '../../src/resources/resource.ts';
import { deleteHeld } from '../../src/store/finalizers.ts';
import { application, configMap, definition, namesOf, ownedBy, settled, start, widget } from './start.ts';

const reference = referenceOf(definition());

describe('the resources of a kind', () => {
  test('go with its definition, whoever deletes it, with what belongs to them', async () => {
    const { store } = await start();
    await store.create(definition());
    const made = await store.create(widget('w'));
    await store.create(configMap('own', [ownedBy(made)]));
    await settled();
    await store.delete(reference);
    await settled();
    expect(await namesOf(store, 'Widget', 'example.com/v1')).toEqual([]);
    expect(await namesOf(store)).toEqual([]);
  });

  test('go before a definition that waits for them, which waits for those that are held', async () => {
    const { store } = await start();
    await store.create(definition());
    await store.create(widget('free'));
    const held = await store.create(widget('held', { finalizers: ['a/b'] }));
    await deleteHeld(store, reference, [INSTANCES]);
    await settled();
    expect(await namesOf(store, 'Widget', 'example.com/v1')).toEqual(['held']);
    expect((await store.get(reference))?.metadata.deletionTimestamp).toBeDefined();
    await store.patch(referenceOf(held), { metadata: { finalizers: null } });
    await settled();
    expect(await store.get(reference)).toBeUndefined();
  });

  test('of a definition that waited when the last run ended go in the next one', async () => {
    const { store } = await start({
      async existing(store) {
        await store.create(definition());
        await store.create(widget('w'));
        await deleteHeld(store, reference, [INSTANCES]);
      },
    });
    await settled();
    expect(await store.get(reference)).toBeUndefined();
    expect(await namesOf(store, 'Widget', 'example.com/v1')).toEqual([]);
  });

  test('of a definition that comes after it stay', async () => {
    const { store } = await start();
    await store.create(definition());
    await store.create(widget('old'));
    await settled();
    await store.delete(reference);
    await store.create(definition());
    await store.create(widget('new'));
    await settled();
    expect(await namesOf(store, 'Widget', 'example.com/v1')).toEqual(['new']);
  });

  test('that is there from the start stay without its definition', async () => {
    const { store } = await start();
    const own = definitionOf(applicationKind);
    await store.create(own);
    await store.create(application('shop'));
    await store.delete(referenceOf(own));
    await settled();
    expect(await namesOf(store, 'Application', applicationKind.apiVersion)).toEqual(['shop']);
  });

  test('which nobody defined stay, and so do others when a definition that says nothing goes', async () => {
    const { store } = await start();
    await store.create(widget('w'));
    await store.create({ ...definition(), spec: { broken: true } });
    await store.delete(reference);
    await settled();
    expect(await namesOf(store, 'Widget', 'example.com/v1')).toEqual(['w']);
  });
});
