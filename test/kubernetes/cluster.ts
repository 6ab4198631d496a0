import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { ClusterService } from '../../src/cluster/service.ts';
import { startControllers } from '../../src/controllers/start.ts';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { openListener } from '../../src/edges/listener.ts';
import { createKubernetesApi } from '../../src/kubernetes/api.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ResourceStore } from '../../src/store/store.ts';
import { type Answer, type CallOptions, call } from '../support/call.ts';

export const TOKEN = 'token-of-the-test';
export const APPS = '/apis/applicationconnector.kyma-project.io/v1alpha1/applications';
export const apiVersion = 'applicationconnector.kyma-project.io/v1alpha1';
export const MERGE = 'application/merge-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const APPLY = 'application/apply-patch+yaml';

export const application = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion,
  kind: 'Application',
  metadata: { name, ...metadata },
  spec,
});
export const configMap = (name: string, data: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});

export interface ClusterOptions {
  readonly changeLogSize?: number;
  readonly store?: ResourceStore;
}

type RequestOptions = Omit<CallOptions, 'headers'> & { readonly headers?: object };

/** The Kubernetes API on a store in memory, over plain HTTP, with the controllers of a cluster. */
export class Cluster {
  readonly url: string;
  readonly store: ResourceStore;
  readonly clock: ManualClock;

  constructor(url: string, store: ResourceStore, clock: ManualClock) {
    this.url = url;
    this.store = store;
    this.clock = clock;
  }

  request(path: string, { headers, ...options }: RequestOptions = {}): Promise<Answer> {
    return call(this.url + path, {
      ...options,
      headers: { Authorization: `Bearer ${TOKEN}`, ...headers } as Record<string, string>,
    });
  }

  get(path: string, headers: object = {}): Promise<Answer> {
    return this.request(path, { headers });
  }

  send(method: string, path: string, body: unknown, type = 'application/json'): Promise<Answer> {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const length = String(Buffer.byteLength(text));
    return this.request(path, { method, body: text, headers: { 'Content-Type': type, 'Content-Length': length } });
  }

  post(path: string, body: unknown, type?: string): Promise<Answer> {
    return this.send('POST', path, body, type);
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.send('PUT', path, body);
  }

  patch(path: string, body: unknown, type: string): Promise<Answer> {
    return this.send('PATCH', path, body, type);
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return body === undefined ? this.request(path, { method: 'DELETE' }) : this.send('DELETE', path, body);
  }

  /** Opens a watch that ends with the test. */
  async watch(path: string, headers: object = {}): Promise<WatchClient> {
    const request = plainRequest(this.url + path, {
      agent: false,
      headers: { Authorization: `Bearer ${TOKEN}`, ...headers } as Record<string, string>,
    });
    request.on('error', () => {});
    onTestFinished(() => void request.destroy());
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return new WatchClient(response);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
type Event = { type: string; object: any };

/** The events of a watch, in their order. */
export class WatchClient {
  readonly response: IncomingMessage;
  readonly #lines: AsyncIterator<string>;

  constructor(response: IncomingMessage) {
    this.response = response;
    response.on('error', () => {});
    this.#lines = createInterface({ input: response })[Symbol.asyncIterator]();
  }

  /** The next event; undefined at the end of the stream. */
  async next(): Promise<Event | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : JSON.parse(value);
  }

  async take(count: number): Promise<Event[]> {
    const events: Event[] = [];
    while (events.length < count) {
      const event = await this.next();
      if (!event) break;
      events.push(event);
    }
    return events;
  }

  /** Types and names of the next events. */
  async summary(count: number): Promise<string[]> {
    return (await this.take(count)).map(({ type, object }) =>
      `${type} ${object.metadata?.name ?? object.code ?? ''}`.trim(),
    );
  }
}

/** A service that the API shows; nobody calls it. */
const connectorService: ClusterService = {
  service: 'connector-service-internal-api',
  namespaces: ['kyma-integration'],
  port: 8080,
  portName: 'int-api-port',
  app: 'connector-service',
  logPart: 'connector',
  site: { handle: (_, response) => response.end(), close: async () => {} },
};

/** Starts an API that ends with the test. */
export async function startCluster({ changeLogSize, store: given }: ClusterOptions = {}): Promise<Cluster> {
  const clock = new ManualClock(Date.parse('2026-01-05T10:00:00.250Z'));
  const store = given ?? createMemoryStore({ clock, random: systemRandom, changeLogSize });
  const services = [connectorService];
  const api = await createKubernetesApi({
    store,
    clock,
    random: systemRandom,
    log: silentLogger,
    token: TOKEN,
    services,
  });
  const controllers = await startControllers({ store, clock, log: silentLogger });
  const listener = await openListener({
    name: 'kubernetes',
    host: '127.0.0.1',
    port: 0,
    flag: '--kubernetes-port',
    streams: true,
    handle: (request, response) => api.handle(request, response),
    upgrade: (request, socket, head) => api.upgrade(request, socket, head),
  });
  onTestFinished(async () => {
    api.endWatches();
    await listener.close();
    await controllers.close();
    await api.close();
    if (!given) await store.close();
  });
  return new Cluster(`http://127.0.0.1:${listener.port}`, store, clock);
}
