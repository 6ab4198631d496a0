import { systemClock } from '../core/clock.ts';
import type { ExternalSite } from '../external-system/site.ts';
import { createExternalSystem } from '../external-system/system.ts';
import { type Authority, readAuthority } from '../pki/authority.ts';
import { type KeyPair, newClientPair, newServerPair } from '../pki/key-pair.ts';
import type { Foundation } from './foundation.ts';

/** The demo system with what its edges and the seed need. */
export interface DemoSystem {
  readonly http: ExternalSite;
  readonly mutualTls: ExternalSite;
  /** What a listener shows whose certificate ended long ago. Made at every start, never stored. */
  readonly expired: { readonly cert: string; readonly key: string };
  /** A client that the listeners with mutual TLS let in; another one at every call. */
  newClient(): Promise<KeyPair>;
}

export interface DemoAuthority {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

const DAY = 24 * 60 * 60 * 1000;
const CLIENT_DAYS = 3650;
/** The day on which the certificate of the original's demo system was valid. (external-systems §1, §3) */
const EXPIRED = { notBefore: Date.UTC(2022, 7, 1), notAfter: Date.UTC(2022, 7, 2) };

export async function createDemoSystem(
  { settings, clock, random, opened }: Foundation,
  files: DemoAuthority,
): Promise<DemoSystem> {
  const authority = readAuthority(files.certificatePem, files.privateKeyPem);
  const system = opened.adopt(
    createExternalSystem({ clock, random, flavor: settings.externalSystemFlavor }),
    (system) => system.close(),
  );
  const names = ['localhost', '127.0.0.1', '::1', ...settings.hostName];
  const { certificate, key } = await newServerPair({ authority, names, random, ...EXPIRED });
  return {
    http: system.http,
    mutualTls: system.mutualTls,
    expired: { cert: chain(authority, certificate), key },
    async newClient() {
      // The handshake goes by the machine's time where it judges; elsewhere our own clock counts.
      const times = [clock.now(), systemClock.now()];
      const pair = await newClientPair({
        authority,
        // No application has this subject, so that the certificate opens nothing but the demo system.
        subject: [{ type: 'CN', value: 'Kymulator demo client' }],
        notBefore: Math.min(...times) - DAY,
        notAfter: Math.max(...times) + CLIENT_DAYS * DAY,
        random,
      });
      return { ...pair, certificate: chain(authority, pair.certificate) };
    },
  };
}

/** An intermediate authority goes along, for those who know its root only. */
const chain = ({ certificate, certificatePem }: Authority, leaf: string) =>
  certificate.checkIssued(certificate) ? leaf : leaf + certificatePem;

/** What a seed can say about the demo system: see `fixtures/demo`. */
export async function demoVariables(
  system: DemoSystem,
  urlOf: (edge: string) => string | undefined,
): Promise<Record<string, string>> {
  const { certificate, key } = await system.newClient();
  return {
    EXTERNAL_SYSTEM_URL: urlOf('external-system') ?? '',
    EXTERNAL_SYSTEM_TLS_URL: urlOf('external-system-tls') ?? '',
    EXTERNAL_SYSTEM_EXPIRED_URL: urlOf('external-system-expired') ?? '',
    DEMO_CLIENT_CERT: certificate,
    DEMO_CLIENT_KEY: key,
  };
}
