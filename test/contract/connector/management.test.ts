import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { type Kymulator, startKymulator } from '../../../src/kymulator.ts';
import type { Answer } from '../../support/call.ts';
import {
  behindIstio,
  behindNginx,
  ConnectorClient,
  current,
  type GenerationName,
  type Paired,
  pemsOf,
  releases,
  sharedKey,
  withManagement,
} from '../../support/connector.ts';
import { start } from '../../support/instance.ts';
import { csr, rsaKey, slashSubject } from '../../support/openssl.ts';

const JSON_TYPE = 'application/json;charset=UTF-8';
const REVOKED = '{"code":403,"error":"Certificate has been revoked."}\n';
const leafOf = ({ identity }: Paired) =>
  identity.cert.match(/-----BEGIN[^-]+-----[^-]+-----END CERTIFICATE-----\n/)?.[0] ?? '';
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

/** What revocations list: 0.8 hashes the PEM text, everybody else the DER. (connector-service §4.10) */
const hashOf = (name: GenerationName, paired: Paired) => {
  const pem = leafOf(paired);
  return name === 'B2 (0.8)' ? sha256(pem) : sha256(new X509Certificate(pem).raw);
};

describe.each(withManagement)('certificates of %s', (name) => {
  let instance: Kymulator;
  let client: ConnectorClient;
  let paired: Paired;
  beforeAll(async () => {
    instance = await startKymulator({ kyma: releases[name] });
    client = new ConnectorClient(instance, name);
    paired = await client.pair('shop');
  });
  afterAll(() => instance.close());

  const gateway = (path: string) => `${instance.urls.gateway}/v1/applications/${path}`;
  const renew = (who: Paired, pem: string) => client.sign(gateway('certificates/renewals'), pem, who.identity);

  test('a renewal gives a new certificate for the same subject, with any key (§4.7)', async () => {
    const key = rsaKey();
    const answer = await renew(paired, csr({ key, subject: slashSubject(paired.subject) }));
    expect([answer.status, answer.headers['content-type']]).toEqual([201, JSON_TYPE]);
    expect(Object.keys(answer.json)).toEqual(['crt', 'clientCrt', 'caCrt']);
    const [leaf = ''] = pemsOf(answer.json.clientCrt);
    expect(new X509Certificate(leaf).subject).toBe(new X509Certificate(leafOf(paired)).subject);
    for (const identity of [paired.identity, { cert: leaf, key }]) {
      expect((await client.get(gateway('management/info'), identity)).status).toBe(200);
    }
  });

  test.each([
    [
      'another common name',
      (subject: string) => subject.replace('shop', 'other'),
      'CSR: Invalid common name provided.',
    ],
    [
      'another organization',
      (subject: string) => subject.replace('Organization', 'Acme'),
      'CSR: Invalid organization provided.',
    ],
  ])('a renewal for %s is refused', async (_, change, error) => {
    const answer = await renew(paired, csr({ key: sharedKey, subject: slashSubject(change(paired.subject)) }));
    expect([answer.status, answer.json]).toEqual([400, { code: 400, error }]);
  });

  test('a renewal needs no token and does not look at one', async () => {
    const request = csr({ key: sharedKey, subject: slashSubject(paired.subject) });
    const answer = await client.sign(`${gateway('certificates/renewals')}?token=nonsense`, request, paired.identity);
    expect(answer.status).toBe(201);
  });

  test('a revocation answers 201 without body each time, and stops renewals only (§4.8, §4.10)', async () => {
    const revoked = await client.pair('revoked');
    const revoke = () => client.get(gateway('certificates/revocations'), { method: 'POST', ...revoked.identity });
    for (const answer of [await revoke(), await revoke()]) {
      expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([201, '', JSON_TYPE]);
    }
    expect((await renew(revoked, 'whatever')).text).toBe(REVOKED);
    const invalid = await client.get(gateway('certificates/renewals'), {
      method: 'POST',
      body: 'no JSON',
      ...revoked.identity,
    });
    expect([invalid.status, invalid.text]).toEqual([403, REVOKED]);
    expect((await client.get(gateway('management/info'), revoked.identity)).status).toBe(200);
    expect((await renew(paired, csr({ key: sharedKey, subject: slashSubject(paired.subject) }))).status).toBe(201);
  });

  const revokeInside = (text: string) =>
    client.internal('/v1/applications/certificates/revocations', { method: 'POST', body: text });

  test('a revocation inside the cluster goes by the hash, in any case of the key (§4.9)', async () => {
    const first = await client.pair('inside');
    for (const key of ['hash', 'Hash', 'HASH']) {
      const answer = await revokeInside(JSON.stringify({ [key]: hashOf(name, first) }));
      expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([201, '', JSON_TYPE]);
    }
    expect((await renew(first, 'whatever')).text).toBe(REVOKED);
  });

  test('a hash in upper case is taken and has no effect', async () => {
    const other = await client.pair('upper');
    expect((await revokeInside(JSON.stringify({ hash: hashOf(name, other).toUpperCase() }))).status).toBe(201);
    expect((await renew(other, csr({ key: sharedKey, subject: slashSubject(other.subject) }))).status).toBe(201);
  });

  test.each([
    ['', 'unexpected end of JSON input.'],
    ['{hash: abc}', "invalid character 'h' looking for beginning of object key string."],
    ['{}', 'certificate hash value not provided.'],
    ['{"hash":""}', 'certificate hash value not provided.'],
    ['null', 'certificate hash value not provided.'],
    ['[]', 'json: cannot unmarshal array into Go value of type internalapi.revocationBody.'],
    ['{"hash":5}', 'json: cannot unmarshal number into Go struct field revocationBody.Hash of type string.'],
  ])('a revocation inside the cluster refuses the body %j (§5)', async (text, error) => {
    const answer = await revokeInside(text);
    expect([answer.status, answer.json]).toEqual([
      400,
      { code: 400, error: `Error while unmarshalling request body: ${error}` },
    ]);
  });

  test('a hash that Kubernetes cannot keep is 500 with its text', async () => {
    const answer = await revokeInside('{"hash":"a b"}');
    expect(answer.status).toBe(500);
    expect(answer.json.error).toMatch(
      /^Unable to mark certificate as revoked: ConfigMap "revocations-config" is invalid: .*\.$/,
    );
  });

  test('the list is the ConfigMap of the cluster: what is written there counts, and without it nothing goes', async () => {
    const own = await start({ kyma: releases[name] });
    const there = new ConnectorClient(own, name);
    const someone = await there.pair('shop');
    const list = { apiVersion: 'v1', kind: 'ConfigMap', name: 'revocations-config', namespace: 'kyma-integration' };
    const hash = hashOf(name, someone);
    const renewal = () =>
      there.sign(`${own.urls.gateway}/v1/applications/certificates/renewals`, 'x', someone.identity);
    await own.store.patch(list, { data: { [hash]: hash } });
    expect((await renewal()).text).toBe(REVOKED);
    await own.store.delete(list);
    expect((await renewal()).json).toEqual({ code: 500, error: 'Failed to read revocation list.' });
    const revocation = await there.internal('/v1/applications/certificates/revocations', {
      method: 'POST',
      body: JSON.stringify({ hash }),
    });
    expect(revocation.json).toEqual({
      code: 500,
      error: 'Unable to mark certificate as revoked: configmaps "revocations-config" not found.',
    });
  });
});

/** nginx answers in HTTP, before it looks at the path. (connector-service §7.1) */
describe.each(behindNginx)('the gateway of %s without a good certificate', (name) => {
  test('is HTTP 400 with a page, whatever the path', async () => {
    const instance = await start({ kyma: releases[name] });
    const client = new ConnectorClient(instance, name);
    for (const path of ['/v1/applications/management/info', '/nowhere']) {
      const none = await client.get(instance.urls.gateway + path);
      expect([none.status, none.headers['content-type']]).toEqual([400, 'text/html']);
      expect(none.text).toContain('<title>400 No required SSL certificate was sent</title>');
    }
    const foreign = await new ConnectorClient(await start(), 'latest').pair('shop');
    const answer = await client.get(`${instance.urls.gateway}/v1/applications/management/info`, foreign.identity);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('<title>400 The SSL certificate error</title>');
  });

  test('knows nothing about other paths', async () => {
    const instance = await start({ kyma: releases[name] });
    const client = new ConnectorClient(instance, name);
    const { identity } = await client.pair('shop');
    const answer = await client.get(`${instance.urls.gateway}/v1/applications/certificates`, identity);
    expect([answer.status, answer.text]).toEqual([404, 'default backend - 404']);
  });
});

/** Istio breaks the handshake. (connector-service §7.2) */
describe.each(behindIstio)('the gateway of %s without a good certificate', (name) => {
  test('does not let the handshake through', async () => {
    const instance = await start({ kyma: releases[name] });
    const client = new ConnectorClient(instance, name);
    const url = `${instance.urls.gateway}/v1/applications/management/info`;
    await expect(client.get(url)).rejects.toThrow(/alert certificate required/);
    const foreign = await new ConnectorClient(await start(), 'latest').pair('shop');
    await expect(client.get(url, foreign.identity)).rejects.toThrow(/alert|ECONNRESET|EPIPE|hang up/);
  });

  test('knows nothing about other paths', async () => {
    const instance = await start({ kyma: releases[name] });
    const client = new ConnectorClient(instance, name);
    const { identity } = await client.pair('shop');
    const answer = await client.get(`${instance.urls.gateway}/v1/applications/certificates`, identity);
    expect([answer.status, answer.text, answer.headers.server]).toEqual([404, '', 'istio-envoy']);
  });
});

describe.each(['B4', 'latest'] as GenerationName[])('an expired certificate at the gateway of %s', (name) => {
  test('is refused when the clock has passed its end', async () => {
    const clock = new ManualClock();
    const instance = await start({ kyma: releases[name], clock });
    const client = new ConnectorClient(instance, name);
    const { identity } = await client.pair('shop');
    const info = () => client.get(`${instance.urls.gateway}/v1/applications/management/info`, identity);
    clock.advance(91 * 86_400_000);
    expect((await info()).status).toBe(200);
    clock.advance(2 * 86_400_000);
    if (name === 'B4') expect((await info()).text).toContain('The SSL certificate error');
    else await expect(info()).rejects.toThrow(/hang up|ECONNRESET/);
  });
});

describe.each(current)('the public host of %s', (name) => {
  test('lets through what the release exposed (§7)', async () => {
    const instance = await start({ kyma: releases[name] });
    const client = new ConnectorClient(instance, name);
    const status = async (path: string) => (await client.get(instance.urls.connector + path)).status;
    const everything = ['B1', 'B2 (0.8)', 'B2 (0.9)'].includes(name);
    const withDocument = everything || ['B5', 'B6', 'latest'].includes(name);
    expect(await status('/v1/applications/signingRequests/info')).toBe(403);
    expect(await status('/v1/applications/certificates')).toBe(405);
    expect(await status('/v1/remoteenvironments/x/info')).toBe(403);
    expect(await status('/v1')).toBe(everything ? 301 : 404);
    expect(await status('/v1/api.yaml')).toBe(withDocument ? 200 : 404);
    const management = await client.get(`${instance.urls.connector}/v1/applications/management/info`);
    if (name.startsWith('B2')) expect(management.json.error).toBe('Invalid certificate subject');
    else expect(management.status).toBe(404);
  });

  test('believes no identity header of a client outside', async () => {
    const instance = await start({ kyma: releases[name] });
    const client = new ConnectorClient(instance, name);
    const headers = {
      'X-Forwarded-Client-Cert': 'Hash=ab;Subject="CN=shop,OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE"',
      'Client-Certificate-Subject': 'CN=shop,OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE',
      'Client-Certificate': 'x',
    };
    const outside = await client.get(`${instance.urls.connector}/v1/applications/management/info`, { headers });
    expect(outside.status).toBeGreaterThanOrEqual(400);
    if (name === 'B1') return;
    const { identity } = await client.pair('real');
    const url = `${instance.urls.gateway}/v1/applications/management/info`;
    const answer = await client.get(url, { ...identity, headers });
    expect(answer.json.clientIdentity.application).toBe('real');
  });
});

/** Inside the cluster the gateway's headers are all that the service has. (connector-service §5, §7) */
describe.each(behindNginx)('identity headers inside the cluster of %s', (name) => {
  let client: ConnectorClient;
  beforeAll(async () => {
    client = new ConnectorClient(await startKymulator({ kyma: releases[name] }), name);
  });
  afterAll(() => client.instance.close());

  const info = (headers: Record<string, string>): Promise<Answer> =>
    client.inCluster('/v1/applications/management/info', { headers });
  const post = (path: string, headers: Record<string, string>, text = '') =>
    client.inCluster(`/v1/applications/certificates/${path}`, { method: 'POST', headers, body: text });
  const subjectHeader = { 'Client-Certificate-Subject': 'CN=shop,OU=Whatever,C=FR' };

  test('the subject header names the client; only the common name is looked at', async () => {
    expect((await info(subjectHeader)).json.clientIdentity).toEqual({ application: 'shop' });
  });

  test.each([[{}], [{ 'Client-Certificate-Subject': 'OU=x' }]])('without a name it is 400: %j', async (headers) => {
    const answer = await info(headers as Record<string, string>);
    expect([answer.status, answer.json.error]).toEqual([400, 'Invalid certificate subject']);
  });

  test('the certificate is needed for hashes; 0.8 takes an empty one', async () => {
    const renewal = await post('renewals', subjectHeader);
    const revocation = await post('revocations', subjectHeader);
    const missing = 'Cannot calculate certificate hash. Certificate not passed to the service.';
    const lenient = name === 'B2 (0.8)';
    expect(renewal.json.error).toBe(
      lenient ? 'Error while unmarshalling request body: unexpected end of JSON input' : missing,
    );
    if (!lenient) expect([revocation.status, revocation.json.error]).toEqual([500, missing]);
  });

  test('broken escapes and broken certificates have their own texts', async () => {
    const escapes = await post('revocations', { ...subjectHeader, 'Client-Certificate': '%zz' });
    const broken = await post('revocations', { ...subjectHeader, 'Client-Certificate': 'x' });
    if (name === 'B2 (0.8)') {
      expect([escapes.status, escapes.json.error]).toEqual([500, 'Failed to calculate certificate hash.']);
      return;
    }
    expect([escapes.status, escapes.json.error]).toEqual([500, 'Failed to unescape characters from certificate.']);
    expect([broken.status, broken.json.error]).toEqual([500, 'Failed to calculate certificate hash.']);
  });

  test("nginx's escaped certificate gives the hash that revocations list", async () => {
    const paired = await client.pair('escaped');
    const headers = { ...subjectHeader, 'Client-Certificate': encodeURIComponent(leafOf(paired)) };
    expect((await post('revocations', headers)).status).toBe(201);
    const gateway = client.instance.urls.gateway;
    expect((await client.sign(`${gateway}/v1/applications/certificates/renewals`, 'x', paired.identity)).text).toBe(
      REVOKED,
    );
  });
});

describe.each(behindIstio)('identity headers inside the cluster of %s', (name) => {
  let client: ConnectorClient;
  beforeAll(async () => {
    client = new ConnectorClient(await startKymulator({ kyma: releases[name] }), name);
  });
  afterAll(() => client.instance.close());

  const info = (header?: string) =>
    client.inCluster('/v1/applications/management/info', {
      headers: header === undefined ? {} : { 'X-Forwarded-Client-Cert': header },
    });
  const fixed = 'OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE';

  test.each([
    ['in the order of the gateway', `Hash=ab;Subject="CN=shop,${fixed}";URI=`],
    [
      'in another order with blanks',
      `Hash=ab;Subject="C=DE, ST=Waldorf, O=Organization, OU=OrgUnit, L=Waldorf, CN=shop"`,
    ],
    ['behind the element of the mesh', `Hash=ab;Subject="";URI=spiffe://x,Hash=cd;Subject="CN=shop,${fixed}"`],
    ['with elements divided by semicolons', `Subject="";Hash=ab;Hash=cd;Subject="CN=shop,${fixed}"`],
  ])('a subject counts %s (§7.3)', async (_, header) => {
    expect((await info(header)).json.clientIdentity).toEqual({ application: 'shop' });
  });

  test.each([
    [undefined, 'Certificate header is empty'],
    ['', 'Certificate header is empty'],
    ['Hash=ab', 'Failed to get certificate subject from header.'],
    [`Hash=ab;Subject="CN=shop,${fixed.replace('DE', 'FR')}"`, 'Failed to get certificate subject from header.'],
    [`Hash=ab;Subject="CN=shop,${fixed.replace('OrgUnit', 'X')}"`, 'Failed to get certificate subject from header.'],
    ['Hash=ab;Subject="/C=DE/O=Organization/CN=shop"', 'Failed to get certificate subject from header.'],
    [`Hash=ab;Subject="${fixed}"`, 'Empty Common Name in certificate header'],
  ])('the header %j is 400 (§5)', async (header, error) => {
    const answer = await info(header);
    expect([answer.status, answer.json]).toEqual([400, { code: 400, error: `Invalid certificate: ${error}` }]);
  });

  test('the hash of the matching element is the one that is revoked', async () => {
    const header = (hash: string) => ({ 'X-Forwarded-Client-Cert': `Hash=${hash};Subject="CN=shop,${fixed}"` });
    const post = (path: string, hash: string) =>
      client.inCluster(`/v1/applications/certificates/${path}`, { method: 'POST', headers: header(hash) });
    expect((await post('revocations', 'abc1')).status).toBe(201);
    expect((await post('renewals', 'abc1')).text).toBe(REVOKED);
    expect((await post('renewals', 'abc2')).status).toBe(500);
  });
});
