/** Lookups by the gateway's index in a full store and a nearly empty one; writes into SQLite and into memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import { systemRandom } from '../src/core/random.ts';
import { findApi, indexApis } from '../src/gateway/routing/lookup.ts';
import { readAddress, readRequestTarget } from '../src/gateway/routing/paths.ts';
import type { Application } from '../src/resources/application.ts';
import { applicationKind } from '../src/resources/kinds.ts';
import type { Resource } from '../src/resources/resource.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { openSqliteStore } from '../src/store/sqlite.ts';
import type { ResourceStore } from '../src/store/store.ts';
import { createView } from '../src/store/view.ts';
import { type Comparison, compare, median, rateOf, syncRateOf } from './support/measure.ts';
import { atLeast, type Figure, perSecond, printFigures } from './support/table.ts';

const APPLICATIONS = 1000;
const SERVICES = 100;
const FILLINGS = 5;
const ROUNDS = 5;
const { apiVersion, kind } = applicationKind;
const parts = { clock: systemClock, random: systemRandom };

const application = (name: string): Resource => ({
  apiVersion,
  kind,
  metadata: { name },
  spec: {
    services: Array.from({ length: SERVICES }, (_, index) => ({
      id: `${name}-${index}`,
      name: `service-${index}`,
      displayName: `service-${index}`,
      description: 'A service',
      providerDisplayName: 'Acme',
      entries: [{ type: 'API', targetUrl: `http://target.local/${index}`, centralGatewayUrl: '' }],
    })),
  },
});

/** As many different APIs in either store, under names of the same length. */
const urlsOf = (applications: readonly string[]) =>
  Array.from(
    { length: SERVICES },
    (_, index) => `/${applications[index % applications.length]}/service-${index}/orders`,
  );

/** @returns how many URLs per second are led to their APIs, as the gateway does it for every call */
async function lookupRate(names: readonly string[], called: readonly string[]) {
  const store = createMemoryStore(parts);
  for (const name of names) await store.create(application(name));
  const view = await createView<Application, ReturnType<typeof indexApis>>(store, applicationKind, {
    derive: indexApis,
  });
  const urls = urlsOf(called);
  const lookUp = (url: string) => {
    const address = readAddress(readRequestTarget(url).path, 'standalone');
    if (!address) throw new Error(`${url} is no gateway URL`);
    return findApi(view, address);
  };
  const measure = async () =>
    urls.length *
    syncRateOf(150, 10, () => {
      for (const url of urls) lookUp(url);
    });
  const close = async () => {
    view.close();
    await store.close();
  };
  return { measure, close };
}

/** Where a store came to lie in memory matters too; so it is filled anew some times. */
async function lookups(): Promise<Figure> {
  const names = Array.from({ length: APPLICATIONS }, (_, index) => `application-${index}`);
  const results: Comparison[] = [];
  for (let filling = 0; filling < FILLINGS; filling++) {
    const full = await lookupRate(names, names.slice(500, 510));
    const single = await lookupRate(names.slice(500, 501), names.slice(500, 501));
    results.push(await compare(ROUNDS, full.measure, single.measure));
    await Promise.all([full.close(), single.close()]);
  }
  const ratio = median(results.map((result) => result.ratio));
  return {
    figure: `URL to API, ${APPLICATIONS} applications × ${SERVICES} services / one`,
    value: perSecond(median(results.map((result) => result.value))),
    baseline: perSecond(median(results.map((result) => result.baseline))),
    ratio,
    aim: atLeast(ratio, 0.95),
  };
}

/** Creations and deletions per second, one after another as a client does them. */
const writeRate = (store: ResourceStore) => async () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'bench', namespace: 'bench' },
    data: { key: 'dmFsdWU=' },
  };
  const reference = { apiVersion: 'v1', kind: 'Secret', name: 'bench', namespace: 'bench' };
  const rounds = await rateOf(200, 1, async () => {
    await store.create(secret);
    await store.delete(reference);
  });
  return rounds * 2;
};

async function writes(): Promise<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'kymulator-bench-'));
  const memory = createMemoryStore(parts);
  const sqlite = openSqliteStore({ file: join(folder, 'state.db'), ...parts });
  try {
    const { value, baseline, ratio } = await compare(5, writeRate(sqlite), writeRate(memory));
    return { figure: 'writes, SQLite / memory', value: perSecond(value), baseline: perSecond(baseline), ratio };
  } finally {
    await Promise.all([memory.close(), sqlite.close()]);
    await rm(folder, { recursive: true });
  }
}

printFigures([await lookups(), await writes()]);
