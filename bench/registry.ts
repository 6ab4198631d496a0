/**
 * Registering and reading services, compared with a bare node:http server that reads the body and answers the same
 * bytes. Both stand in one process with the client, so the ratio is what counts; the second part shows what a full
 * application costs against an empty one.
 *
 *     node bench/registry.ts [requests per round] [rounds]
 */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { Pool } from 'undici';
import { systemClock } from '../src/core/clock.ts';
import { silentLogger } from '../src/core/log.ts';
import { systemRandom } from '../src/core/random.ts';
import { createRegistry } from '../src/registry/plugin.ts';
import { applicationKind } from '../src/resources/kinds.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { type Figure, perSecond, printFigures } from './support/table.ts';

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
        const { statusCode, body } = await pool.request({ ...call, body: call.body ?? null });
        await body.dump();
        if (statusCode !== 200) throw new Error(`${call.method} ${call.path}: ${statusCode}`);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    best = Math.max(best, (total / (performance.now() - started)) * 1000);
  }
  return best;
}

const store = createMemoryStore({ clock: systemClock, random: systemRandom });
const { apiVersion, kind } = applicationKind;
const registry = await createRegistry({
  release: [1, 24, 0],
  quirks: false,
  store,
  clock: systemClock,
  random: systemRandom,
  log: silentLogger,
});
const served = await listen((request, response) => registry.site.handle(request, response));
const bare = await listen(async (request, response) => {
  await text(request);
  const answer = '{"id":"7d9a1c1e-52f3-4b0a-9a58-3f1f0c6f2b11"}\n';
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer);
});

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

const figure = (name: string, value: number, compared: number): Figure => ({
  figure: name,
  value: perSecond(value),
  baseline: perSecond(compared),
  ratio: value / compared,
});
printFigures([
  figure('registering / bare server', registering, baseline),
  figure('reading / bare server', readingSmall, baseline),
  figure('reading among 5000 services / the only one', readingFull, readingSmall),
]);

await Promise.all([served.close(), bare.close()]);
await registry.close();
await store.close();
