import { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { openListener } from '../../src/edges/listener.ts';
import { ownResponse } from '../../src/http/own-response.ts';
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

/** Everything that a plain edge says to some packets, until it closes the connection; the client leaves it open. */
async function told(...packets: string[]): Promise<string> {
  const listener = await openListener({
    name: 'test',
    flag: '--test-port',
    host: '127.0.0.1',
    port: 0,
    handle: (request, response) => void setImmediate(() => response.end(request.url)),
    upgrade: (request) => ownResponse(request).writeHead(404, { 'content-length': 0 }).end(),
  });
  onTestFinished(() => listener.close());
  const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
  let got = '';
  socket.on('data', (bytes) => {
    got += bytes;
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('end', resolve));
  for (const packet of packets) socket.write(packet);
  await closed;
  const gone = new Promise((resolve) => socket.once('close', resolve));
  // A write tells whether the other side is still there.
  const knock = setInterval(() => socket.write('x'), 50);
  await gone;
  clearInterval(knock);
  return got;
}

const GOOD = 'GET /good HTTP/1.1\r\nHost: a\r\n\r\n';
const UPGRADE = 'GET /up HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n';

test.each([
  ['a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', /\/good.*405 Method Not Allowed.*no proxy for TLS/s],
  ['what is no HTTP', 'XX YY\r\n\r\n', /\/good.*400 Bad Request/s],
  ['a protocol that is not spoken', UPGRADE, /\/good.*404 Not Found/s],
])('%s is refused in its turn, and the connection ends with that', async (_, bad, expected) => {
  expect(await told(GOOD + bad)).toMatch(expected);
});

test('a protocol behind an expectation that is not met does no harm', async () => {
  const odd = 'GET /odd HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n';
  expect(await told(odd + UPGRADE)).toMatch(/^HTTP\/1\.1 417 /);
});
