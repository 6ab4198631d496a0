import type { Settings } from '../config/options.ts';
import { isSince } from '../core/release.ts';
import type { FrontDoorKind } from '../edges/front-door.ts';
import { protectedDoor, publicDoor } from '../edges/front-door.ts';
import { insideDoor } from '../edges/inside.ts';
import { type Listener, type ListenerOptions, openListener } from '../edges/listener.ts';
import type { ServerTls } from '../edges/server-tls.ts';
import type { Capability } from '../foundation/capability.ts';
import type { EdgePlan } from '../foundation/edge.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { publicNames } from '../foundation/public-urls.ts';
import type { ClientTrust } from './client-trust.ts';

/** An edge that listens. */
export interface Edge {
  readonly listener: Listener;
  readonly name: string;
  readonly url: string;
  readonly serves: string;
}

type Plan = Omit<ListenerOptions, 'host'> & {
  readonly host?: string | undefined;
  readonly serves: string;
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
  const outcomes = await Promise.allSettled(
    plans.map(async ({ serves, keepsCertificate = false, ...plan }) => {
      const host = plan.host ?? settings.host;
      const listener = await openListener({ ...plan, host, log: log.child({ edge: plan.name }) });
      opened.defer(() => listener.close());
      return {
        listener,
        serves,
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

/** The edges on which several capabilities stand: one by the names of the cluster, two by paths. */
function sharedEdges(
  { settings, release, log, cluster }: Foundation<Settings>,
  { capabilities, tls: { certificate }, trust }: EdgeParts,
): Plan[] {
  const kind: FrontDoorKind = isSince(release, [1, 2, 0]) ? 'istio' : 'nginx';
  const routesOf = (host: 'connector' | 'gateway') =>
    capabilities.flatMap(({ routes = [] }) => routes.filter((route) => route.host === host));
  const inside = insideDoor({
    cluster,
    localhost: capabilities.find(({ localhost }) => localhost !== undefined)?.localhost,
    ownNames: settings.hostName,
  });
  const names = {
    streams: true,
    go: {
      readTimeout: settings.requestTimeout,
      brokenBody: (request) => inside.siteFor(request)?.brokenBody,
    },
    ...inside,
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
      flag: '--connector-port',
      port: settings.connectorPort,
      serves: 'pairing: information and certificates',
      handle: publicDoor(kind, routesOf('connector')),
      tls: certificate,
    },
    {
      name: 'gateway',
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
  { site, tls, ...plan }: EdgePlan,
  { log }: Foundation<Settings>,
  { tls: { certificate }, trust }: EdgeParts,
): Plan {
  if (!tls) return { ...plan, ...boundTo(site) };
  const { clients } = tls;
  const own = {
    ...plan,
    keepsCertificate: tls.certificate !== undefined,
    tls: { ...(tls.certificate ?? certificate), ...(clients === 'none' ? {} : trust.asked(clients)) },
  };
  if (clients === 'none') return { ...own, ...boundTo(site) };
  return { ...own, ...trust.inFrontOf(site, clients, log.child({ part: plan.name })) };
}

const boundTo = (site: EdgePlan['site']): Pick<Plan, 'handle' | 'upgrade' | 'upgrades'> => ({
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
