import { type ConnectionOptions, getCACertificates } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';

/** The gateway's connections to targets. */
export interface Dispatchers {
  /** @param skipVerify the Application's setting: any server certificate will do */
  for(skipVerify: boolean): Dispatcher;
  /** The same for a connection outside of the dispatchers. */
  tls(skipVerify: boolean): TlsOptions;
  /** Ends all connections, also those in use; calls after it fail. */
  close(): Promise<void>;
}

export type TlsOptions = Pick<ConnectionOptions, 'rejectUnauthorized' | 'ca'>;

/** Times in milliseconds; they concern sockets, not behaviour, and so run on real time. (application-gateway §10) */
const limits = { connect: 30_000, idle: 90_000, maxHeaderSize: 1024 * 1024 } as const;

/**
 * Opens nothing until the first call.
 * @param trustedCertificates PEM certificates of authorities to trust besides the system's (§11; upstream has no such
 *   setting, but its cluster could add to the system's)
 */
export function createDispatchers(trustedCertificates: readonly string[]): Dispatchers {
  const agents = new Map<boolean, Agent>();
  let closed = false;
  const tls = (skipVerify: boolean): TlsOptions => ({
    rejectUnauthorized: !skipVerify,
    ...(trustedCertificates.length > 0 && { ca: [...getCACertificates('default'), ...trustedCertificates] }),
  });
  const create = (skipVerify: boolean) =>
    new Agent({
      connect: { timeout: limits.connect, ...tls(skipVerify) },
      // The gateway has its own limits, on the injected clock; a stream that flows is never cut.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveMaxTimeout: limits.idle,
      maxHeaderSize: limits.maxHeaderSize,
      pipelining: 1,
    });
  return {
    for(skipVerify) {
      const agent = agents.get(skipVerify) ?? create(skipVerify);
      agents.set(skipVerify, agent);
      if (closed) void agent.destroy();
      return agent;
    },
    tls,
    async close() {
      closed = true;
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
    },
  };
}
