import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { parseRelease } from '../../src/core/release.ts';
import type { RegistrySettings } from '../../src/registry/settings.ts';
import { createRegistrySites } from '../../src/registry/sites.ts';
import { applicationKind, remoteEnvironmentKind } from '../../src/resources/kinds.ts';
import type { Resource, Stored } from '../../src/resources/resource.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { ResourceStore } from '../../src/store/store.ts';
import { type Answer, type CallOptions, call } from '../support/call.ts';
import { type ClientTls, openDoor } from './door.ts';

export const START = Date.UTC(2026, 0, 5, 10);

/** One release of each generation and of each step of its features. */
export const releases = [
  '0.4.3',
  '0.5.0',
  '0.6.1',
  '0.7.0',
  '0.9.1',
  '1.0.0',
  '1.3.0',
  '1.15.1',
  '1.24.0',
  '2.2.0',
  'latest',
] as const;
export type ReleaseName = (typeof releases)[number];
export const isEarly = (release: string) => /^0\.[45]\./.test(release);

export interface StartOptions {
  readonly quirks?: boolean;
  readonly settings?: RegistrySettings;
  readonly applications?: readonly string[];
}

/** Where the registry writes; a cluster with Kyma has it. */
export const registryNamespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kyma-integration' } };

/** A registry of a release behind mutual TLS, with the application `shop`. */
export async function startRegistry(release: string, options: StartOptions = {}): Promise<RegistryClient> {
  const { quirks = false, settings, applications = ['shop'] } = options;
  const clock = new ManualClock(START);
  const store = createMemoryStore({ clock, random: systemRandom });
  await store.create(registryNamespace);
  const registry = await createRegistrySites({
    release: parseRelease(release),
    quirks,
    store,
    clock,
    random: systemRandom,
    log: silentLogger,
    settings,
  });
  const door = await openDoor(registry.site);
  onTestFinished(async () => {
    await registry.close();
    await store.close();
  });
  const client = new RegistryClient(door.url, door.client, store, clock, release);
  for (const name of applications) await client.createApplication(name);
  return client;
}

/** Serves on a free port until the test ends. */
export async function listen(handler: RequestListener): Promise<string> {
  const server: Server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export class RegistryClient {
  readonly url: string;
  /** What the client presents, and whom it trusts. */
  readonly tls: ClientTls;
  readonly store: ResourceStore;
  readonly clock: ManualClock;
  readonly release: string;

  constructor(url: string, tls: ClientTls, store: ResourceStore, clock: ManualClock, release: string) {
    this.url = url;
    this.tls = tls;
    this.store = store;
    this.clock = clock;
    this.release = release;
  }

  get kind() {
    return isEarly(this.release) ? remoteEnvironmentKind : applicationKind;
  }

  createApplication(name: string, spec: object = {}): Promise<Stored<Resource>> {
    const { apiVersion, kind } = this.kind;
    return this.store.create({
      apiVersion,
      kind,
      metadata: { name },
      spec: { description: '', services: [], ...spec },
    });
  }

  call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    const text = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return call(this.url + path, {
      method,
      ...this.tls,
      ...(text !== undefined && { body: text as string | Buffer }),
      ...options,
    });
  }

  post(body: unknown, application = 'shop'): Promise<Answer> {
    return this.call('POST', `/${application}/v1/metadata/services`, body);
  }

  list(application = 'shop'): Promise<Answer> {
    return this.call('GET', `/${application}/v1/metadata/services`);
  }

  get(id: string, application = 'shop'): Promise<Answer> {
    return this.call('GET', `/${application}/v1/metadata/services/${id}`);
  }

  put(id: string, body: unknown, application = 'shop'): Promise<Answer> {
    return this.call('PUT', `/${application}/v1/metadata/services/${id}`, body);
  }

  delete(id: string, application = 'shop'): Promise<Answer> {
    return this.call('DELETE', `/${application}/v1/metadata/services/${id}`);
  }

  /** Registers what must be accepted. @returns its id */
  async register(body: unknown, application = 'shop'): Promise<string> {
    const answer = await this.post(body, application);
    if (answer.status !== 200) throw new Error(`not registered: ${answer.status} ${answer.text}`);
    return answer.json.id;
  }

  async application(name = 'shop') {
    const { apiVersion, kind } = this.kind;
    const found = await this.store.get({ apiVersion, kind, name });
    if (!found) throw new Error(`no application ${name}`);
    // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
    return found as any;
  }

  /** The texts of a Secret; undefined when there is none. */
  async secret(name: string): Promise<Record<string, string> | undefined> {
    const found = await this.store.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'kyma-integration', name });
    if (!found) return undefined;
    const data = found.data as Record<string, string>;
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  }
}

/** The smallest definition that every generation accepts. */
export const minimal = {
  provider: 'Acme Retail',
  name: 'Orders API (v2)',
  description: 'Orders of the shop',
  api: { targetUrl: 'http://httpbin.local:8080/anything' },
};
