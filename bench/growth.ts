/**
 * What a registration costs the more services an application has: a whole instance in a process of its own, asked by
 * one client for one service after another. The measured thing is processor time of that process, all threads together,
 * at a number of services and, in turn, at 10.
 *
 *     node bench/growth.ts [services, at most]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Client, type Dispatcher } from 'undici';
import { startInstance } from './support/instance.ts';
import { compare } from './support/measure.ts';
import { atMost, type Figure, printFigures } from './support/table.ts';

const FEW = 10;
const SIZES = [FEW, 100, 1_000, 5_000];
const ROUNDS = 5;
/** Registrations of one round; so many more there are at its end than the figure says. */
const MEASURED = 20;
/** Node has translated by then what is called often. */
const WARM_UP = 400;

const most = Number(process.argv[2] ?? SIZES.at(-1));

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

const registryHost = 'application-registry-external-api.kyma-integration:8081';

type Call = Pick<Dispatcher.RequestOptions, 'method' | 'path' | 'body'> & { headers?: Record<string, string> };

async function ask(client: Client, { headers, ...call }: Call): Promise<void> {
  const { statusCode, body } = await client.request({
    ...call,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await body.text();
  if (statusCode >= 300) throw new Error(`${call.method} ${call.path}: ${statusCode} ${text}`);
}

async function growth(title: string, folder?: string): Promise<Figure[]> {
  await using instance = await startInstance(folder);
  const [inside, control] = [new Client(instance.internal), new Client(instance.control)];
  let made = 0;
  const newApplication = async () => {
    const name = `application-${made++}`;
    await ask(control, { method: 'PUT', path: `/v1/applications/${name}`, body: '{}' });
    return name;
  };
  const register = async (application: string, count: number) => {
    const path = `/${application}/v1/metadata/services`;
    for (let index = 0; index < count; index++) {
      await ask(inside, {
        method: 'POST',
        path,
        headers: { host: registryHost },
        body: definition(`service ${made++}`),
      });
    }
  };
  /** Milliseconds of processor time of one registration. */
  const cost = async (application: string) => {
    const before = await instance.cpu();
    await register(application, MEASURED);
    return ((await instance.cpu()) - before) / MEASURED;
  };
  const costOfFew = async () => {
    const application = await newApplication();
    await register(application, FEW);
    return cost(application);
  };

  try {
    await register(await newApplication(), WARM_UP);
    const application = await newApplication();
    const figures: Figure[] = [];
    let present = 0;
    for (const size of SIZES.filter((size) => size <= most)) {
      await register(application, size - present);
      const { value, baseline, ratio } = await compare(
        ROUNDS,
        size === FEW ? costOfFew : () => cost(application),
        costOfFew,
      );
      present = size === FEW ? size : size + (ROUNDS + 1) * MEASURED;
      figures.push({
        figure: `registering beside ${size} services / beside ${FEW}, ${title}`,
        value: `${value.toFixed(2)} ms`,
        baseline: `${baseline.toFixed(2)} ms`,
        ratio,
        aim: atMost(ratio, 4),
      });
    }
    return figures;
  } finally {
    await Promise.all([inside.close(), control.close()]);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'kymulator-bench-'));
try {
  printFigures([...(await growth('memory')), ...(await growth('SQLite', folder))]);
} finally {
  await rm(folder, { recursive: true });
}
