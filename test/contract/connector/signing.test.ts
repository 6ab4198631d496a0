import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kymulator, startKymulator } from '../../../src/kymulator.ts';
import type { Answer } from '../../support/call.ts';
import {
  ConnectorClient,
  early,
  type GenerationName,
  generationNames,
  pemsOf,
  releases,
  sharedKey,
} from '../../support/connector.ts';
import { start, temporaryFolder } from '../../support/instance.ts';
import { base64, csr, keyOf, openssl, rsaKey, x509 } from '../../support/openssl.ts';

const rsa1024 = rsaKey(1024);
const rsa512 = rsaKey(512);
const ecKey = keyOf('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
const edKey = keyOf('-algorithm', 'ED25519');

const subject = '/C=DE/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/CN=shop';
const make = (options: Partial<Parameters<typeof csr>[0]> = {}) => csr({ key: sharedKey, subject, ...options });
const good = make();

const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
const pemOf = (der: Buffer, label = 'CERTIFICATE REQUEST') =>
  `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
const tampered = (pem: string) => {
  const der = derOf(pem);
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  return pemOf(der);
};
const withCsr = (pem: string | Buffer) => JSON.stringify({ csr: base64(pem) });

/** Body → status and text; `%name` is how the generation calls the common name. (connector-service §5, §6.1, §15) */
const refusals: readonly (readonly [what: string, body: string, status: number, error: string])[] = [
  ['an empty body', '', 500, 'Error while unmarshalling request body: unexpected end of JSON input'],
  ['text', 'abc', 500, "Error while unmarshalling request body: invalid character 'a' looking for beginning of value"],
  [
    'an array',
    '[]',
    500,
    'Error while unmarshalling request body: json: cannot unmarshal array into Go value of type externalapi.certRequest',
  ],
  [
    'a bool',
    'true',
    500,
    'Error while unmarshalling request body: json: cannot unmarshal bool into Go value of type externalapi.certRequest',
  ],
  [
    'a number for the request',
    '{"csr":5}',
    500,
    'Error while unmarshalling request body: json: cannot unmarshal number into Go struct field certRequest.csr of type string',
  ],
  [
    'a raw line break in the text',
    '{"csr":"a\nb"}',
    500,
    "Error while unmarshalling request body: invalid character '\\n' in string literal",
  ],
  [
    'text after the object',
    '{}x',
    500,
    "Error while unmarshalling request body: invalid character 'x' after top-level value",
  ],
  ['a cut object', '{"csr":"', 500, 'Error while unmarshalling request body: unexpected end of JSON input'],
  [
    'a cut word',
    '{"csr":nul',
    500,
    "Error while unmarshalling request body: invalid character ' ' in literal null (expecting 'l')",
  ],
  [
    'a byte order mark',
    '\ufeff{}',
    500,
    "Error while unmarshalling request body: invalid character 'ï' looking for beginning of value",
  ],
  ['no csr', '{}', 400, 'Error while decoding pem block.'],
  ['null', 'null', 400, 'Error while decoding pem block.'],
  ['an empty csr', '{"csr":""}', 400, 'Error while decoding pem block.'],
  ['a csr that is null', '{"csr":null}', 400, 'Error while decoding pem block.'],
  ['base64 of no PEM', withCsr('hello'), 400, 'Error while decoding pem block.'],
  ...(
    [
      ['a blank in base64', base64(good).replace(/^(.{8})/, '$1 ')],
      ['URL-safe base64', '-_-_'],
      ['base64 without padding', base64(`${good} `).replace(/=+$/, '').slice(0, -1)],
      ['no base64 at all', '***'],
    ] as const
  ).map(
    ([what, text]) =>
      [
        what,
        JSON.stringify({ csr: text }),
        400,
        'There was an error while parsing the base64 content. An incorrect value was provided.',
      ] as const,
  ),
  ['a PEM block in one line', withCsr(good.replaceAll('\n', '')), 400, 'Error while decoding pem block.'],
  ['a differing END label', withCsr(good.replace('END CERT', 'END XERT')), 400, 'Error while decoding pem block.'],
  [
    'a PEM block with nothing in it',
    withCsr('-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n'),
    400,
    'Error while parsing CSR: asn1: syntax error: sequence truncated',
  ],
  [
    'DER that is cut short',
    withCsr(pemOf(derOf(good).subarray(0, 300))),
    400,
    'Error while parsing CSR: asn1: syntax error: data truncated',
  ],
  [
    'bytes after the request',
    withCsr(pemOf(Buffer.concat([derOf(good), Buffer.of(0)]))),
    400,
    'Error while parsing CSR: asn1: syntax error: trailing data',
  ],
  ['a tampered RSA signature', withCsr(tampered(good)), 400, 'CSR signature invalid: crypto/rsa: verification error'],
  [
    'a tampered EC signature',
    withCsr(tampered(make({ key: ecKey }))),
    400,
    'CSR signature invalid: x509: ECDSA verification failure',
  ],
  [
    'an MD5 signature',
    withCsr(make({ args: ['-md5'] })),
    400,
    'CSR signature invalid: x509: cannot verify signature: insecure algorithm MD5-RSA',
  ],
  [
    'PSS with another salt length',
    withCsr(make({ args: ['-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:20'] })),
    400,
    'CSR signature invalid: x509: cannot verify signature: algorithm unimplemented',
  ],
  [
    'an EC key',
    withCsr(make({ key: ecKey })),
    500,
    'Error while creating certificate: x509: requested SignatureAlgorithm does not match private key type',
  ],
  [
    'an Ed25519 key',
    withCsr(make({ key: edKey, args: [] })),
    500,
    'Error while creating certificate: x509: requested SignatureAlgorithm does not match private key type',
  ],
  ...(
    [
      ['another common name', subject.replace('shop', 'other'), 'Invalid %name provided.'],
      ['another case in the common name', subject.replace('shop', 'Shop'), 'Invalid %name provided.'],
      ['no common name', subject.replace('/CN=shop', ''), 'Invalid %name provided.'],
      ['two common names, the last one wrong', `${subject}/CN=other`, 'Invalid %name provided.'],
      ['no country', subject.replace('/C=DE', ''), 'No country provided.'],
      ['another country', subject.replace('C=DE', 'C=FR'), 'Invalid country provided.'],
      ['no organization', subject.replace('/O=Organization', ''), 'No organization provided.'],
      ['another organization', subject.replace('=Organization', '=Acme'), 'Invalid organization provided.'],
      ['no organizational unit', subject.replace('/OU=OrgUnit', ''), 'No organizational unit provided.'],
      ['another organizational unit', subject.replace('OrgUnit', 'X'), 'Invalid organizational unit provided.'],
      ['no locality', subject.replace('/L=Waldorf', ''), 'No locality provided.'],
      ['another locality', subject.replace('/L=Waldorf', '/L=Bonn'), 'Invalid locality provided.'],
      ['no province', subject.replace('/ST=Waldorf', ''), 'No province provided.'],
      ['another province', subject.replace('ST=Waldorf', 'ST=BW'), 'Invalid province provided.'],
      [
        'wrong country and organization, in that order',
        '/O=Acme/C=FR/OU=OrgUnit/L=Waldorf/ST=Waldorf/CN=shop',
        'Invalid country provided.',
      ],
      [
        'two organizations, the first one wrong',
        subject.replace('/O=Organization', '/O=Acme/O=Organization'),
        'Invalid organization provided.',
      ],
    ] as const
  ).map(([what, requested, text]) => [what, withCsr(make({ subject: requested })), 400, `CSR: ${text}`] as const),
];

/** Requests that are signed although one might refuse them. (connector-service §2.3, §6.1) */
const acceptances: readonly (readonly [what: string, body: string])[] = [
  ['a plain request', withCsr(good)],
  ['an upper-case key', JSON.stringify({ CSR: base64(good) })],
  ['an unknown key beside it', JSON.stringify({ other: [1], csr: base64(good) })],
  ['line feeds inside the base64', JSON.stringify({ csr: base64(good).replace(/(.{76})/g, '$1\r\n') })],
  ['two keys, the last one good', `{"csr":"x","CSR":"${base64(good)}"}`],
  ['a null after the key', `{"csr":"${base64(good)}","csr":null}`],
  ['another PEM label', withCsr(good.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'))],
  ['text before the block and another block behind', withCsr(`hello\n${good}${good}`)],
  ['CRLF', withCsr(good.replaceAll('\n', '\r\n'))],
  ['PEM header lines', withCsr(good.replace('-----\n', '-----\nProc-Type: x\nY: z\n\n'))],
  ['blanks at line ends', withCsr(good.replaceAll('\n', ' \t\n'))],
  ['an unfinished block before it', withCsr(`-----BEGIN CERTIFICATE REQUEST-----\n${good}`)],
  [
    'another order of the subject',
    withCsr(
      make({
        subject: subject
          .split('/')
          .slice(1)
          .reverse()
          .map((part) => `/${part}`)
          .join(''),
      }),
    ),
  ],
  ['an e-mail address in the subject', withCsr(make({ subject: `${subject}/emailAddress=a@b.c` }))],
  ['two common names, the last one good', withCsr(make({ subject: subject.replace('/CN=shop', '/CN=x/CN=shop') }))],
  ['two countries, the first one good', withCsr(make({ subject: `${subject}/C=FR` }))],
  ['a 1024-bit key', withCsr(make({ key: rsa1024 }))],
  ['SHA-1', withCsr(make({ args: ['-sha1'] }))],
  ['SHA-384', withCsr(make({ args: ['-sha384'] }))],
  ['SHA-512', withCsr(make({ args: ['-sha512'] }))],
  [
    'PSS with the salt as long as the digest',
    withCsr(make({ args: ['-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'] })),
  ],
  [
    'requested extensions and a challenge password',
    withCsr(
      make({ args: ['-sha256', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'subjectAltName=DNS:x'] }),
    ),
  ],
];

describe.each(generationNames)('signing by %s', (name) => {
  let instance: Kymulator;
  let client: ConnectorClient;
  beforeAll(async () => {
    instance = await startKymulator({ kyma: releases[name] });
    client = new ConnectorClient(instance, name);
  });
  afterAll(() => instance.close());

  async function send(body: string, headers?: Record<string, string>): Promise<Answer> {
    const { json } = await client.token('shop');
    return client.get(client.signingUrl('shop', json.token), { method: 'POST', body, headers });
  }

  test.each(refusals)('refuses %s', async (_, body, status, error) => {
    const answer = await send(body);
    const text = error.replace('%name', early.includes(name) ? 'CName' : 'common name');
    expect([answer.status, answer.text]).toEqual([status, `${JSON.stringify({ code: status, error: text })}\n`]);
    expect(answer.headers['content-type']).toBe('application/json;charset=UTF-8');
  });

  test.each(acceptances)('signs %s', async (_, body) => {
    const answer = await send(body);
    expect([answer.status, answer.headers['content-type']]).toEqual([201, 'application/json;charset=UTF-8']);
  });

  test.each([
    ['none', {}],
    ['text/plain', { 'Content-Type': 'text/plain' }],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['gzip, which is not decoded', { 'Content-Encoding': 'gzip' }],
  ])('does not look at the content type: %s', async (_, headers) => {
    expect((await send(withCsr(good), headers as Record<string, string>)).status).toBe(201);
  });

  test('a key of 512 bits is refused in the shape of the service', async () => {
    const answer = await send(withCsr(make({ key: rsa512 })));
    expect(answer.json).toEqual({ code: 400, error: expect.stringMatching(/^CSR signature invalid: .*512-bit keys/) });
  });

  test('issues exactly the certificate of the contract, with the extensions of the request ignored', async () => {
    const answer = await send(acceptances.at(-1)?.[1] ?? '');
    const [leaf = ''] = pemsOf(answer.json.crt);
    expect(leaf).toMatch(/^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE-----\n$/);
    expect(x509(leaf, '-subject', '-nameopt', 'RFC2253')).toBe(
      'subject=CN=shop,OU=OrgUnit,O=Organization,L=Waldorf,ST=Waldorf,C=DE',
    );
    const text = x509(leaf, '-text');
    expect(text).toContain('Version: 3');
    expect(text).toMatch(/Signature Algorithm: sha256WithRSAEncryption/);
    expect(text).toMatch(
      /X509v3 extensions:\s+X509v3 Key Usage: critical\s+Digital Signature\s+X509v3 Extended Key Usage:\s+TLS Web Client Authentication\s+X509v3 Authority Key Identifier:\s+[0-9A-F:]+\s+Signature Algorithm/,
    );
    const certificate = new X509Certificate(leaf);
    const authority = new X509Certificate(instance.ca.certificate);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.issuer).toBe(authority.subject);
    const days = (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / 86_400_000;
    expect(days).toBe({ A1: 90, A2: 365, A3: 365, B1: 365 }[name as string] ?? 92);
  });

  test('answers with the chain forms of the generation', async () => {
    const { json } = await send(withCsr(good));
    const authority = instance.ca.certificate;
    const chain = pemsOf(json.crt);
    if (early.includes(name)) {
      expect(Object.keys(json)).toEqual(['crt']);
      expect(chain.slice(1)).toEqual(name === 'A1' ? [] : [authority]);
      return;
    }
    expect(Object.keys(json)).toEqual(['crt', 'clientCrt', 'caCrt']);
    expect(pemsOf(json.clientCrt)).toEqual([chain[0]]);
    expect(pemsOf(json.caCrt)).toEqual([authority]);
    expect(chain).toEqual([chain[0], authority]);
  });
});

test('serial numbers are random and positive; the subject keeps text outside ASCII and several values', async () => {
  const instance = await start();
  const client = new ConnectorClient(instance, 'latest');
  const requested = subject.replace('shop', 'café').replace('/OU=OrgUnit', '/OU=OrgUnit/OU=More');
  const token = await client.internal('/v1/applications/tokens', {
    method: 'POST',
    headers: ['Application', Buffer.from('café').toString('latin1')],
  });
  const answer = await client.sign(client.signingUrl('', token.json.token), make({ subject: requested }));
  const [leaf = ''] = pemsOf(answer.json.crt);
  expect(x509(leaf, '-subject', '-nameopt', 'RFC2253,utf8,-esc_msb')).toBe(
    'subject=CN=café,OU=OrgUnit+OU=More,O=Organization,L=Waldorf,ST=Waldorf,C=DE',
  );
  const other = await client.pair('shop');
  const serials = [leaf, other.identity.cert].map((pem) => new X509Certificate(pem).serialNumber);
  expect(new Set(serials).size).toBe(2);
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
});

test('with quirks the serial number is 2 and the algorithm of the request is copied', async () => {
  const instance = await start({ quirks: true });
  const client = new ConnectorClient(instance, 'latest');
  for (const [args, algorithm] of [
    [['-sha1'], 'sha1WithRSAEncryption'],
    [['-sha512'], 'sha512WithRSAEncryption'],
    [['-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'], 'rsassaPss'],
  ] as const) {
    const { json } = await client.token('shop');
    const answer = await client.sign(client.signingUrl('shop', json.token), make({ args }));
    const text = x509(pemsOf(answer.json.crt)[0] ?? '', '-text');
    expect(text).toContain('Serial Number: 2 (0x2)');
    expect(text).toContain(`Signature Algorithm: ${algorithm}`);
  }
  const { json } = await client.token('shop');
  expect((await client.sign(client.signingUrl('shop', json.token), make({ key: rsa512 }))).status).toBe(201);
});

test('a root above the authority goes between leaf and authority (§4.4)', async () => {
  const folder = await temporaryFolder();
  const files = { root: join(folder, 'root.crt'), ca: join(folder, 'ca.crt'), key: join(folder, 'ca.key') };
  const rootKey = join(folder, 'root.key');
  await writeFile(rootKey, rsaKey(), { mode: 0o600 });
  await writeFile(files.key, rsaKey(), { mode: 0o600 });
  openssl(['req', '-x509', '-key', rootKey, '-subj', '/CN=Root', '-days', '30', '-out', files.root]);
  const extensions = join(folder, 'extensions');
  await writeFile(extensions, 'basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\n');
  const request = openssl(['req', '-new', '-key', files.key, '-subj', '/CN=Issuing']);
  openssl(
    ['x509', '-req', '-CA', files.root, '-CAkey', rootKey, '-days', '30', '-extfile', extensions, '-out', files.ca],
    request,
  );
  const instance = await start({ caCert: files.ca, caKey: files.key, rootCaCert: files.root });
  const client = new ConnectorClient(instance, 'latest');
  const { answer, identity } = await client.pair('shop');
  const names = (member: string) => pemsOf(member).map((pem) => x509(pem, '-subject', '-nameopt', 'RFC2253'));
  expect(names(answer.json.caCrt)).toEqual(['subject=CN=Root', 'subject=CN=Issuing']);
  expect(names(answer.json.crt).slice(1)).toEqual(['subject=CN=Root', 'subject=CN=Issuing']);
  const management = `${instance.urls.gateway}/v1/applications/management/info`;
  expect((await client.get(management, { ...identity, cert: pemsOf(answer.json.clientCrt)[0] })).status).toBe(200);
});

const secretName = (name: GenerationName) => (early.includes(name) ? 'nginx-auth-ca' : 'connector-service-app-ca');

describe.each(generationNames)("the authority's secret of %s", (name) => {
  test('is read at every call: missing, broken and replaced', async () => {
    const instance = await start({ kyma: releases[name] });
    const client = new ConnectorClient(instance, name);
    const { json } = await client.token('shop');
    const sign = () => client.sign(client.signingUrl('shop', json.token), good);
    const reference = { apiVersion: 'v1', kind: 'Secret', name: secretName(name), namespace: 'kyma-integration' };
    const shown = name.startsWith('B5') || name === 'B6' || name === 'latest' ? 'kyma-integration/' : '';
    const data = (await instance.store.get(reference))?.data as Record<string, string>;

    const broken: [Record<string, string>, string][] = [
      [{ 'ca.crt': base64('x') }, 'Error while decoding pem block'],
      [{ 'ca.crt': base64(pemOf(Buffer.from('x'), 'CERTIFICATE')) }, 'Error while parsing certificate: '],
      [{ 'ca.key': base64('x') }, 'Error while decoding pem block.'],
      [{ 'ca.key': base64(pemOf(Buffer.from('x'), 'PRIVATE KEY')) }, 'Error while parsing private key: '],
    ];
    for (const [change, text] of broken) {
      await instance.store.patch(reference, { data: { ...data, ...change } });
      const answer = await sign();
      expect(answer.status).toBe(500);
      if (text.endsWith(': ')) expect(answer.json.error).toContain(text);
      else expect(answer.json.error).toBe(text);
    }
    await instance.store.delete(reference);
    expect((await sign()).json).toEqual({ code: 404, error: `secret ${shown}${secretName(name)} not found` });

    const other = await start();
    const pkcs1 = openssl(['rsa', '-traditional'], Buffer.from((await secretOf(other))['ca.key'] ?? '', 'base64'));
    await instance.store.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: reference.name, namespace: reference.namespace },
      data: { 'ca.crt': base64(other.ca.certificate), 'ca.key': base64(pkcs1) },
    });
    const replaced = await sign();
    const leaf = new X509Certificate(pemsOf(replaced.json.crt)[0] ?? '');
    expect(leaf.verify(new X509Certificate(other.ca.certificate).publicKey)).toBe(true);
  });
});

const secretOf = async (instance: Kymulator) => {
  const name = secretName('latest');
  const secret = await instance.store.get({ apiVersion: 'v1', kind: 'Secret', name, namespace: 'kyma-integration' });
  return secret?.data as Record<string, string>;
};
