import { join } from 'node:path';
import { instanceAuthority } from './assembly/authority.ts';
import { type Capabilities, type CreateCapability, createCapabilities, tokenCall } from './assembly/capabilities.ts';
import { ClientTrust } from './assembly/client-trust.ts';
import { type Edge, openEdges, serverNames } from './assembly/edges.ts';
import { ClusterTable } from './cluster/table.ts';
import { checkCollaborators } from './config/collaborators.ts';
import { librarySettings, type SettingsInput } from './config/library.ts';
import type { Settings } from './config/options.ts';
import { processContext } from './config/process.ts';
import type { InstanceDescription } from './control/site.ts';
import { startControllers } from './controllers/start.ts';
import { fetchToken } from './controllers/token-requests/fetch-token.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { type Logger, silentLogger } from './core/log.ts';
import { createLogTap, type LogTap } from './core/log-tap.ts';
import { type Random, systemRandom } from './core/random.ts';
import { isSince, parseRelease } from './core/release.ts';
import { version } from './core/version.ts';
import { keepServerCertificate } from './edges/server-tls.ts';
import { type Foundation, trustedBy } from './foundation/foundation.ts';
import { type PublicUrls, publicUrls } from './foundation/public-urls.ts';
import { createHttpClient } from './http/client/client.ts';
import type { KubernetesAccess } from './kubernetes/capability.ts';
import type { TokenEndpoint } from './kyma/token-endpoint.ts';
import { mergeIntoFile } from './pairing/kubeconfig.ts';
import { definitionKind } from './resources/kinds.ts';
import { applyResources } from './seed/apply.ts';
import { readSeed } from './seed/read.ts';
import { createMemoryStore } from './store/memory.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { ResourceStore } from './store/store.ts';

export type { CreateCapability } from './assembly/capabilities.ts';

export interface KymulatorOptions extends SettingsInput {
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** Stays open when the instance closes: it belongs to the caller. */
  readonly store?: ResourceStore | undefined;
  readonly log?: Logger | undefined;
}

export interface EdgeAddress {
  readonly name: string;
  readonly url: string;
  /** The address that it listens on. */
  readonly host: string;
  readonly serves: string;
  /** What whoever reaches it gets without a login; undefined where there is one, or nothing to protect. */
  readonly givesAway: string | undefined;
}

/** A running Kymulator. */
export interface Kymulator {
  readonly version: string;
  readonly settings: Settings;
  /** Every edge that listens. */
  readonly edges: readonly EdgeAddress[];
  /** Base URLs as clients outside get them in answers. */
  readonly urls: PublicUrls;
  /** The certificate authority: PEM text, and its file where it has one. */
  readonly ca: { readonly certificate: string; readonly file: string | undefined };
  /** The Kubernetes API: its address, and what opens it. */
  readonly kubernetes: KubernetesAccess;
  readonly store: ResourceStore;
  /** The POST that yields a token of an application in the simulated release. */
  tokenRequest(application: string): TokenEndpoint;
  /** Ends everything that was started. Calling it twice is harmless. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a Kyma control plane. Without options: everything in memory, on free ports, nothing logged.
 * @returns when the authority, all listeners and the seed are ready
 * @throws UserError for wrong options, taken ports, unreadable files; nothing is left running then
 */
export const startKymulator = (options: KymulatorOptions = {}): Promise<Kymulator> => startWith([], options);

/** The same with capabilities besides the instance's own. */
export async function startWith(
  further: readonly CreateCapability[],
  options: KymulatorOptions = {},
): Promise<Kymulator> {
  checkCollaborators(options);
  const { clock = systemClock, random = systemRandom, log = silentLogger, store, ...input } = options;
  const settings = librarySettings(input);
  const opened = new AsyncDisposableStack();
  try {
    const logTap = createLogTap(log, { clock });
    return await assemble(
      {
        settings,
        release: parseRelease(settings.kyma),
        clock,
        random,
        log: logTap.log,
        store: store ?? opened.adopt(openStore(settings, clock, random, log), (own) => own.close()),
        cluster: new ClusterTable(),
      },
      { opened, logTap, further },
    );
  } catch (thrown) {
    await opened.disposeAsync();
    throw thrown;
  }
}

function openStore(settings: Settings, clock: Clock, random: Random, log: Logger): ResourceStore {
  const onError = (err: unknown) => log.error({ err }, 'a follower of the store failed');
  if (settings.ephemeral) return createMemoryStore({ clock, random, onError });
  return openSqliteStore({ file: join(settings.dataDir, 'kymulator.db'), clock, random, onError });
}

interface Around {
  /** What must be closed, last opened first. */
  readonly opened: AsyncDisposableStack;
  readonly logTap: LogTap;
  readonly further: readonly CreateCapability[];
}

async function assemble(
  base: Omit<Foundation<Settings>, 'authority' | 'urls'>,
  { opened, logTap, further }: Around,
): Promise<Kymulator> {
  const { settings, clock, random, log, store } = base;
  const folder = settings.ephemeral ? undefined : settings.certsDir;
  const { authority, file, ...ca } = await instanceAuthority(base);
  const names = serverNames(settings);
  const tls = await keepServerCertificate({ authority, names, folder, clock: systemClock, random, log });
  opened.defer(() => tls.close());

  let running: InstanceDescription | undefined;
  let ready = false;
  const describe = () => {
    if (!running) throw new Error('the URLs are known only after the edges listen');
    return running;
  };
  const foundation: Foundation<Settings> = { ...base, authority: ca, urls: () => describe().urls };
  const capabilities = await createCapabilities(foundation, opened, {
    logTap,
    env: processContext().env,
    isReady: () => ready,
    describe,
    further,
  });

  /** What clients must trust; some accept an intermediate authority only together with its root. */
  const bundle = trustedBy(ca).join('');
  const trust = new ClientTrust({ authority: authority.certificate, bundle, clock });
  const edges = await openEdges(foundation, opened, { capabilities: capabilities.all, tls, trust });
  for (const capability of capabilities.all) opened.defer(() => capability.endStreams?.());
  running = describeInstance(settings, edges, { certificate: bundle, file });
  const server = edges.find(({ name }) => name === 'kubernetes')?.url ?? '';
  const kubernetes = await capabilities.kubernetes.giveAccess(server);
  if (settings.kubeconfig) await mergeIntoFile(settings.kubeconfig, kubernetes.kubeconfig);
  const { internal } = running.urls;
  const tokenRequest = (application: string) => tokenCall(capabilities.connector, internal, application);
  await follow(foundation, opened, tokenRequest);
  await seed(foundation, capabilities, running);
  ready = true;
  log.info({ urls: running.urls }, 'ready');

  let closing: Promise<void> | undefined;
  const close = () => {
    ready = false;
    closing ??= opened.disposeAsync();
    return closing;
  };
  return {
    version,
    settings,
    edges: edges.map(({ name, url, host, serves, givesAway }) => ({ name, url, host, serves, givesAway })),
    urls: running.urls,
    ca: { certificate: bundle, file },
    kubernetes,
    store,
    tokenRequest,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function describeInstance(
  settings: Settings,
  edges: readonly Edge[],
  ca: { readonly certificate: string; readonly file: string | undefined },
): InstanceDescription {
  const edge = (name: string) => edges.find((candidate) => candidate.name === name);
  const port = (name: string) => edge(name)?.listener.port ?? 0;
  return {
    version,
    kyma: settings.kyma,
    edges: edges.map(({ name, url, serves }) => ({ name, url, serves })),
    urls: publicUrls(settings, {
      connectorPort: port('connector'),
      gatewayPort: port('gateway'),
      internal: edge('internal')?.url ?? '',
    }),
    ca: ca.certificate,
    caFile: ca.file,
  };
}

/** Everything is read and checked before anything is applied. */
async function seed(
  { settings, store, log }: Foundation<Settings>,
  { externalSystem }: Capabilities,
  { edges }: InstanceDescription,
): Promise<void> {
  if (settings.seed.length === 0) return;
  const urlOf = (name: string) => edges.find((edge) => edge.name === name)?.url;
  const variables = (await externalSystem?.seedVariables(urlOf)) ?? {};
  const { items: definitions } = await store.list(definitionKind);
  const { resources, placeOf, warnings } = await readSeed(settings.seed, { variables, definitions });
  const warn = (text: string) => log.warn(text);
  for (const warning of warnings) warn(warning);
  log.info(await applyResources(store, resources, { placeOf, warn }), 'seed applied');
}

/** Starts the controllers. From 0.6 on a token is asked for with a resource, as long as there is a Connector Service. */
async function follow(
  { release, store, clock, log }: Foundation<Settings>,
  opened: AsyncDisposableStack,
  tokenRequest: (application: string) => TokenEndpoint,
): Promise<void> {
  const answersTokenRequests = release === 'latest' || (isSince(release, [0, 6, 0]) && !isSince(release, [2, 3, 0]));
  const client = createHttpClient({ clock, trustedCertificates: [] });
  opened.defer(() => client.close());
  const controllers = await startControllers({
    store,
    clock,
    log,
    requestToken: answersTokenRequests
      ? (application, context, signal) => fetchToken(client, tokenRequest(application), context, signal)
      : undefined,
  });
  opened.defer(() => controllers.close());
}
