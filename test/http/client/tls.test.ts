import { expect, test } from 'vitest';
import { readClientCertificate } from '../../../src/gateway/login/certificate.ts';
import { unverified, verified } from '../../../src/http/client/tls.ts';
import { makeCertificates } from '../../gateway/certificates.ts';
import { open, secured } from '../../gateway/secured.ts';
import { startClient } from './start.ts';

const certificates = makeCertificates();
const client = readClientCertificate(certificates.client.crt, certificates.client.key);

test('a server must have a certificate of a known authority, unless the caller believes everybody', async () => {
  const { url } = await secured(open, certificates);
  const outcome = (trusted: string[], identity = verified) =>
    startClient({ trustedCertificates: trusted })
      .ask(url, { identity })
      .then(({ status }) => status)
      .catch(({ stage }) => stage);
  expect(await outcome([])).toBe('request');
  expect(await outcome([certificates.stranger.crt])).toBe('request');
  expect(await outcome([certificates.stranger.crt, certificates.authority.crt])).toBe(200);
  expect(await outcome([], unverified)).toBe(200);
});

test('a certificate is shown by the calls that have it, and by no other on the same server', async () => {
  const server = await secured(open, certificates);
  const { ask } = startClient({ trustedCertificates: [certificates.authority.crt] });
  const known = { skipVerify: false, certificate: client };
  for (const identity of [known, verified, known, unverified]) await ask(server.url, { identity });
  expect(server.seen.map(({ certificate }) => certificate)).toEqual(['client', undefined, 'client', undefined]);
});
