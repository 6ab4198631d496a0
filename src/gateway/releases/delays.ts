import type { Clock } from '../../core/clock.ts';
import { ExpiringMap } from '../../core/expiring-map.ts';
import type { SecretContent, Secrets } from '../login/secrets.ts';
import type { ApiIndex, Applications } from '../routing/lookup.ts';

/** How long upstream keeps what it has read, in milliseconds. (application-gateway §1, §12) */
const upstreamDelays = { application: 300_000, secret: 300_000, proxy: 120_000 } as const;

/** Things kept at the same time; beyond, the one that was used longest ago is read again. */
const LIMIT = 10_000;

/** Reads a thing by a key, and keeps what it has read for a while. What does not exist is not kept. */
export interface ReadCache<T> {
  get(key: string, read: () => T): T;
  /** Reads it anew before its time is over. */
  renew(key: string, read: () => T): T;
  /** Forgets everything. */
  clear(): void;
}

/** A cache with a fixed life from the read, not extended by use. */
function createReadCache<T>(clock: Clock, milliseconds: number): ReadCache<T> {
  const kept = new ExpiringMap<T>(clock, LIMIT);
  function renew(key: string, read: () => T): T {
    const value = read();
    if (value === undefined) kept.delete(key);
    else kept.set(key, value, clock.now() + milliseconds);
    return value;
  }
  return {
    get: (key, read) => kept.get(key) ?? renew(key, read),
    renew,
    clear: () => kept.clear(),
  };
}

/** Proxy objects as upstream keeps them; undefined where none are kept. (application-gateway §12) */
export const proxyCache = <T>(clock: Clock, cacheDelays = false): ReadCache<T> | undefined =>
  cacheDelays ? createReadCache<T>(clock, upstreamDelays.proxy) : undefined;

/** What the central gateway reads of the cluster. */
export interface Reads {
  readonly applications: Applications;
  readonly secrets: Secrets;
}

/** The same, as old as upstream's answers can be, until they are read anew. */
export function cachedReads({ applications, secrets }: Reads, clock: Clock): Reads & { clear(): void } {
  const oldApplications = createReadCache<ApiIndex | undefined>(clock, upstreamDelays.application);
  const oldSecrets = createReadCache<SecretContent | undefined>(clock, upstreamDelays.secret);
  return {
    applications: { get: (name) => oldApplications.get(name, () => applications.get(name)) },
    secrets: {
      get: (name, namespace) =>
        oldSecrets.get(`${namespace}/${name}`, () => {
          const secret = secrets.get(name, namespace);
          return secret?.isEmpty ? undefined : secret;
        }) ?? secrets.get(name, namespace),
    },
    clear() {
      oldApplications.clear();
      oldSecrets.clear();
    },
  };
}
