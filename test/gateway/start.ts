import { createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type Clock, ManualClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { createApplicationHostSite } from '../../src/gateway/host-site.ts';
import { readSecret, type SecretContent, type Secrets } from '../../src/gateway/login/secrets.ts';
import { createNamespacedGatewaySite } from '../../src/gateway/namespaced-site.ts';
import { gatewayDefaults, type ProxySettings } from '../../src/gateway/proxy-site.ts';
import type { CentralBehaviour } from '../../src/gateway/releases/central.ts';
import type { HostBehaviours } from '../../src/gateway/releases/per-application.ts';
import { hostKey } from '../../src/gateway/routing/hosts.ts';
import { type ConnectedSystem, indexApis } from '../../src/gateway/routing/lookup.ts';
import type { Form } from '../../src/gateway/routing/paths.ts';
import { createGatewaySite } from '../../src/gateway/site.ts';
import type { Site } from '../../src/http/site.ts';
import { type Ask, ask, serve } from '../external-system/serve.ts';

export interface StartOptions {
  readonly form?: Form;
  readonly behaviour?: CentralBehaviour;
  /** For gateways that are chosen by host name or namespace. */
  readonly hostBehaviours?: HostBehaviours;
  readonly cacheDelays?: boolean;
  /** Content by `{namespace}/{name}`, or by name in kyma-system; may be changed while the gateway runs. */
  readonly secrets?: SecretTexts;
  /** In place of `secrets`, for content that is no text. */
  readonly secretContents?: Secrets;
  readonly clock?: Clock;
  readonly settings?: Partial<ProxySettings>;
  readonly spec?: Partial<NonNullable<ConnectedSystem['spec']>>;
}

export type SecretTexts = Record<string, Record<string, string> | undefined>;

/** The content that a view of the store would give; the same object until the texts change. */
export function secretsOf(texts: SecretTexts): Secrets {
  const derived = new WeakMap<object, SecretContent>();
  return {
    get(name, namespace) {
      const content = texts[`${namespace}/${name}`] ?? (namespace === 'kyma-system' ? texts[name] : undefined);
      if (!content) return undefined;
      const base64 = ([key, text]: [string, string]) => [key, Buffer.from(text).toString('base64')];
      const secret =
        derived.get(content) ?? readSecret({ data: Object.fromEntries(Object.entries(content).map(base64)) });
      derived.set(content, secret);
      return secret;
    },
  };
}

export interface Started {
  readonly site: Site;
  readonly port: number;
  ask(request: Ask): ReturnType<typeof ask>;
}

/** An Application `app` with a service `svc` that has an API `entry` at the target. */
const application = (targetUrl: string, spec: StartOptions['spec'] = {}): ConnectedSystem => ({
  metadata: { name: 'app' },
  spec: {
    services: [
      { id: 'id', name: 'svc-name', displayName: 'svc', entries: [{ type: 'API', name: 'entry', targetUrl }] },
    ],
    ...spec,
  },
});

async function start(site: Site): Promise<Started> {
  const port = await serve(site);
  return { site, port, ask: (request) => ask(port, request) };
}

const deps = ({ clock = new ManualClock(0), settings, secrets = {}, secretContents }: StartOptions) => ({
  clock,
  secrets: secretContents ?? secretsOf(secrets),
  log: silentLogger,
  settings: { ...gatewayDefaults, ...settings },
});

/** A gateway for one Application, on a port of its own. */
export function startGateway(targetUrl: string, options: StartOptions = {}): Promise<Started> {
  const index = indexApis(application(targetUrl, options.spec));
  const applications = { get: (name: string) => (name === 'app' ? index : undefined) };
  const { form = 'standalone', behaviour, cacheDelays } = options;
  return start(createGatewaySite({ ...deps(options), form, applications, behaviour, cacheDelays }));
}

/** A gateway that is chosen by host name. */
export function startHostGateway(systems: Systems, options: StartOptions = {}): Promise<Started> {
  const { applications = [], remoteEnvironments = [] } = systems;
  return start(
    createApplicationHostSite({
      ...deps(options),
      behaviours: options.hostBehaviours,
      cacheDelays: options.cacheDelays,
      applications: byHost(applications),
      remoteEnvironments: byHost(remoteEnvironments),
    }),
  );
}

/** The gateways of namespaces. */
export const startNamespacedGateway = (options: StartOptions): Promise<Started> =>
  start(
    createNamespacedGatewaySite({
      ...deps(options),
      behaviours: options.hostBehaviours,
      cacheDelays: options.cacheDelays,
    }),
  );

export interface Systems {
  readonly applications?: readonly ConnectedSystem[];
  readonly remoteEnvironments?: readonly ConnectedSystem[];
}

const byHost = (systems: readonly ConnectedSystem[]) => ({
  find: (key: string) => systems.filter((system) => hostKey(system) === key).map((system) => indexApis(system)),
});

export interface RawTarget {
  readonly url: string;
  /** Everything that was received, per connection. */
  readonly received: string[];
  /** The connections, in the order in which they came. */
  readonly sockets: Socket[];
}

/** A target that answers with bytes, whatever it is asked; `undefined` means never. */
export async function rawTarget(answer: string | undefined | ((socket: Socket) => void)): Promise<RawTarget> {
  const target: RawTarget & { url: string } = { url: '', received: [], sockets: [] };
  const server: Server = createServer((socket) => {
    const at = target.sockets.push(socket) - 1;
    target.received[at] = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const first = target.received[at] === '';
      target.received[at] += bytes.toString('latin1');
      if (!first) return;
      if (typeof answer === 'function') answer(socket);
      else if (answer !== undefined) socket.write(answer, 'latin1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of target.sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the target does not listen');
  target.url = `http://127.0.0.1:${address.port}`;
  return target;
}
