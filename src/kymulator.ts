import { join } from 'node:path';
import { clusterServices, type Edge, openEdges, serverNames } from './assembly/edges.ts';
import { demoVariables } from './assembly/external-system.ts';
import type { Foundation } from './assembly/foundation.ts';
import { giveAccess, type KubernetesAccess } from './assembly/kubernetes.ts';
import { createSites, type Sites } from './assembly/sites.ts';
import { createInstanceStreams } from './assembly/streams.ts';
import { checkCollaborators } from './config/collaborators.ts';
import { librarySettings, type SettingsInput } from './config/library.ts';
import type { Settings } from './config/options.ts';
import { createControl, type InstanceDescription } from './control/plugin.ts';
import { startControllers } from './controllers/start.ts';
import { fetchToken, type TokenCall } from './controllers/token-requests/fetch-token.ts';
import { type Clock, systemClock } from './core/clock.ts';
import { type Logger, silentLogger } from './core/log.ts';
import { type Random, systemRandom } from './core/random.ts';
import { isSince, parseRelease } from './core/release.ts';
import { version } from './core/version.ts';
import { keepServerCertificate } from './edges/server-tls.ts';
import { type PublicUrls, publicUrls } from './foundation/public-urls.ts';
import { createLogTap, type LogTap } from './kubernetes/streams/log-tap.ts';
import { mergeIntoFile } from './pairing/kubeconfig.ts';
import { loadAuthority } from './pki/authority-store.ts';
import { definitionKind } from './resources/kinds.ts';
import { applyResources } from './seed/apply.ts';
import { readSeed } from './seed/read.ts';
import { createMemoryStore } from './store/memory.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { ResourceStore } from './store/store.ts';

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
  readonly serves: string;
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
  tokenRequest(application: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> };
  /** Ends everything that was started. Calling it twice is harmless. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a Kyma control plane. Without options: everything in memory, on free ports, nothing logged.
 * @returns when the authority, all listeners and the seed are ready
 * @throws UserError for wrong options, taken ports, unreadable files; nothing is left running then
 */
export async function startKymulator(options: KymulatorOptions = {}): Promise<Kymulator> {
  checkCollaborators(options);
  const { clock = systemClock, random = systemRandom, log = silentLogger, store, ...input } = options;
  const settings = librarySettings(input);
  const opened = new AsyncDisposableStack();
  try {
    const logTap = createLogTap(log, { clock });
    const foundation: Foundation = {
      settings,
      release: parseRelease(settings.kyma),
      clock,
      random,
      log: logTap.log,
      opened,
      store: store ?? opened.adopt(openStore(settings, clock, random, log), (own) => own.close()),
    };
    return await assemble(foundation, logTap);
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

async function assemble(foundation: Foundation, logTap: LogTap): Promise<Kymulator> {
  const { settings, clock, random, log, store, opened } = foundation;
  const folder = settings.ephemeral ? undefined : settings.certsDir;
  const source = { folder, certificateFile: settings.caCert, keyFile: settings.caKey, rootFile: settings.rootCaCert };
  const { authority, file, rootPem, ...ca } = await loadAuthority(source, [clock.now(), systemClock.now()], random);
  const names = serverNames(settings);
  const tls = await keepServerCertificate({ authority, names, folder, clock: systemClock, random, log });
  opened.defer(() => tls.close());

  /** What clients must trust; some accept an intermediate authority only together with its root. */
  const trust = { certificate: ca.certificatePem + (rootPem ?? ''), file };
  let running: InstanceDescription | undefined;
  let ready = false;
  const describe = () => {
    if (!running) throw new Error('the URLs are known only after the edges listen');
    return running;
  };
  const streams = createInstanceStreams(foundation, logTap, {
    services: () => clusterServices(sites),
    internalUrl: () => describe().urls.internal,
  });
  const sites: Sites = await createSites(foundation, { ...ca, rootPem }, () => describe().urls, streams);
  const tokenRequest = (application: string) => {
    const { path, headers } = sites.connector.tokenRequest(application);
    return { url: describe().urls.internal + path, headers };
  };
  const control = opened.adopt(
    await createControl({
      store,
      log: log.child({ part: 'control' }),
      isReady: () => ready,
      describe,
      tokenRequest,
    }),
    (site) => site.close(),
  );

  const edges = await openEdges(foundation, sites, control, tls, {
    authority: authority.certificate,
    bundle: trust.certificate,
  });
  // Streams that would last for ever end before the listeners wait for them.
  opened.defer(() => sites.kubernetes.api.endWatches());
  opened.defer(() => streams.close());
  running = describeInstance(settings, edges, trust);
  const server = edges.find(({ name }) => name === 'kubernetes')?.url ?? '';
  const kubernetes = await giveAccess(foundation, sites.kubernetes, authority, trust.certificate, server);
  if (settings.kubeconfig) await mergeIntoFile(settings.kubeconfig, kubernetes.kubeconfig);
  await follow(foundation, tokenRequest);
  await seed(foundation, sites, running);
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
    edges: running.edges,
    urls: running.urls,
    ca: trust,
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
  const urls = publicUrls(settings, { connector: port('connector'), gateway: port('gateway') });
  return {
    version,
    kyma: settings.kyma,
    edges: edges.map(({ name, url, serves }) => ({ name, url, serves })),
    urls: { ...urls, internal: edge('internal')?.url ?? '' },
    ca: ca.certificate,
    caFile: ca.file,
  };
}

/** Everything is read and checked before anything is applied. */
async function seed(
  { settings, store, log }: Foundation,
  { externalSystem }: Sites,
  { edges }: InstanceDescription,
): Promise<void> {
  if (settings.seed.length === 0) return;
  const urlOf = (name: string) => edges.find((edge) => edge.name === name)?.url;
  const variables = externalSystem ? await demoVariables(externalSystem, urlOf) : {};
  const { items: definitions } = await store.list(definitionKind);
  const { resources, placeOf, warnings } = await readSeed(settings.seed, { variables, definitions });
  const warn = (text: string) => log.warn(text);
  for (const warning of warnings) warn(warning);
  log.info(await applyResources(store, resources, { placeOf, warn }), 'seed applied');
}

/** Starts the controllers. From 0.6 on a token is asked for with a resource, as long as there is a Connector Service. */
async function follow(
  { release, store, clock, log, opened }: Foundation,
  tokenRequest: (application: string) => TokenCall,
): Promise<void> {
  const answersTokenRequests = release === 'latest' || (isSince(release, [0, 6, 0]) && !isSince(release, [2, 3, 0]));
  const controllers = await startControllers({
    store,
    clock,
    log,
    requestToken: answersTokenRequests
      ? (application, context, signal) => fetchToken(tokenRequest(application), context, signal)
      : undefined,
  });
  opened.defer(() => controllers.close());
}
