import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/core/bounded-map.ts';
import { readClientCertificate } from '../../src/gateway/login/certificate.ts';
import { createDispatchers } from '../../src/gateway/transport/dispatchers.ts';
import { makeCertificates } from './certificates.ts';
import { open, secured } from './secured.ts';

test('a full map lets go what was used longest ago', () => {
  const dropped: number[] = [];
  const map = new BoundedMap<number>(2, (value) => dropped.push(value));
  map.set('a', 1);
  map.set('b', 2);
  map.get('a');
  map.set('c', 3);
  expect([dropped, map.get('a'), map.get('b'), map.get('c')]).toEqual([[2], 1, undefined, 3]);
});

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
