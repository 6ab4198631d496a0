import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { parseRelease } from '../../src/core/release.ts';
import { createRegistrySites } from '../../src/registry/sites.ts';
import type { Secret } from '../../src/resources/core-kinds.ts';
import { applicationKind, secretKind, serviceKind } from '../../src/resources/kinds.ts';
import type { Resource } from '../../src/resources/resource.ts';
import { LocalStore } from '../../src/store/local/store.ts';
import type { ResourceStore } from '../../src/store/store.ts';
import { ask, serve } from '../external-system/serve.ts';
import { minimal, registryNamespace, START, startRegistry } from './start.ts';

const specificationKind = { apiVersion: 'kymulator.local/v1', kind: 'Specification' };
const kinds = [applicationKind, secretKind, serviceKind, specificationKind];

/** A definition of which everything that is stored says its version. */
const definition = (version: number) => ({
  ...minimal,
  api: {
    targetUrl: `http://target.local/${version}`,
    credentials: { basic: { username: 'u', password: `password-${version}` } },
    requestParameters: { headers: { version: [String(version)] } },
    spec: { version },
  },
});

interface Shop extends Resource {
  readonly spec: { readonly services: readonly { readonly id: string; readonly entries: { targetUrl: string }[] }[] };
}

/** What there is of services, by id: the versions that each of their resources says, and undefined for those without. */
async function versionsIn(store: ResourceStore) {
  const versions = new Map<string, Set<string | undefined>>();
  const say = (id: string, version: string | undefined) =>
    versions.set(id, (versions.get(id) ?? new Set()).add(version));
  const [applications, secrets, services, specifications] = await Promise.all(kinds.map((kind) => store.list(kind)));
  const registered = ((applications?.items ?? []) as unknown as Shop[]).flatMap(({ spec }) => spec.services);
  for (const { id, entries } of registered) say(id, entries[0]?.targetUrl.split('/').at(-1));
  for (const { metadata, data } of (secrets?.items ?? []) as Secret[]) {
    const text = Buffer.from(data?.password ?? data?.headers ?? '', 'base64').toString();
    say(metadata.labels?.serviceId ?? '', /\d+/.exec(text)?.[0]);
  }
  for (const { metadata, spec } of specifications?.items ?? []) {
    say(metadata.name, /\d+/.exec((spec as { api: { text: string } }).api.text)?.[0]);
  }
  const ids = (list: readonly { readonly id?: string }[]) => list.map(({ id }) => id).sort();
  const known = ids(registered);
  for (const other of [
    ids((services?.items ?? []).map(({ metadata }) => ({ id: metadata.labels?.serviceId ?? '' }))),
    ids((specifications?.items ?? []).map(({ metadata }) => ({ id: metadata.name }))),
  ]) {
    if (JSON.stringify(other) !== JSON.stringify(known)) say('all', `${other} beside ${known}`);
  }
  if ((secrets?.items ?? []).length !== 2 * known.length) say('all', 'another number of secrets');
  return versions;
}

test('whoever is told of any change reads everything of a service in one version, or nothing of it', async () => {
  const registry = await startRegistry('1.24.0');
  const reads: Promise<unknown>[] = [];
  for (const kind of kinds) {
    registry.store.watch(kind, {}, () => reads.push(versionsIn(registry.store)));
  }
  const ids = [];
  for (let n = 0; n < 3; n++) ids.push(await registry.register({ ...definition(1), name: `service ${n}` }));
  for (let version = 2; version < 6; version++) {
    await Promise.all(ids.map((id, n) => registry.put(id, { ...definition(version), name: `service ${n}` })));
  }
  await Promise.all(ids.map((id) => registry.delete(id)));
  const seen = (await Promise.all(reads)) as Map<string, Set<string>>[];
  expect(seen.length).toBeGreaterThan(20);
  const halves = seen.flatMap((versions) => [...versions].filter(([id, found]) => id === 'all' || found.size > 1));
  expect(halves).toEqual([]);
  expect(seen.at(-1)?.size).toBe(0);
});

test('a registration that cannot be kept leaves nothing', async () => {
  const clock = new ManualClock(START);
  let full = false;
  const persistence = {
    commit(changes: readonly { readonly object: Resource }[]) {
      if (full && changes.some(({ object }) => object.kind === 'Application')) throw new Error('disk full');
    },
    close() {},
  };
  const store = new LocalStore({ clock, random: systemRandom }, persistence);
  onTestFinished(() => store.close());
  const registry = await createRegistrySites({
    release: parseRelease('1.24.0'),
    quirks: false,
    store,
    clock,
    random: systemRandom,
    log: silentLogger,
  });
  onTestFinished(() => registry.close());
  const { apiVersion, kind } = applicationKind;
  await store.create(registryNamespace);
  await store.create({ apiVersion, kind, metadata: { name: 'shop' }, spec: { services: [] } });
  const before = await Promise.all(kinds.map((kind) => store.list(kind)));
  const origin = await serve(registry.site);
  const post = () =>
    ask(origin, { method: 'POST', path: '/shop/v1/metadata/services', body: JSON.stringify(definition(1)) });
  full = true;
  expect((await post()).status).toBe(500);
  expect(await Promise.all(kinds.map((kind) => store.list(kind)))).toEqual(before);
  full = false;
  expect((await post()).status).toBe(200);
});

test('writes of others between are kept, however often the work has to begin again', async () => {
  const registry = await startRegistry('1.24.0');
  const { apiVersion, kind } = registry.kind;
  const reference = { apiVersion, kind, name: 'shop' };
  let others = 0;
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, (_, n) => registry.post({ ...definition(1), name: `service ${n}` })),
    ...Array.from({ length: 20 }, async () => {
      await registry.list();
      await registry.store.patch(reference, { spec: { [`other-${others++}`]: true } });
      return { status: 200 };
    }),
  ]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const { spec } = await registry.application();
  expect([spec.services.length, Object.keys(spec).filter((name) => name.startsWith('other')).length]).toEqual([20, 20]);
});
