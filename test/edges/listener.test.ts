import { X509Certificate } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { openListener } from '../../src/edges/listener.ts';
import { createAuthority, readAuthority } from '../../src/pki/authority.ts';
import { serverCertificate } from '../../src/pki/server-certificate.ts';
import { call } from '../support/call.ts';
import { ConnectorClient } from '../support/connector.ts';
import { start } from '../support/instance.ts';

test('a renewed server certificate is shown to new connections, and client certificates are judged as before', async () => {
  const paired = await new ConnectorClient(await start(), 'latest').pair('shop');
  const clientAuthority =
    /(-----BEGIN[^-]+-----[^-]+-----END CERTIFICATE-----\n)$/.exec(paired.identity.cert)?.[1] ?? '';
  const { certificatePem, privateKeyPem } = await createAuthority([systemClock.now()], systemRandom);
  const authority = readAuthority(certificatePem, privateKeyPem);
  const options = { authority, now: systemClock.now(), random: systemRandom, names: ['localhost'] };
  const [first, second] = [await serverCertificate(options), await serverCertificate(options)];
  const shown: string[] = [];
  const listener = await openListener({
    name: 'test',
    flag: '--test-port',
    host: '127.0.0.1',
    port: 0,
    handle: (_, response) => response.end('in'),
    tls: { key: first.key, cert: first.certificate, ca: clientAuthority, clientCertificates: 'handshake' },
  });
  onTestFinished(() => listener.close());
  const get = (identity: object) =>
    call(`https://localhost:${listener.port}/`, {
      ca: certificatePem,
      ...identity,
      checkServerIdentity: (_, { raw }) => {
        shown.push(new X509Certificate(raw).serialNumber);
        return undefined;
      },
    });
  expect((await get(paired.identity)).text).toBe('in');
  listener.renew({ key: second.key, cert: second.certificate });
  expect((await get(paired.identity)).text).toBe('in');
  await expect(get({})).rejects.toThrow(/certificate required/);
  expect(shown.slice(0, 2)).toEqual(
    [first, second].map(({ certificate }) => new X509Certificate(certificate).serialNumber),
  );
});
