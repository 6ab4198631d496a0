/**
 * Small GETs through the Application Gateway, compared with two other proxies in front of the same target:
 * a bare proxy of undici's dispatch on node:http, and @fastify/http-proxy. Every part has a process of its own.
 * Also calls with OAuth, and calls of one in a hundred thousand services, compared with calls of one open API.
 * Throughput is gateway / baseline; processor time per request is baseline / gateway, so that more is better there too.
 *
 *     node bench/gateway.ts [seconds per round] [rounds]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/core/clock.ts';
import { silentLogger } from '../src/core/log.ts';
import { readSecret } from '../src/gateway/login/secrets.ts';
import { gatewayDefaults } from '../src/gateway/proxy-site.ts';
import { type EntryCredentials, indexApis } from '../src/gateway/routing/lookup.ts';
import { createGatewaySite } from '../src/gateway/site.ts';
import { bareProxy, listen } from './support/bare-proxy.ts';
import { median } from './support/measure.ts';
import { atLeast, type Figure, perSecond, printFigures } from './support/table.ts';

const CONNECTIONS = 50;
const END = '"end":true}';
const BODY = `{"items":["${'x'.repeat(80)}"],${END}`;
const APPLICATIONS = 1000;
const SERVICES = 100;
const PATH = '/orders/1?expand=items';

interface Simulated {
  readonly target: number;
  readonly credentials?: EntryCredentials;
  readonly applications?: number;
  readonly services?: number;
}

function gateway({ target, credentials, applications = 1, services = 1 }: Simulated): Promise<number> {
  const targetUrl = `http://127.0.0.1:${target}`;
  const entries = [
    { type: 'API', targetUrl, credentials: credentials && { ...credentials, authenticationUrl: targetUrl } },
  ];
  const spec = { services: range(services).map((at) => ({ displayName: `svc${at}`, entries })) };
  const indexes = new Map(
    range(applications).map((at) => [`app${at}`, indexApis({ metadata: { name: `app${at}` }, spec })]),
  );
  // The target's answer has no token, which is an empty one that never gets old.
  const secret = readSecret({ data: {} });
  const site = createGatewaySite({
    form: 'standalone',
    applications: indexes,
    secrets: { get: () => secret },
    settings: gatewayDefaults,
    clock: systemClock,
    log: silentLogger,
  });
  return listen((request, response) => site.handle(request, response));
}

const range = (length: number) => Array.from({ length }, (_, at) => at);

/** The roles that answer: each gives its port. */
const servers: Record<string, (target: number) => Promise<number>> = {
  target: () =>
    listen((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': BODY.length }).end(BODY);
    }),

  gateway: (target) => gateway({ target }),
  /** The same API with OAuth, whose token is in the cache after the first call. */
  oauth: (target) => gateway({ target, credentials: { type: 'OAuth', secretName: 'creds' } }),
  /** The same API a hundred thousand times, all of them called in turn. */
  many: (target) => gateway({ target, applications: APPLICATIONS, services: SERVICES }),

  bare: bareProxy,

  async fastify(target) {
    const [{ default: Fastify }, { default: proxy }] = await Promise.all([
      import('fastify'),
      import('@fastify/http-proxy'),
    ]);
    const app = Fastify();
    await app.register(proxy, { upstream: `http://127.0.0.1:${target}` });
    await app.listen({ port: 0, host: '127.0.0.1' });
    return (app.server.address() as AddressInfo).port;
  },
};

/** Requests that were answered in the given time, by connections that always have one under way. */
function load(port: number, seconds: number, spread: boolean): Promise<number> {
  const head = 'Host: bench\r\nUser-Agent: bench/1\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nX-Request-Id: 42\r\n';
  const requests = range(spread ? APPLICATIONS : 1).map((at) =>
    Buffer.from(`GET /app${at}/svc${at % SERVICES}${PATH} HTTP/1.1\r\n${head}\r\n`),
  );
  let sent = 0;
  const next = () => requests[sent++ % requests.length] ?? Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    let answered = 0;
    const sockets = Array.from({ length: CONNECTIONS }, () => {
      const socket = connect(port, '127.0.0.1');
      let tail = '';
      socket.on('connect', () => socket.write(next()));
      socket.on('error', reject);
      socket.on('data', (bytes) => {
        tail += bytes.toString('latin1');
        if (!tail.includes(END)) return;
        if (!tail.startsWith('HTTP/1.1 200') && !tail.includes('\nHTTP/1.1 200')) reject(new Error(tail));
        tail = '';
        answered++;
        socket.write(next());
      });
      return socket;
    });
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
      resolve(answered);
    }, seconds * 1000);
  });
}

/**
 * The time in which 99 of 100 requests are answered, in microseconds, at a fixed pace. It counts from when a request was
 * due, not from when a connection was free for it.
 */
function paced(port: number, seconds: number, pace: number): Promise<number> {
  const request = `GET /app0/svc0${PATH} HTTP/1.1\r\nHost: bench\r\n\r\n`;
  const idle: ((due: number) => void)[] = [];
  const waiting: number[] = [];
  const times: number[] = [];
  return new Promise((resolve, reject) => {
    const sockets = Array.from({ length: CONNECTIONS }, () => {
      const socket = connect(port, '127.0.0.1');
      let began = 0;
      let tail = '';
      const send = (due: number) => {
        began = due;
        socket.write(request);
      };
      const free = () => {
        const due = waiting.shift();
        if (due === undefined) idle.push(send);
        else send(due);
      };
      socket.on('connect', free);
      socket.on('error', reject);
      socket.on('data', (bytes) => {
        tail += bytes.toString('latin1');
        if (!tail.includes(END)) return;
        tail = '';
        times.push(performance.now() - began);
        free();
      });
      return socket;
    });
    const started = performance.now();
    let asked = 0;
    const ticker = setInterval(() => {
      const now = performance.now();
      for (; asked < ((now - started) / 1000) * pace; asked++) {
        const due = started + (asked / pace) * 1000;
        const send = idle.pop();
        if (send) send(due);
        else waiting.push(due);
      }
      if (now - started < seconds * 1000) return;
      clearInterval(ticker);
      for (const socket of sockets) socket.destroy();
      const sorted = times.toSorted((left, right) => left - right);
      resolve((sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN) * 1000);
    }, 1);
  });
}

interface Command {
  readonly port?: number;
  /** Requests per second; absent: as many as can be. */
  readonly pace?: number;
  readonly seconds?: number;
  /** Calls all services in turn, not always the same. */
  readonly spread?: boolean;
}

async function child(role: string, target: number): Promise<void> {
  const serve = servers[role];
  process.send?.(serve ? await serve(target) : 0);
  process.on('message', async ({ port = 0, seconds = 0, spread = false, pace }: Command) => {
    const { user, system } = process.cpuUsage();
    const generate = () => (pace === undefined ? load(port, seconds, spread) : paced(port, seconds, pace));
    process.send?.(serve ? user + system : await generate());
  });
}

const children: ChildProcess[] = [];

async function start(role: string, target = 0): Promise<{ process: ChildProcess; port: number }> {
  const process = fork(fileURLToPath(import.meta.url), ['--role', role, String(target)]);
  children.push(process);
  const [port] = await once(process, 'message');
  return { process, port };
}

async function ask(process: ChildProcess, command: Command = {}): Promise<number> {
  process.send(command);
  const [answer] = await once(process, 'message');
  return answer;
}

const names = ['gateway', 'bare', 'fastify', 'oauth', 'many'] as const;

interface Measured {
  /** Requests per second. */
  readonly rate: number;
  /** Microseconds of processor time per request. */
  readonly cost: number;
}

const microseconds = (value: number) => `${value.toFixed(1)} µs`;

async function main(seconds: number, rounds: number): Promise<void> {
  const target = await start('target');
  const generator = await start('load');
  const proxies = await Promise.all(names.map((name) => start(name, target.port)));

  const measure = async ({ process, port }: { process: ChildProcess; port: number }, spread: boolean) => {
    const before = await ask(process);
    const began = performance.now();
    const answered = await ask(generator.process, { port, seconds, spread });
    const elapsed = performance.now() - began;
    return { rate: (answered / elapsed) * 1000, cost: ((await ask(process)) - before) / answered };
  };

  for (const [at, proxy] of proxies.entries()) await measure(proxy, names[at] === 'many');
  const results: Record<(typeof names)[number], Measured>[] = [];
  for (let round = 0; round < rounds; round++) {
    const measured = new Map<string, Measured>();
    // Turning the order around each time keeps a slow drift of the machine out of the ratios.
    const order = round % 2 ? [...names].reverse() : names;
    for (const name of order) {
      const proxy = proxies[names.indexOf(name)];
      if (proxy) measured.set(name, await measure(proxy, name === 'many'));
    }
    const [gateway, bare, fastify, oauth, many] = names.map((name) => measured.get(name));
    if (gateway && bare && fastify && oauth && many) results.push({ gateway, bare, fastify, oauth, many });
  }
  /** Both at half of what the gateway can do, in turn. */
  const pace = median(results.map(({ gateway }) => gateway.rate)) / 2;
  const waits: { gateway: number; bare: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const p99 = (name: (typeof names)[number]) =>
      ask(generator.process, { port: proxies[names.indexOf(name)]?.port ?? 0, seconds, pace });
    waits.push({ gateway: await p99('gateway'), bare: await p99('bare') });
  }
  type Name = (typeof names)[number];
  const figures = (subject: Name, baseline: Name, title: string, against: string, wanted: number): Figure[] => {
    const ratio = median(results.map((round) => round[subject].rate / round[baseline].rate));
    return [
      {
        figure: `throughput${title} / ${against}`,
        value: perSecond(median(results.map((round) => round[subject].rate))),
        baseline: perSecond(median(results.map((round) => round[baseline].rate))),
        ratio,
        aim: atLeast(ratio, wanted),
      },
      {
        figure: `processor time of ${against} / of the gateway${title}`,
        value: microseconds(median(results.map((round) => round[baseline].cost))),
        baseline: microseconds(median(results.map((round) => round[subject].cost))),
        ratio: median(results.map((round) => round[baseline].cost / round[subject].cost)),
      },
    ];
  };
  printFigures([
    ...figures('gateway', 'bare', '', 'bare undici dispatch', 0.85),
    {
      figure: 'p99 at half load, bare undici dispatch / gateway',
      value: microseconds(median(waits.map(({ gateway }) => gateway))),
      baseline: microseconds(median(waits.map(({ bare }) => bare))),
      ratio: median(waits.map(({ gateway, bare }) => bare / gateway)),
    },
    ...figures('gateway', 'fastify', '', '@fastify/http-proxy', 1.5),
    ...figures('oauth', 'gateway', ' with OAuth', 'an open API', 0.95),
    ...figures('many', 'gateway', ' of 100 000 services', 'one service', 0.95),
  ]);
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--role') {
  await child(rest[0] ?? '', Number(rest[1]));
} else {
  try {
    await main(Number(first ?? 1), Number(rest[0] ?? 5));
  } finally {
    for (const process of children) process.kill();
  }
}
