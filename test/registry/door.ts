import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { silentLogger } from '../../src/core/log.ts';
import { systemRandom } from '../../src/core/random.ts';
import { ClientIdentities } from '../../src/edges/client-certificates.ts';
import { protectedDoor } from '../../src/edges/front-door.ts';
import { openListener } from '../../src/edges/listener.ts';
import type { Site } from '../../src/http/site.ts';
import { createAuthority, readAuthority } from '../../src/pki/authority.ts';
import { newClientPair } from '../../src/pki/key-pair.ts';
import { serverCertificate } from '../../src/pki/server-certificate.ts';

export interface ClientTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Made once for a test file: making keys takes a moment. */
const made = prepare();

async function prepare() {
  const now = systemClock.now();
  const { certificatePem, privateKeyPem } = await createAuthority([now], systemRandom);
  const authority = readAuthority(certificatePem, privateKeyPem);
  const server = await serverCertificate({ authority, names: ['localhost'], now, random: systemRandom });
  const { certificate, key } = await newClientPair({
    authority,
    subject: [{ type: 'CN', value: 'shop' }],
    notBefore: now - 60_000,
    notAfter: now + 86_400_000,
    random: systemRandom,
  });
  return { authority, server, client: { ca: certificatePem, cert: certificate, key } satisfies ClientTls };
}

/** A site behind mutual TLS, on a free port until the test ends. Who may see which application is tested elsewhere. */
export async function openDoor(site: Site): Promise<{ url: string; client: ClientTls }> {
  const { authority, server, client } = await made;
  const identities = new ClientIdentities({ authorities: () => [authority.certificate], clock: systemClock });
  const listener = await openListener({
    name: 'test',
    flag: '--test-port',
    host: '127.0.0.1',
    port: 0,
    handle: protectedDoor('istio', [{ matches: () => true, site }], identities, silentLogger),
    tls: { key: server.key, cert: server.certificate, ca: authority.certificatePem, clientCertificates: 'handshake' },
  });
  onTestFinished(() => listener.close());
  return { url: `https://localhost:${listener.port}`, client };
}
