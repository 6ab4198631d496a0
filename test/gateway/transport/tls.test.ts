import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../start.ts';

/** A key, and a certificate for `localhost` that is its own authority. */
function selfSigned() {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', keyFile, '-out', certificateFile];
  const make = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, ...files];
  execFileSync('openssl', make, { stdio: 'ignore' });
  return { key: readFileSync(keyFile, 'utf8'), certificate: readFileSync(certificateFile, 'utf8') };
}

async function tlsTarget() {
  const { key, certificate } = selfSigned();
  const server = createServer({ cert: certificate, key }, (_, response) => response.end('secret'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, authority: certificate };
}

test('a target must have a certificate of a known authority for its name, unless skipVerify says otherwise', async () => {
  const { port, authority } = await tlsTarget();
  const call = async (host: string, skipVerify: boolean, trustedCertificates: string[]) => {
    const gateway = await startGateway(`https://${host}:${port}`, {
      spec: { skipVerify },
      settings: { trustedCertificates },
    });
    const { status, text } = await gateway.ask({ path: '/app/svc' });
    return [status, text];
  };
  expect(await call('localhost', false, [])).toEqual([502, '']);
  expect(await call('localhost', false, [authority])).toEqual([200, 'secret']);
  expect(await call('127.0.0.1', false, [authority])).toEqual([502, '']);
  expect(await call('127.0.0.1', true, [])).toEqual([200, 'secret']);
});
