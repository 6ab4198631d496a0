import type { X509Certificate } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ClusterService } from '../cluster/service.ts';
import type { Settings } from '../config/options.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { isSince } from '../core/release.ts';
import { ClientIdentities } from '../edges/client-certificates.ts';
import { type FrontDoorKind, protectedDoor, publicDoor } from '../edges/front-door.ts';
import { insideDoor } from '../edges/inside.ts';
import { type Listener, type ListenerOptions, openListener } from '../edges/listener.ts';
import type { ServerTls } from '../edges/server-tls.ts';
import type { ExternalSite } from '../external-system/site.ts';
import type { EdgePlan } from '../foundation/edge.ts';
import { publicNames } from '../foundation/public-urls.ts';
import { setClientIdentity } from '../http/client-identity.ts';
import type { GoServerOptions } from '../http/go-server-options.ts';
import type { Site } from '../http/site.ts';
import { pemBlocks } from '../pki/pem.ts';
import type { Foundation } from './foundation.ts';
import type { Sites } from './sites.ts';

/** An edge that listens. */
export interface Edge {
  readonly listener: Listener;
  readonly name: string;
  readonly url: string;
  readonly serves: string;
}

type Plan = Omit<ListenerOptions, 'host'> & {
  readonly serves: string;
  readonly host?: string;
  /** Whether the edge shows the certificate that it begins with for ever. */
  readonly keepsCertificate?: boolean;
};

/** The ports are Kyma's own; the numbers outside are the settings'. (design §4) */
export const clusterServices = (sites: Sites): ClusterService[] => [
  inCluster('connector-service-internal-api', ['kyma-integration'], 8080, sites.connector.internal),
  inCluster('connector-service-external-api', ['kyma-integration'], 8081, sites.connector.external),
  inCluster('connector-service-metrics', ['kyma-integration'], 9090, sites.connector.metrics),
  inCluster('metadata-service-external-api', ['kyma-integration'], 8081, sites.registry),
  inCluster('application-registry-external-api', ['kyma-integration'], 8081, sites.registry),
  inCluster('metadata-service-metrics', ['kyma-integration'], 9090, sites.registryMetrics),
  inCluster('application-registry-metrics', ['kyma-integration'], 9090, sites.registryMetrics),
  inCluster('central-application-connectivity-validator', namespaces, 8080, sites.validator.site),
  inCluster('central-application-connectivity-validator', namespaces, 8081, sites.validatorHealth),
  ...(sites.gateway.services ?? []),
];

/** Today's namespace of the module first, that of Kyma 1 and 2 behind it. */
const namespaces = ['kyma-system', 'kyma-integration'];

const inCluster = (service: string, namespaces: readonly string[], port: number, site: Site): ClusterService => ({
  service,
  namespaces,
  port,
  portName: '',
  app: '',
  logPart: '',
  site,
});

/** Whose client certificates are accepted. */
export interface ClientTrust {
  readonly authority: X509Certificate;
  /** PEM of the authority and of the root above it, if there is one. */
  readonly bundle: string;
}

/**
 * Whether the TLS library can judge client certificates: it goes by the machine's time, and wants a chain that ends at
 * a root. Where it cannot, we judge after the handshake.
 */
const canJudge = ({ authority, bundle }: ClientTrust, clock: Clock) =>
  clock === systemClock && (authority.checkIssued(authority) || pemBlocks(bundle).length > 1);

/** Opens every edge. Of several that cannot be opened the first is reported, and none stays open. */
export async function openEdges(
  foundation: Foundation,
  sites: Sites,
  control: Site,
  tls: ServerTls,
  trust: ClientTrust,
): Promise<Edge[]> {
  const { settings, opened } = foundation;
  const plans = planEdges(foundation, sites, control, tls, trust);
  const outcomes = await Promise.allSettled(
    plans.map(async ({ serves, keepsCertificate = false, ...plan }) => {
      const listener = await openListener({ host: settings.host, ...plan });
      opened.defer(() => listener.close());
      const scheme = plan.tls ? 'https' : 'http';
      return {
        listener,
        serves,
        renewed: listener.secure && !keepsCertificate,
        name: plan.name,
        url: `${scheme}://${shownHost(plan.host ?? settings.host)}:${listener.port}`,
      };
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  const edges = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  tls.serve(edges.flatMap(({ listener, renewed }) => (renewed ? [listener] : [])));
  return edges;
}

function planEdges(
  { settings, release, clock, log }: Foundation,
  sites: Sites,
  control: Site,
  { certificate }: ServerTls,
  trust: ClientTrust,
): Plan[] {
  const { connector, validator, externalSystem } = sites;
  const kind: FrontDoorKind = isSince(release, [1, 2, 0]) ? 'istio' : 'nginx';
  const identities = new ClientIdentities({ authorities: () => [trust.authority], clock });
  const inside = insideDoor({
    services: clusterServices(sites),
    dynamic: (host) => sites.gateway.names?.(host),
    own: connector.internal,
    ownNames: settings.hostName,
  });
  const { requestTimeout: readTimeout } = settings;
  const go: GoServerOptions = { readTimeout, brokenBody: (request) => inside.siteFor(request)?.brokenBody };
  const furtherPorts = settings.clusterPort.map(
    (text): Plan => ({
      name: `internal-${text}`,
      flag: '--cluster-port',
      port: Number(text),
      serves: 'the names inside the cluster',
      streams: true,
      go,
      ...inside,
    }),
  );
  const gatewayLog = log.child({ part: 'gateway' });
  const externalLog = log.child({ part: 'external-system' });
  /** The demo system's own mutual TLS: who is not let in gets no HTTP answer, in every release. */
  const onlyWithCertificate = ({ handle, upgrades, upgrade, close }: ExternalSite) => {
    const door = (handle: Site['handle']) =>
      protectedDoor('istio', [{ matches: () => true, site: { handle, close } }], identities, externalLog);
    return {
      handle: door(handle),
      upgrades,
      upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
        // This door refuses without an answer, so that none is ever written.
        door(() => upgrade(request, socket, head))(request, new ServerResponse(request));
      },
    };
  };
  const clients = { ca: trust.bundle, clientCertificates: canJudge(trust, clock) ? 'handshake' : 'later' } as const;
  return [
    {
      name: 'internal',
      flag: '--internal-port',
      port: settings.internalPort,
      serves: 'tokens, and the names inside the cluster',
      streams: true,
      go,
      ...inside,
    },
    ...furtherPorts,
    {
      name: 'connector',
      flag: '--connector-port',
      port: settings.connectorPort,
      serves: 'pairing: information and certificates',
      handle: publicDoor(kind, [{ matches: connector.isPublicPath, site: connector.external }]),
      tls: certificate,
    },
    {
      name: 'gateway',
      flag: '--gateway-port',
      port: settings.gatewayPort,
      serves: 'mutual TLS: renewal, revocation, metadata',
      handle: protectedDoor(
        kind,
        [
          { matches: connector.isProtectedPath, site: connector.external },
          { matches: validator.routes, site: validator.site },
        ],
        identities,
        gatewayLog,
      ),
      tls: {
        ...certificate,
        ca: trust.bundle,
        clientCertificates: kind === 'istio' && canJudge(trust, clock) ? 'handshake' : 'later',
      },
    },
    ...(sites.gateway.edges ?? []).map(plainEdge),
    {
      name: 'kubernetes',
      flag: '--kubernetes-port',
      port: settings.kubernetesPort,
      serves: 'Kubernetes API, for kubectl',
      streams: true,
      // Go keeps idle connections for 90 s. (kubernetes-api §1.1)
      keepAlive: 120_000,
      ...identified(sites.kubernetes.api, identities),
      tls: { ...certificate, ca: trust.bundle, clientCertificates: 'later' },
    },
    {
      name: 'control',
      flag: '--control-port',
      host: '127.0.0.1',
      port: settings.controlPort,
      serves: 'readiness, CA certificate, command line',
      ...control,
    },
    ...(externalSystem
      ? [
          {
            name: 'external-system',
            flag: '--external-system-port',
            port: settings.externalSystemPort,
            serves: 'HTTPBin, an API to register and call',
            ...externalSystem.http,
          },
          {
            name: 'external-system-tls',
            flag: '--external-system-tls-port',
            port: settings.externalSystemTlsPort,
            serves: 'APIs for clients with a certificate',
            ...onlyWithCertificate(externalSystem.mutualTls),
            tls: { ...certificate, ...clients },
          },
          {
            name: 'external-system-expired',
            flag: '--external-system-expired-port',
            port: settings.externalSystemExpiredPort,
            serves: 'the same with an expired certificate',
            ...onlyWithCertificate(externalSystem.mutualTls),
            tls: { ...externalSystem.expired, ...clients },
            keepsCertificate: true,
          },
        ]
      : []),
  ];
}

/** A port that a capability wants for itself, without TLS. */
const plainEdge = ({ site, host: _host, tls: _tls, ...plan }: EdgePlan): Plan => ({ ...plan, ...site });

/** A site that itself decides who may enter, by certificate among others. */
const identified = (
  site: Site & Pick<Required<Site>, 'upgrade'>,
  identities: ClientIdentities,
): Pick<Required<Site>, 'handle' | 'upgrade'> => {
  const identify = (request: IncomingMessage) => setClientIdentity(request, identities.of(request.socket as TLSSocket));
  return {
    handle(request, response) {
      identify(request);
      site.handle(request, response);
    },
    upgrade(request, socket, head) {
      identify(request);
      site.upgrade(request, socket, head);
    },
  };
};

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
