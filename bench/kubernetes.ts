/**
 * The Kubernetes API against a bare Fastify route that answers the same bytes, in one process with the client, so the
 * ratio is what counts; then how many events watches are told, and how long the real kubectl takes, as multiples of
 * `kubectl version --client`.
 *
 *     node bench/kubernetes.ts [requests per round] [rounds]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { systemClock } from '../src/core/clock.ts';
import { silentLogger } from '../src/core/log.ts';
import { systemRandom } from '../src/core/random.ts';
import { createKubernetesApi } from '../src/kubernetes/api.ts';
import { startKymulator } from '../src/kymulator.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { atLeast, type Figure, perSecond, printFigures } from './support/table.ts';

const [requests = 4000, rounds = 3] = process.argv.slice(2).map(Number);
const CONNECTIONS = 20;
const TOKEN = 'bench';
const headers = { authorization: `Bearer ${TOKEN}` };
const apiVersion = 'applicationconnector.kyma-project.io/v1alpha1';
const APPS = `/apis/${apiVersion}/applications`;

const application = (name: string) => ({
  apiVersion,
  kind: 'Application',
  metadata: { name },
  spec: {
    description: 'An application of the benchmark',
    services: [
      {
        id: name,
        name: 'orders',
        displayName: 'Orders',
        description: 'd',
        providerDisplayName: 'Acme',
        entries: [{ type: 'API', targetUrl: 'http://localhost' }],
      },
    ],
  },
});

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pool = new Pool(url, { connections: CONNECTIONS });
  return {
    url,
    pool,
    async close() {
      await pool.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Requests per second of one round. */
async function round(pool: Pool, path: string, count: number): Promise<number> {
  let left = count;
  const started = performance.now();
  const worker = async () => {
    while (left-- > 0) {
      const { body } = await pool.request({ path, method: 'GET', headers });
      await body.dump({ limit: Number.POSITIVE_INFINITY });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return (count * 1000) / (performance.now() - started);
}

/** The best rounds of both, which take turns so that neither gets the better moments of the machine. */
async function compare(name: string, ours: Pool, bare: Pool, path: string, count: number): Promise<Figure> {
  let [best, baseline] = [0, 0];
  for (let turn = 0; turn <= rounds; turn++) {
    best = Math.max(best, await round(ours, path, count));
    baseline = Math.max(baseline, await round(bare, path, count));
  }
  const ratio = best / baseline;
  return {
    figure: `${name} / bare Fastify`,
    value: perSecond(best),
    baseline: perSecond(baseline),
    ratio,
    aim: atLeast(ratio, 0.6),
  };
}

async function throughput(): Promise<Figure[]> {
  const store = createMemoryStore({ clock: systemClock, random: systemRandom });
  const api = await createKubernetesApi({
    store,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    token: TOKEN,
  });
  for (let index = 0; index < 100; index++) await store.create(application(`app-${String(index).padStart(3, '0')}`));
  const ours = await listen((request, response) => api.handle(request, response));
  const answer = async (path: string) => (await ours.pool.request({ path, method: 'GET', headers })).body.text();
  const [one, all] = [await answer(`${APPS}/app-000`), await answer(APPS)];

  const fastify = Fastify();
  fastify.get(`${APPS}/:name`, async (_request, reply) => reply.type('application/json').send(one));
  fastify.get(APPS, async (_request, reply) => reply.type('application/json').send(all));
  await fastify.ready();
  const bare = await listen((request, response) => fastify.routing(request, response));

  const figures = [
    await compare('GET one object', ours.pool, bare.pool, `${APPS}/app-000`, requests),
    await compare(
      `LIST 100 (${Math.round(all.length / 1024)} KB)`,
      ours.pool,
      bare.pool,
      APPS,
      Math.ceil(requests / 4),
    ),
    await fanOut(ours.url, store),
  ];

  api.endWatches();
  await Promise.all([ours.close(), bare.close(), fastify.close(), api.close()]);
  await store.close();
  return figures;
}

/** Events per second that reach the clients of many watches. */
async function fanOut(url: string, store: ReturnType<typeof createMemoryStore>): Promise<Figure> {
  const [watches, writes] = [100, 200];
  const revision = await store.revision();
  let seen = 0;
  const told = Promise.withResolvers<void>();
  for (let index = 0; index < watches; index++) {
    get(`${url}${APPS}?watch=true&resourceVersion=${revision}`, { headers, agent: false }, (response) => {
      response.on('data', (chunk: Buffer) => {
        for (const byte of chunk) if (byte === 10) seen++;
        if (seen >= watches * writes) told.resolve();
      });
      response.on('error', () => {});
    });
  }
  const started = performance.now();
  for (let index = 0; index < writes; index++) {
    await store.patch({ apiVersion, kind: 'Application', name: 'app-000' }, { spec: { description: String(index) } });
    if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await told.promise;
  const rate = (watches * writes * 1000) / (performance.now() - started);
  return { figure: `watch events told to ${watches} clients`, value: perSecond(rate) };
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function kubectlTimes(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kymulator-bench-'));
  await using instance = await startKymulator();
  await writeFile(join(folder, 'config'), instance.kubernetes.kubeconfig, { mode: 0o600 });
  await writeFile(join(folder, 'app.json'), JSON.stringify(application('shop')));
  const env = { ...process.env, KUBECONFIG: join(folder, 'config'), KUBECACHEDIR: join(folder, 'cache') };
  const time = async (args: readonly string[]) => {
    const started = performance.now();
    const [code] = await once(spawn('kubectl', args, { cwd: folder, env, stdio: 'ignore' }), 'close');
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}`);
    return performance.now() - started;
  };
  const measure = async (args: readonly string[]) => {
    const times: number[] = [];
    for (let turn = 0; turn < 9; turn++) times.push(await time(args));
    return median(times);
  };
  try {
    const floor = await measure(['version', '--client']);
    const figures: Figure[] = [];
    for (const args of [
      ['get', 'app'],
      ['apply', '-f', 'app.json'],
    ]) {
      const taken = await measure(args);
      figures.push({
        figure: `kubectl ${args[0]} / kubectl version --client`,
        value: `${Math.round(taken)} ms`,
        baseline: `${Math.round(floor)} ms`,
        ratio: taken / floor,
      });
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

printFigures([...(await throughput()), ...(await kubectlTimes())]);
