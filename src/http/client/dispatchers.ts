import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { BoundedMap } from '../../core/bounded-map.ts';
import { type DestinationOptions, type Destinations, destinations } from './destination.ts';
import { prepareSocket } from './target-socket.ts';
import { type TlsIdentity, type TlsOptions, tlsOptionsWith } from './tls.ts';

/** Pools of connections to servers: targets, token endpoints, hosts of specifications. */
export interface Dispatchers {
  /** Connections of one identity are not used for another. */
  for(identity: TlsIdentity): Dispatcher;
  /**
   * The same for a connection outside of the dispatchers.
   * @param host where it leads
   * @throws Error when calls may not lead there
   */
  connection(host: string, identity: TlsIdentity): TlsOptions & { readonly lookup: LookupFunction };
  /** Whether a call failed because the server was closing the connection, so that it may never have seen the call. */
  wentUnanswered(error: Error): boolean;
  /** Ends all connections, also those in use; calls after it fail. */
  close(): Promise<void>;
}

/** Times in milliseconds; they concern sockets, not behaviour, and so run on real time. (application-gateway §10) */
const limits = { connect: 30_000, idle: 90_000, maxHeaderSize: 1024 * 1024 } as const;

/** Pools of connections with a client certificate, kept at the same time; the one idle for longest is closed. */
const IDENTITIES = 256;

interface Entry {
  readonly agent: Agent;
  /** Made when it is needed: reading all the authorities takes a moment. */
  readonly tls: () => TlsOptions;
}

/**
 * Opens nothing until the first call. undici keeps a pool per origin, and drops it with its last connection.
 * @param trustedCertificates see `tlsOptionsWith`. (application-gateway §11; upstream has no such setting, but its cluster
 *   could add to the system's)
 */
export function createDispatchers(
  trustedCertificates: readonly string[],
  options: DestinationOptions = {},
): Dispatchers {
  const allowed = destinations(options);
  // A pool that makes way finishes the calls that are under way.
  const retiring = new Set<Agent>();
  const entries = new BoundedMap<Entry>(IDENTITIES, ({ agent }) => retire(agent));
  const unanswered = new WeakSet<Error>();
  const tlsOptions = tlsOptionsWith(trustedCertificates);
  let closed = false;

  function retire(agent: Agent): void {
    // One that is being closed anyway says so by an error.
    if (agent.closed || agent.destroyed) return;
    retiring.add(agent);
    void agent.close().finally(() => retiring.delete(agent));
  }

  function create(identity: TlsIdentity, key: string): Entry {
    let made: TlsOptions | undefined;
    const tls = () => {
      made ??= tlsOptions(identity);
      return made;
    };
    const agent = new Agent({
      connect: connectorWith(tls, unanswered, allowed),
      allowH2: false,
      // Limits are the callers', on the injected clock; a stream that flows is never cut.
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
    connection(host, identity) {
      const refusal = allowed.refusalOf(host);
      if (refusal) throw refusal;
      return { ...entryFor(identity).tls(), lookup: allowed.lookup };
    },
    wentUnanswered: (error) => unanswered.has(error),
    async close() {
      closed = true;
      const agents = [...entries.values().map(({ agent }) => agent), ...retiring];
      await Promise.all(agents.map((agent) => agent.destroy()));
    },
  };
}

function connectorWith(
  tls: () => TlsOptions,
  unanswered: WeakSet<Error>,
  { refusalOf, lookup }: Destinations,
): buildConnector.connector {
  const common = { timeout: limits.connect, allowH2: false, lookup };
  const plain = buildConnector(common);
  let secure: buildConnector.connector | undefined;
  const secureOne = () => {
    secure ??= buildConnector({ ...common, ...tls() });
    return secure;
  };
  return (options, callback) => {
    const refusal = refusalOf(options.hostname);
    if (refusal) return queueMicrotask(() => callback(refusal, null));
    const connect = options.protocol === 'https:' ? secureOne() : plain;
    connect(options, (...result) => {
      if (result[1]) prepareSocket(result[1], unanswered);
      callback(...result);
    });
  };
}
