import fc from 'fast-check';
import { expect, test } from 'vitest';
import { referenceOf, type Stored } from '../../src/resources/resource.ts';
import { configMap, namesOf, ownedBy, settled, start } from './start.ts';

/** Who may own whom: each resource belongs to some of those that were made before it. */
const families = fc
  .array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 20 })
  .map((all) => all.map((owners, index) => [...new Set(owners.filter((owner) => owner < index))]));

/** What is left when these have been deleted: everything that has no owners, or one that is left. */
function survivors(family: readonly (readonly number[])[], deleted: ReadonlySet<number>): number[] {
  const left = new Set<number>();
  for (const [index, owners] of family.entries()) {
    if (!deleted.has(index) && (owners.length === 0 || owners.some((owner) => left.has(owner)))) left.add(index);
  }
  return [...left];
}

test('whatever is deleted, in one go or one after another, what is left has an owner that is left, or never had any', async () => {
  await fc.assert(
    fc.asyncProperty(families, fc.array(fc.nat(20)), fc.boolean(), async (family, deleted, waiting) => {
      const { store, controllers } = await start();
      const made: Stored[] = [];
      for (const [index, owners] of family.entries()) {
        const references = owners.map((owner) => ownedBy(made[owner] as Stored));
        made.push(await store.create(configMap(`r${String(index).padStart(2, '0')}`, references)));
      }
      for (const index of deleted.filter((each) => each < family.length)) {
        await store.delete(referenceOf(made[index] as Stored)).catch(() => {});
        if (waiting) await settled();
      }
      await settled();
      const left = survivors(family, new Set(deleted));
      expect(await namesOf(store)).toEqual(left.map((index) => made[index]?.metadata.name));
      for (const index of left) {
        const { metadata } = (await store.get(referenceOf(made[index] as Stored))) as Stored;
        const expected = (family[index] ?? []).filter((owner) => left.includes(owner));
        expect(metadata.ownerReferences?.map(({ uid }) => uid) ?? []).toEqual(
          expected.map((owner) => made[owner]?.metadata.uid),
        );
      }
      await controllers.close();
    }),
    { numRuns: 100 },
  );
});
