import { expect, test } from 'vitest';
import type { Resource } from '../../src/resources/resource.ts';
import type { Open } from './conformance.ts';
import { application, applicationNamed, applications, type Shop, secret, secrets } from './resources.ts';

export function writing(open: Open): void {
  test('create sets uid, resourceVersion, generation and the time in whole seconds', async () => {
    const { store } = open();
    const { metadata } = await store.create(application('shop'));
    expect(metadata).toEqual({
      name: 'shop',
      uid: '00000000-0000-4000-8000-000000000001',
      resourceVersion: await store.revision(),
      generation: 1,
      creationTimestamp: '2026-01-05T10:00:00Z',
    });
  });

  test('create refuses a name that is taken', async () => {
    const { store } = open();
    await store.create(application('shop'));
    await expect(store.create(application('shop'))).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      message: 'Application "shop" already exists',
    });
  });

  test('what is written is copied: changing it afterwards changes nothing', async () => {
    const { store } = open();
    const services = [{ id: 'a' }];
    await store.create(application('shop', { services }));
    services.push({ id: 'b' });
    expect((await store.get<Shop>(applicationNamed('shop')))?.spec).toEqual({ services: [{ id: 'a' }] });
  });

  test('an empty namespace and none are the same', async () => {
    const { store } = open();
    await store.create({ ...applications, metadata: { name: 'shop', namespace: '' } });
    const found = await store.get({ ...applications, name: 'shop' });
    expect(found?.metadata).not.toHaveProperty('namespace');
    expect(await store.get({ ...applications, name: 'shop', namespace: '' })).toBe(found);
  });

  test.each([
    ['a number that JSON does not have', { value: Number.NaN }],
    ['a function', { value: () => 1 }],
    ['a date', { value: new Date(0) }],
    ['a hole in a list', { value: [undefined] }],
  ])('a resource with %s is refused', async (_, spec) => {
    const { store } = open();
    await expect(store.create(application('shop', spec))).rejects.toMatchObject({ code: 'INVALID' });
  });

  test('a resource that nests too deep is refused', async () => {
    const { store } = open();
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as unknown;
    await expect(store.create(application('shop', { deep }))).rejects.toMatchObject({ code: 'INVALID' });
  });

  test('a member called __proto__ is a member like any other', async () => {
    const { store } = open();
    const spec = JSON.parse('{"__proto__":{"polluted":true}}') as object;
    await store.create({ ...application('shop'), spec });
    const stored = await store.patch<Shop>(applicationNamed('shop'), JSON.parse('{"spec":{"__proto__":{"more":1}}}'));
    expect(JSON.stringify(stored.spec)).toBe('{"__proto__":{"polluted":true,"more":1}}');
    expect(stored.spec?.polluted).toBeUndefined();
  });

  test.each([
    ['apiVersion', { kind: 'Secret', metadata: { name: 'a' } }],
    ['kind', { apiVersion: 'v1', kind: '', metadata: { name: 'a' } }],
    ['metadata', { apiVersion: 'v1', kind: 'Secret' }],
    ['metadata.name', { apiVersion: 'v1', kind: 'Secret', metadata: {} }],
  ])('a resource without %s is refused', async (field, resource) => {
    const { store } = open();
    await expect(store.create(resource as unknown as Resource)).rejects.toMatchObject({
      code: 'INVALID',
      message: `${field}: Required value`,
    });
  });

  test('update keeps uid and creation time, and counts generations of the content only', async () => {
    const { store, clock } = open();
    const created = await store.create(application('shop', { a: 1 }));
    clock.advance(60_000);
    const relabelled = await store.update({ ...application('shop', { a: 1 }, { x: 'y' }), status: { ready: true } });
    expect(relabelled.metadata).toMatchObject({
      uid: created.metadata.uid,
      creationTimestamp: created.metadata.creationTimestamp,
      generation: 1,
      labels: { x: 'y' },
    });
    expect(Number(relabelled.metadata.resourceVersion)).toBe(Number(created.metadata.resourceVersion) + 1);
    expect((await store.update(application('shop', { a: 2 }))).metadata.generation).toBe(2);
    const withoutSpec = { ...applications, metadata: { name: 'shop' } };
    expect((await store.update<Resource>(withoutSpec)).metadata.generation).toBe(3);
  });

  test('writing what is already there changes nothing, not even the revision', async () => {
    const { store } = open();
    const created = await store.create(application('shop', { a: { b: [1, { c: null }] } }));
    const before = await store.revision();
    expect(await store.update(application('shop', { a: { b: [1, { c: null }] } }))).toBe(created);
    expect(await store.patch(applicationNamed('shop'), { spec: { a: { b: [1, { c: null }] } } })).toBe(created);
    expect(await store.revision()).toBe(before);
  });

  test('versions of a resource share what did not change', async () => {
    const { store } = open();
    const created = await store.create(application('shop', { services: [{ id: 'a' }, { id: 'b' }] }));
    const [, kept] = (created.spec as { services: object[] }).services;
    const updated = await store.update(application('shop', { services: [kept, { id: 'c' }, { id: 'd' }] }));
    expect((updated.spec as { services: object[] }).services[0]).toBe(kept);
  });

  test('update and delete refuse a resource that does not exist', async () => {
    const { store } = open();
    await expect(store.update(application('shop'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.patch(applicationNamed('shop'), {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.delete(applicationNamed('shop'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test.each(['uid', 'resourceVersion'] as const)('another %s than the stored one is a conflict', async (field) => {
    const { store } = open();
    const { metadata } = await store.create(application('shop'));
    const stale = { ...application('shop', { a: 1 }), metadata: { name: 'shop', [field]: '1' } };
    const message = `Application "shop" has changed: ${field} is ${metadata[field]}, the request expects 1`;
    await expect(store.update(stale)).rejects.toMatchObject({ code: 'CONFLICT', message });
    const reference = applicationNamed('shop');
    await expect(store.patch(reference, { metadata: { [field]: '1' } })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(store.delete(reference, { [field]: '1' })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(store.delete(reference, { [field]: metadata[field] })).resolves.toBeDefined();
  });

  test('a merge patch sets, replaces and removes members', async () => {
    const { store } = open();
    await store.create(application('shop', { a: 1, b: { c: 1, d: 2 }, e: [1, 2] }, { x: 'y' }));
    const patched = await store.patch<Shop>(applicationNamed('shop'), {
      metadata: { labels: { x: null, z: '1' } },
      spec: { a: null, b: { c: 3 }, e: [9] },
    });
    expect(patched.spec).toEqual({ b: { c: 3, d: 2 }, e: [9] });
    expect(patched.metadata).toMatchObject({ labels: { z: '1' }, generation: 2 });
  });

  test.each([{ kind: 'Other' }, { metadata: { name: 'other' } }, { metadata: { namespace: 'other' } }])(
    'a patch cannot move a resource: %j',
    async (patch) => {
      const { store } = open();
      await store.create(application('shop'));
      await expect(store.patch(applicationNamed('shop'), patch)).rejects.toMatchObject({ code: 'INVALID' });
    },
  );

  test('delete returns the last state, and the name is free again under another uid', async () => {
    const { store } = open();
    const created = await store.create(secret('a', 'x'));
    const reference = { ...secrets, name: 'a', namespace: 'x' };
    expect(await store.delete(reference)).toEqual(created);
    expect(await store.get(reference)).toBeUndefined();
    expect((await store.create(secret('a', 'x'))).metadata.uid).not.toBe(created.metadata.uid);
  });
}
