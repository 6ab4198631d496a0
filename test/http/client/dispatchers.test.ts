import { expect, test } from 'vitest';
import { readClientCertificate } from '../../../src/gateway/login/certificate.ts';
import { createDispatchers } from '../../../src/http/client/dispatchers.ts';
import { makeCertificates } from '../../gateway/certificates.ts';
import { open, secured } from '../../gateway/secured.ts';

test('pools are per identity, and one that is not used any more is closed', async () => {
  const certificates = makeCertificates();
  const server = await secured(open, certificates);
  const dispatchers = createDispatchers([certificates.authority.crt]);
  const certificate = readClientCertificate(certificates.client.crt, certificates.client.key);
  const known = dispatchers.for({ skipVerify: false, certificate });
  const plain = dispatchers.for({ skipVerify: false, certificate: undefined });
  expect(plain).not.toBe(known);
  expect(dispatchers.for({ skipVerify: false, certificate: { ...certificate } })).toBe(known);
  const { statusCode, body } = await known.request({
    origin: server.url,
    path: '/',
    method: 'GET',
    headers: { connection: 'close' },
  });
  await body.dump();
  expect(statusCode).toBe(200);
  // Its only connection ends, and with it the pool.
  await expect.poll(() => dispatchers.for({ skipVerify: false, certificate }) === known).toBe(false);
  await dispatchers.close();
  await dispatchers.close();
  await expect(plain.request({ origin: server.url, path: '/', method: 'GET' })).rejects.toThrow();
});
