import { splitHost } from '../cluster/names.ts';
import type { Settings } from '../config/options.ts';
import { machineName } from '../config/process.ts';
import { userError } from '../core/errors.ts';
import { isLoopback } from '../core/loopback.ts';
import { isSince } from '../core/release.ts';
import type { FrontDoorKind } from '../edges/front-door.ts';
import { protectedDoor, publicDoor } from '../edges/front-door.ts';
import { type Door, type GuardOptions, guarded, refusing } from '../edges/guard.ts';
import { insideDoor } from '../edges/inside.ts';
import { type Listener, type ListenerOptions, openListener } from '../edges/listener.ts';
import { leadsToEdge, ownNames } from '../edges/own-names.ts';
import { ConnectionRoom, openFileLimit, roomLimits } from '../edges/room.ts';
import type { ServerTls } from '../edges/server-tls.ts';
import type { Capability } from '../foundation/capability.ts';
import type { Callers, EdgePlan } from '../foundation/edge.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { publicNames } from '../foundation/public-urls.ts';
import type { ClientTrust } from './client-trust.ts';

/** An edge that listens. */
export interface Edge {
  readonly listener: Listener;
  readonly name: string;
  readonly url: string;
  /** The address that it listens on. */
  readonly host: string;
  readonly serves: string;
  readonly givesAway: string | undefined;
}

type Plan = Omit<ListenerOptions, 'host'> & {
  readonly callers: Callers;
  readonly serves: string;
  readonly givesAway?: string | undefined;
  /** Whether the edge shows the certificate that it begins with for ever. */
  readonly keepsCertificate?: boolean;
};

export interface EdgeParts {
  readonly capabilities: readonly Capability[];
  readonly tls: ServerTls;
  readonly trust: ClientTrust;
}

/** Opens every edge. Of several that cannot be opened the first is reported, and none stays open. */
export async function openEdges(
  foundation: Foundation<Settings>,
  opened: AsyncDisposableStack,
  parts: EdgeParts,
): Promise<Edge[]> {
  const { settings, log } = foundation;
  const plans = [
    ...sharedEdges(foundation, parts),
    ...parts.capabilities.flatMap(({ edges = [] }) => edges.map((plan) => ownEdge(plan, foundation, parts))),
  ];
  const openFiles = openFileLimit();
  const room = openFiles === undefined ? undefined : new ConnectionRoom(roomLimits(openFiles));
  const outcomes = await Promise.allSettled(
    plans.map(async ({ callers, serves, givesAway, keepsCertificate = false, ...plan }) => {
      const host = hostFor(callers, settings);
      const listener = await openListener({ ...plan, host, room, log: log.child({ edge: plan.name }) });
      opened.defer(() => listener.close());
      return {
        listener,
        host,
        serves,
        givesAway,
        renewed: listener.secure && !keepsCertificate,
        name: plan.name,
        url: `${plan.tls ? 'https' : 'http'}://${shownHost(host)}:${listener.port}`,
      };
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  const edges = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  parts.tls.serve(edges.flatMap(({ listener, renewed }) => (renewed ? [listener] : [])));
  return edges;
}

function hostFor(callers: Callers, { host, insideHost }: Settings): string {
  if (callers === 'machine') return '127.0.0.1';
  return callers === 'inside' ? insideHost : host;
}

/** The edges on which several capabilities stand: one by the names of the cluster, two by paths. */
function sharedEdges(
  foundation: Foundation<Settings>,
  { capabilities, tls: { certificate }, trust }: EdgeParts,
): Plan[] {
  const { settings, release, log, cluster } = foundation;
  const kind: FrontDoorKind = isSince(release, [1, 2, 0]) ? 'istio' : 'nginx';
  const routesOf = (host: 'connector' | 'gateway') =>
    capabilities.flatMap(({ routes = [] }) => routes.filter((route) => route.host === host));
  const refuse = refusing(log.child({ edge: 'internal' }));
  const inside = insideDoor({
    cluster,
    localhost: capabilities.find(({ localhost }) => localhost !== undefined)?.localhost,
    own: namesOf(settings),
    refuse,
  });
  const { unknownHost } = inside;
  const names = {
    callers: 'inside',
    givesAway: 'tokens and certificates for every application, revocations, what is registered',
    streams: true,
    go: {
      readTimeout: settings.requestTimeout,
      brokenBody: (request) => inside.siteFor(request)?.brokenBody,
    },
    ...guarded(inside, { unknownHost, allowedOrigins: settings.allowOrigin, refuse }),
  } satisfies Partial<Plan>;
  return [
    {
      name: 'internal',
      flag: '--internal-port',
      port: settings.internalPort,
      serves: 'tokens, and the names inside the cluster',
      ...names,
    },
    ...settings.clusterPort.map((text) => ({
      name: `internal-${text}`,
      flag: '--cluster-port',
      port: Number(text),
      serves: 'the names inside the cluster',
      ...names,
    })),
    {
      name: 'connector',
      callers: 'outside',
      flag: '--connector-port',
      port: settings.connectorPort,
      serves: 'pairing: information and certificates',
      handle: publicDoor(kind, routesOf('connector')),
      tls: certificate,
    },
    {
      name: 'gateway',
      callers: 'outside',
      flag: '--gateway-port',
      port: settings.gatewayPort,
      serves: 'mutual TLS: renewal, revocation, metadata',
      handle: protectedDoor(kind, routesOf('gateway'), trust.identities, log.child({ part: 'gateway' })),
      tls: {
        ...certificate,
        // nginx lets everybody in, and answers in HTTP. (connector-service §7)
        ...trust.asked(kind === 'istio' ? 'required' : 'read'),
      },
    },
  ];
}

/** An edge of one capability. */
function ownEdge(
  { site, tls, sendRefusal, ...plan }: EdgePlan,
  foundation: Foundation<Settings>,
  { tls: { certificate }, trust }: EdgeParts,
): Plan {
  const { log } = foundation;
  if (!tls) {
    const refuse = refusing(log.child({ edge: plan.name }), sendRefusal);
    const rules = plan.callers !== 'outside' && { ...callersAllowed(plan.callers, foundation), refuse };
    return { ...plan, ...(rules ? guarded(boundTo(site), rules) : boundTo(site)) };
  }
  const { clients } = tls;
  const own = {
    ...plan,
    keepsCertificate: tls.certificate !== undefined,
    tls: { ...(tls.certificate ?? certificate), ...(clients === 'none' ? {} : trust.asked(clients)) },
  };
  if (clients === 'none') return { ...own, ...boundTo(site) };
  return { ...own, ...trust.inFrontOf(site, clients, log.child({ part: plan.name })) };
}

/** By which names an edge without TLS is called, and by which pages. */
function callersAllowed(
  callers: Exclude<Callers, 'outside'>,
  { settings, cluster }: Foundation<Settings>,
): Omit<GuardOptions, 'refuse'> {
  if (callers === 'machine') {
    const leadsHere = (host: string) => isLoopback(splitHost(host)?.name ?? '');
    return { leadsHere, unknownHost: () => userError('NOT_LOOPBACK', {}), allowedOrigins: [] };
  }
  const own = namesOf(settings);
  return {
    leadsHere: (host) => leadsToEdge(host, own, () => cluster.services),
    unknownHost: (host) => userError('HOST_UNKNOWN.edge', { host }),
    allowedOrigins: settings.allowOrigin,
  };
}

const namesOf = ({ host, insideHost, hostName }: Settings) => ownNames([machineName(), host, insideHost, ...hostName]);

const boundTo = (site: EdgePlan['site']): Door => ({
  handle: (request, response) => site.handle(request, response),
  upgrade: site.upgrade && ((request, socket, head) => site.upgrade?.(request, socket, head)),
  upgrades: site.upgrades && ((request) => site.upgrades?.(request) ?? true),
});

/** What the certificates of the TLS edges are valid for. */
export function serverNames(settings: Settings): string[] {
  return [
    'localhost',
    '127.0.0.1',
    '::1',
    ...publicNames(settings),
    ...settings.hostName,
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
    'connector-service-external-api.kyma-integration',
    'connector-service-external-api.kyma-integration.svc.cluster.local',
  ].filter((name, index, all) => all.indexOf(name) === index);
}

/** Listening everywhere is reached as localhost. */
const shownHost = (host: string) => {
  if (host === '0.0.0.0' || host === '::' || host === '127.0.0.1') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};
