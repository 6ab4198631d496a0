/**
 * Long bodies through the Application Gateway, there and back, compared with a bare proxy of undici's dispatch on
 * node:http: how fast they go, and how far the resident set of each cold process grows. Every part has a process of its
 * own, and every round new ones.
 *
 *     node bench/bodies.ts [megabytes] [rounds]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/core/clock.ts';
import { silentLogger } from '../src/core/log.ts';
import { gatewayDefaults } from '../src/gateway/proxy-site.ts';
import { indexApis } from '../src/gateway/routing/lookup.ts';
import { createGatewaySite } from '../src/gateway/site.ts';
import { bareProxy, listen } from './support/bare-proxy.ts';
import { median } from './support/measure.ts';
import { printFigures } from './support/table.ts';

const MEGABYTE = 1024 * 1024;
const block = Buffer.alloc(MEGABYTE, 'x');

/** The roles that answer: each gives its port. */
const servers: Record<string, (target: number) => Promise<number>> = {
  target: () =>
    listen((incoming, response) => {
      response.writeHead(200, { 'Content-Type': 'a/b', 'Content-Length': incoming.headers['content-length'] });
      void pipeline(incoming, response);
    }),

  gateway(target) {
    const entries = [{ type: 'API', targetUrl: `http://127.0.0.1:${target}` }];
    const index = indexApis({ metadata: { name: 'app' }, spec: { services: [{ displayName: 'svc', entries }] } });
    const site = createGatewaySite({
      form: 'standalone',
      applications: { get: () => index },
      secrets: { get: () => undefined },
      settings: { ...gatewayDefaults, proxyTimeout: 600_000, requestTimeout: 600_000 },
      clock: systemClock,
      log: silentLogger,
    });
    return listen((request, response) => site.handle(request, response));
  },

  bare: bareProxy,
};

async function child(role: string, target: number): Promise<void> {
  process.send?.(await servers[role]?.(target));
  const before = process.memoryUsage.rss();
  let highest = before;
  setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss());
  }, 10);
  process.on('message', () => process.send?.((highest - before) / MEGABYTE));
}

async function start(role: string, target = 0) {
  const started = fork(fileURLToPath(import.meta.url), ['--role', role, String(target)]);
  const [port] = await once(started, 'message');
  return { process: started, port: Number(port) };
}

interface Measured {
  /** Megabytes per second, there and back. */
  readonly speed: number;
  /** Megabytes. */
  readonly growth: number;
}

async function measure(role: string, megabytes: number): Promise<Measured> {
  const target = await start('target');
  const proxy = await start(role, target.port);
  try {
    const began = performance.now();
    const headers = { 'Content-Length': megabytes * MEGABYTE };
    const outgoing = request({ host: '127.0.0.1', port: proxy.port, path: '/app/svc', method: 'POST', headers });
    const answered = once(outgoing, 'response');
    const uploaded = pipeline(Readable.from(Array(megabytes).fill(block)), outgoing);
    const [answer] = await answered;
    let received = 0;
    for await (const chunk of answer) received += chunk.length;
    await uploaded;
    if (received !== megabytes * MEGABYTE) throw new Error(`${received} bytes came back`);
    const speed = (2 * megabytes) / ((performance.now() - began) / 1000);
    proxy.process.send('?');
    const [growth] = await once(proxy.process, 'message');
    return { speed, growth: Number(growth) };
  } finally {
    proxy.process.kill();
    target.process.kill();
  }
}

async function main(megabytes: number, rounds: number): Promise<void> {
  const results: { gateway: Measured; bare: Measured }[] = [];
  for (let round = 0; round < rounds; round++) {
    const gateway = await measure('gateway', megabytes);
    results.push({ gateway, bare: await measure('bare', megabytes) });
  }
  const of = (name: 'gateway' | 'bare', what: keyof Measured) => median(results.map((round) => round[name][what]));
  const growth = of('gateway', 'growth');
  printFigures([
    {
      figure: `${megabytes} MB there and back / bare undici dispatch`,
      value: `${of('gateway', 'speed').toFixed(0)} MB/s`,
      baseline: `${of('bare', 'speed').toFixed(0)} MB/s`,
      ratio: median(results.map(({ gateway, bare }) => gateway.speed / bare.speed)),
    },
    {
      figure: 'resident set grows by, bare undici dispatch / gateway',
      value: `${growth.toFixed(0)} MB`,
      baseline: `${of('bare', 'growth').toFixed(0)} MB`,
      ratio: median(results.map(({ gateway, bare }) => bare.growth / gateway.growth)),
      aim: { text: '< 64 MB', met: growth < 64 },
    },
  ]);
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--role') await child(rest[0] ?? '', Number(rest[1]));
else await main(Number(first ?? 1024), Number(rest[0] ?? 3));
