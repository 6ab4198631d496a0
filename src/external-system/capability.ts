import { systemClock } from '../core/clock.ts';
import type { Capability } from '../foundation/capability.ts';
import type { EdgePlan } from '../foundation/edge.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { type Authority, readAuthority } from '../pki/authority.ts';
import { newClientPair, newServerPair } from '../pki/key-pair.ts';
import type { FlavorName } from './flavors.ts';
import { createExternalSystemSites } from './system.ts';

/** What the external system reads of the instance's settings. */
export interface ExternalSystemCapabilitySettings {
  readonly externalSystemFlavor: FlavorName;
  readonly externalSystemPort: number;
  readonly externalSystemTlsPort: number;
  readonly externalSystemExpiredPort: number;
  readonly hostName: readonly string[];
}

export interface ExternalSystemCapability extends Capability {
  /** What a seed can say about the system: see `fixtures/demo`. Its client certificate is a new one at every call. */
  seedVariables(urlOf: (edge: string) => string | undefined): Promise<Record<string, string>>;
}

const DAY = 24 * 60 * 60 * 1000;
const CLIENT_DAYS = 3650;
/** The day on which the certificate of the original's demo system was valid. (external-systems §1, §3) */
const EXPIRED = { notBefore: Date.UTC(2022, 7, 1), notAfter: Date.UTC(2022, 7, 2) };

/** A system outside of the cluster, to register and to call. */
export async function createExternalSystem(
  foundation: Foundation<ExternalSystemCapabilitySettings>,
): Promise<ExternalSystemCapability> {
  const { settings, clock, random } = foundation;
  const authority = readAuthority(foundation.authority.certificatePem, foundation.authority.privateKeyPem);
  const system = createExternalSystemSites({ clock, random, flavor: settings.externalSystemFlavor });
  // What a listener shows whose certificate ended long ago: made at every start, never stored.
  const names = ['localhost', '127.0.0.1', '::1', ...settings.hostName];
  const expired = await newServerPair({ authority, names, random, ...EXPIRED });

  const edges: EdgePlan[] = [
    {
      name: 'external-system',
      // Proxies call it by any name, and pages may read HTTPBin. (httpbin §1)
      callers: 'outside',
      flag: '--external-system-port',
      port: settings.externalSystemPort,
      serves: 'HTTPBin, an API to register and call',
      site: system.http,
    },
    {
      name: 'external-system-tls',
      callers: 'outside',
      flag: '--external-system-tls-port',
      port: settings.externalSystemTlsPort,
      serves: 'APIs for clients with a certificate',
      site: system.mutualTls,
      tls: { clients: 'required' },
    },
    {
      name: 'external-system-expired',
      callers: 'outside',
      flag: '--external-system-expired-port',
      port: settings.externalSystemExpiredPort,
      serves: 'the same with an expired certificate',
      site: system.mutualTls,
      tls: {
        clients: 'required',
        certificate: { cert: chain(authority, expired.certificate), key: expired.key },
      },
    },
  ];

  async function newClient() {
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
  }

  return {
    name: 'external-system',
    edges,
    async seedVariables(urlOf) {
      const { certificate, key } = await newClient();
      return {
        EXTERNAL_SYSTEM_URL: urlOf('external-system') ?? '',
        EXTERNAL_SYSTEM_TLS_URL: urlOf('external-system-tls') ?? '',
        EXTERNAL_SYSTEM_EXPIRED_URL: urlOf('external-system-expired') ?? '',
        DEMO_CLIENT_CERT: certificate,
        DEMO_CLIENT_KEY: key,
      };
    },
    reset: () => system.reset(),
    close: () => system.close(),
  };
}

/** An intermediate authority goes along, for those who know its root only. */
const chain = ({ certificate, certificatePem }: Authority, leaf: string) =>
  certificate.checkIssued(certificate) ? leaf : leaf + certificatePem;
