import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { BoundedMap } from '../../core/bounded-map.ts';
import { prepareSocket } from '../../http/client/target-socket.ts';
import type { ClientCertificate } from '../login/certificate.ts';

/** Who the gateway is, and whom it believes, on a connection. */
export interface TlsIdentity {
  /** Any server certificate will do. */
  readonly skipVerify: boolean;
  readonly certificate: ClientCertificate | undefined;
}

/** The gateway's connections to targets, token endpoints and CSRF endpoints. */
export interface Dispatchers {
  /** Connections of one identity are not used for another. */
  for(identity: TlsIdentity): Dispatcher;
  /** The same for a connection outside of the dispatchers. */
  tls(identity: TlsIdentity): TlsOptions;
  /** Whether a call failed because the target was closing the connection, so that it may never have seen the call. */
  wentUnanswered(error: Error): boolean;
  /** Ends all connections, also those in use; calls after it fail. */
  close(): Promise<void>;
}

export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly secureContext?: SecureContext;
}

/** Times in milliseconds; they concern sockets, not behaviour, and so run on real time. (application-gateway §10) */
const limits = { connect: 30_000, idle: 90_000, maxHeaderSize: 1024 * 1024 } as const;

/** Pools of connections with a client certificate, kept at the same time; the one idle for longest is closed. */
const IDENTITIES = 256;

interface Entry {
  readonly agent: Agent;
  readonly tls: TlsOptions;
}

/**
 * Opens nothing until the first call. undici keeps a pool per origin, and drops it with its last connection.
 * @param trustedCertificates PEM certificates of authorities to trust besides the system's (§11; upstream has no such
 *   setting, but its cluster could add to the system's)
 */
export function createDispatchers(trustedCertificates: readonly string[]): Dispatchers {
  // A pool that makes way finishes the calls that are under way.
  const retiring = new Set<Agent>();
  const entries = new BoundedMap<Entry>(IDENTITIES, ({ agent }) => retire(agent));
  const unanswered = new WeakSet<Error>();
  let closed = false;
  let authorities: string[] | undefined;

  function retire(agent: Agent): void {
    // One that is being closed anyway says so by an error.
    if (agent.closed || agent.destroyed) return;
    retiring.add(agent);
    void agent.close().finally(() => retiring.delete(agent));
  }

  function tlsOptions({ skipVerify, certificate }: TlsIdentity): TlsOptions {
    const rejectUnauthorized = !skipVerify;
    if (!certificate && trustedCertificates.length === 0) return { rejectUnauthorized };
    authorities ??= [...getCACertificates('default'), ...trustedCertificates];
    const secureContext = createSecureContext({
      ...(trustedCertificates.length > 0 && { ca: authorities }),
      ...(certificate && { cert: certificate.certificate, key: certificate.key }),
    });
    return { rejectUnauthorized, secureContext };
  }

  function create(identity: TlsIdentity, key: string): Entry {
    const tls = tlsOptions(identity);
    const agent = new Agent({
      connect: connectorWith(tls, unanswered),
      allowH2: false,
      // The gateway has its own limits, on the injected clock; a stream that flows is never cut.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveMaxTimeout: limits.idle,
      maxHeaderSize: limits.maxHeaderSize,
      pipelining: 1,
    });
    // Without a connection nothing is lost; a certificate that is not used any more is not kept.
    agent.on('disconnect', () => {
      if (identity.certificate && Object.keys(agent.stats).length === 0 && entries.get(key)?.agent === agent) {
        entries.delete(key);
        retire(agent);
      }
    });
    return { agent, tls };
  }

  function entryFor(identity: TlsIdentity): Entry {
    const key = `${identity.skipVerify}${identity.certificate?.fingerprint ?? ''}`;
    const present = entries.get(key);
    if (present) return present;
    const entry = create(identity, key);
    entries.set(key, entry);
    if (closed) void entry.agent.destroy();
    return entry;
  }

  return {
    for: (identity) => entryFor(identity).agent,
    tls: (identity) => entryFor(identity).tls,
    wentUnanswered: (error) => unanswered.has(error),
    async close() {
      closed = true;
      const agents = [...entries.values().map(({ agent }) => agent), ...retiring];
      await Promise.all(agents.map((agent) => agent.destroy()));
    },
  };
}

function connectorWith(tls: TlsOptions, unanswered: WeakSet<Error>): buildConnector.connector {
  const connect = buildConnector({ timeout: limits.connect, allowH2: false, ...tls });
  return (options, callback) =>
    connect(options, (...result) => {
      if (result[1]) prepareSocket(result[1], unanswered);
      callback(...result);
    });
}
