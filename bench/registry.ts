/**
 * Registering and reading services, compared with a bare Fastify route that parses the body and answers JSON of the
 * same size. Both stand in one process with the client, so the ratio is what counts; then what a full application costs
 * against an empty one, a list of 1 000 services, and a store with 1 000 applications of 100 services each.
 *
 *     node bench/registry.ts [requests per round] [rounds]
 */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { systemClock } from '../src/core/clock.ts';
import { silentLogger } from '../src/core/log.ts';
import { systemRandom } from '../src/core/random.ts';
import { createRegistrySites } from '../src/registry/sites.ts';
import { applicationKind } from '../src/resources/kinds.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { compare, rateOf } from './support/measure.ts';
import { atLeast, type Figure, perSecond, printFigures } from './support/table.ts';

const [requests = 2000, rounds = 3] = process.argv.slice(2).map(Number);
const CONNECTIONS = 20;
const services = '/v1/metadata/services';

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: CONNECTIONS });
  return {
    pool,
    async close() {
      await pool.close();
      server.close();
    },
  };
}

const definition = (name: string) =>
  JSON.stringify({
    provider: 'Acme',
    name,
    description: 'A service',
    api: {
      targetUrl: 'http://httpbin.local/anything',
      credentials: { basic: { username: 'u', password: 'p' } },
      spec: { openapi: '3.0.0', info: { title: name, version: '1' }, paths: {} },
    },
  });

type Call = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string };

/** Calls per second, the best round. */
async function rate(pool: Pool, calls: (round: number) => readonly Call[]): Promise<number> {
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const queue = [...calls(round)];
    const total = queue.length;
    const started = performance.now();
    const worker = async () => {
      for (let call = queue.pop(); call; call = queue.pop()) {
        const { statusCode, body } = await pool.request({
          ...call,
          headers: call.body ? { 'content-type': 'application/json' } : {},
          body: call.body ?? null,
        });
        await body.dump();
        if (statusCode !== 200) throw new Error(`${call.method} ${call.path}: ${statusCode}`);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    best = Math.max(best, (total / (performance.now() - started)) * 1000);
  }
  return best;
}

const { apiVersion, kind } = applicationKind;

/** A registry on a store of its own. */
async function serve() {
  const store = createMemoryStore({ clock: systemClock, random: systemRandom });
  await store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kyma-integration' } });
  const registry = await createRegistrySites({
    release: [1, 24, 0],
    quirks: false,
    store,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
  });
  const { pool, close } = await listen((request, response) => registry.site.handle(request, response));
  return {
    store,
    pool,
    async close() {
      await close();
      await registry.close();
      await store.close();
    },
  };
}

const served = await serve();
const { store } = served;
/** Fastify with nothing but one route, which takes JSON and answers JSON. */
async function bareRoute(path: string, answer: unknown) {
  const app = Fastify({ bodyLimit: 64 * 1024 * 1024 });
  app.route({ method: ['GET', 'POST'], url: path, handler: async () => answer });
  await app.ready();
  const { pool, close } = await listen((request, response) => app.routing(request, response));
  return {
    pool,
    async close() {
      await close();
      await app.close();
    },
  };
}

const bare = await bareRoute(`/:application${services}`, { id: '7d9a1c1e-52f3-4b0a-9a58-3f1f0c6f2b11' });

let made = 0;
const registrations = (application: string, count = requests) =>
  Array.from(
    { length: count },
    (): Call => ({
      method: 'POST',
      path: `/${application}${services}`,
      body: definition(`service ${made++}`),
    }),
  );
const reads = (path: string) => Array.from({ length: requests }, (): Call => ({ method: 'GET', path }));
const newApplication = (name: string) => store.create({ apiVersion, kind, metadata: { name }, spec: {} });

await rate(bare.pool, () => registrations('warm-up'));
const baseline = await rate(bare.pool, () => registrations('bare'));
for (let round = 0; round < rounds; round++) await newApplication(`fresh-${round}`);
const registering = await rate(served.pool, (round) => registrations(`fresh-${round}`));

const idOf = async (application: string) => {
  const { body } = await served.pool.request({ method: 'GET', path: `/${application}${services}` });
  return ((await body.json()) as { id: string }[]).at(-1)?.id ?? '';
};
await newApplication('small');
await newApplication('full');
await rate(served.pool, (round) => (round === 0 ? registrations('small', 1) : []));
await rate(served.pool, (round) => (round === 0 ? registrations('full', 5000) : []));
const [small, full] = [await idOf('small'), await idOf('full')];
const readingSmall = await rate(served.pool, () => reads(`/small${services}/${small}`));
const readingFull = await rate(served.pool, () => reads(`/full${services}/${full}`));

/** Services as the registry writes them. */
const storedServices = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: systemRandom.uuid(),
    name: `service-${index}`,
    displayName: `Service ${index}`,
    description: 'A service',
    longDescription: 'A service',
    providerDisplayName: 'Acme',
    labels: { 'connected-app': 'x' },
    entries: [{ type: 'API', targetUrl: 'http://httpbin.local/anything', credentials: { type: '', secretName: '' } }],
  }));

await store.create({ apiVersion, kind, metadata: { name: 'listed' }, spec: { services: storedServices(1000) } });
const listPath = `/listed${services}`;
const listed = await (await served.pool.request({ method: 'GET', path: listPath })).body.text();
const bareList = await bareRoute(listPath, JSON.parse(listed));
const readList = (pool: Pool) => () =>
  rateOf(600, CONNECTIONS, async () => {
    await (await pool.request({ method: 'GET', path: listPath })).body.dump();
  });
const listing = await compare(rounds, readList(served.pool), readList(bareList.pool));

const crowded = await serve();
for (let index = 0; index < 1000; index++) {
  await crowded.store.create({
    apiVersion,
    kind,
    metadata: { name: `application-${index}` },
    spec: { services: storedServices(100) },
  });
}
const quiet = await serve();
for (const { store } of [crowded, quiet]) {
  for (let worker = 0; worker < CONNECTIONS; worker++) {
    await store.create({ apiVersion, kind, metadata: { name: `worker-${worker}` }, spec: {} });
  }
}
/** Registers, reads, removes: the application stays small. */
const cycle = (pool: Pool) => () =>
  rateOf(600, CONNECTIONS, async (worker) => {
    const path = `/worker-${worker}${services}`;
    const registered = await pool.request({ method: 'POST', path, body: definition('cycle') });
    const { id } = (await registered.body.json()) as { id: string };
    await (await pool.request({ method: 'GET', path: `${path}/${id}` })).body.dump();
    await (await pool.request({ method: 'DELETE', path: `${path}/${id}` })).body.dump();
  });
const crowd = await compare(rounds, cycle(crowded.pool), cycle(quiet.pool));

/** The longest time in milliseconds for which nothing else can run while a specification of 10 MiB is registered. */
async function longestBlock(): Promise<{ block: number; parsing: number }> {
  const operation = { summary: 'a <b> & "c"', tags: ['x', 'y'], responses: { 200: { description: 'ok' } } };
  const paths = Object.fromEntries(Array.from({ length: 80_000 }, (_, at) => [`/path/${at}`, { get: operation }]));
  const spec = JSON.stringify({ openapi: '3.0.0', paths });
  const started = performance.now();
  JSON.stringify(JSON.parse(spec));
  const parsing = performance.now() - started;
  const body = definition('large').replace(/"spec":\{.*\}\}\}$/, `"spec":${spec}}}`);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const answer = await quiet.pool.request({ method: 'POST', path: `/worker-0${services}`, body });
  delay.disable();
  if (answer.statusCode !== 200) throw new Error(await answer.body.text());
  await answer.body.dump();
  return { block: delay.max / 1e6, parsing };
}

const large = await longestBlock();

const figure = (name: string, value: number, compared: number): Figure => ({
  figure: name,
  value: perSecond(value),
  baseline: perSecond(compared),
  ratio: value / compared,
});
printFigures([
  figure('registering / bare Fastify route', registering, baseline),
  figure('reading / bare Fastify route', readingSmall, baseline),
  figure('reading among 5000 services / the only one', readingFull, readingSmall),
  figure('list of 1000 services / bare Fastify route', listing.value, listing.baseline),
  {
    figure: 'register, read, remove: 1000 × 100 services stored / none',
    value: perSecond(crowd.value),
    baseline: perSecond(crowd.baseline),
    ratio: crowd.ratio,
    aim: atLeast(crowd.ratio, 0.9),
  },
  {
    figure: 'JSON.parse and stringify of 10 MB / longest block of registering it',
    value: `${large.block.toFixed(0)} ms`,
    baseline: `${large.parsing.toFixed(0)} ms`,
    ratio: large.parsing / large.block,
  },
]);

await Promise.all([served, bare, bareList, crowded, quiet].map((part) => part.close()));
