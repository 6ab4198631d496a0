import { beforeAll, describe, expect, test } from 'vitest';
import type { ApiEntry, EntryCredentials } from '../../../src/gateway/routing/lookup.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';
import { type Answer, header, json, open, type Secured, secured } from '../secured.ts';
import { type SecretTexts, type StartOptions, startGateway } from '../start.ts';

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});

const basicOf = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** A token server that knows one client, and hands out numbered tokens. */
function tokenServer(options: { withCertificate?: boolean; expiresIn?: unknown } = {}): Promise<Secured> {
  let count = 0;
  return secured((seen, response) => {
    const known = options.withCertificate
      ? seen.certificate === 'client' && seen.body === 'client_id=id&grant_type=client_credentials'
      : header(seen, 'authorization')[0] === basicOf('id', 'secret');
    if (!known) return void json(response, { error: 'invalid_client' }, 401);
    json(response, { access_token: `token-${++count}`, token_type: 'x', expires_in: options.expiresIn ?? 3600 });
  }, certificates);
}

interface Case {
  readonly type: string;
  readonly good: Record<string, string>;
  readonly bad: Record<string, string>;
  /** Whether the request is let in. */
  readonly knows: (authorization: string | undefined, certificate: string | undefined) => boolean;
  /** What a client gets with the bad Secret: row 6 and 8, or the target's own refusal. */
  readonly refusal: { readonly status: number; readonly error?: string };
}

const cases: readonly Case[] = [
  {
    type: 'Basic',
    good: { username: 'user', password: 'pass:word' },
    bad: { username: 'user', password: 'wrong' },
    knows: (authorization) => authorization === basicOf('user', 'pass:word'),
    refusal: { status: 401 },
  },
  {
    type: 'OAuth',
    good: { clientId: 'id', clientSecret: 'secret' },
    bad: { clientId: 'id', clientSecret: 'wrong' },
    knows: (authorization) => /^Bearer token-\d+$/.test(authorization ?? ''),
    refusal: { status: 502, error: "incorrect response code '401' while getting token from TOKEN" },
  },
  {
    type: 'OAuthWithCert',
    good: { clientId: 'id', crt: 'client', key: 'client' },
    bad: { clientId: 'id', crt: 'stranger', key: 'stranger' },
    knows: (authorization, certificate) => /^Bearer token-\d+$/.test(authorization ?? '') && !certificate,
    refusal: { status: 500, error: 'Failed to get token: Failed to fetch token, possible certificate problem' },
  },
  {
    type: 'CertificateGen',
    good: { crt: 'client', key: 'client' },
    bad: { crt: 'client', key: 'stranger' },
    knows: (_, certificate) => certificate === 'client',
    refusal: { status: 500, error: 'Failed to prepare certificate, tls: private key does not match public key' },
  },
];

/** Puts PEM texts where a case names them. */
function withPem(texts: Record<string, string>): Record<string, string> {
  const pem = (member: 'crt' | 'key', name: string) =>
    name === 'client' || name === 'stranger' ? `Bag Attributes\n${certificates[name][member]}` : name;
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, key === 'crt' || key === 'key' ? pem(key, text) : text]),
  );
}

const start = (target: string, entry: ApiEntry, secrets: SecretTexts, options: StartOptions = {}) =>
  startGateway('', {
    ...options,
    secrets,
    settings: { trustedCertificates: [certificates.authority.crt], ...options.settings },
    spec: {
      services: [{ name: 'svc-name', displayName: 'svc', entries: [{ type: 'API', targetUrl: target, ...entry }] }],
    },
  });

const combinations = cases.flatMap((one) =>
  [false, true].flatMap((csrf) => [false, true].map((parameters) => ({ ...one, csrf, parameters }))),
);

describe.each(combinations)('$type, CSRF $csrf, request parameters $parameters', (one) => {
  async function prepare(secret: Record<string, string>) {
    const letsIn: Answer = (seen, response) => {
      const isKnown = one.knows(header(seen, 'authorization')[0], seen.certificate);
      const isToken = header(seen, 'x-csrf-token')[0] === 'fetch';
      const isForged = one.csrf && !isToken && header(seen, 'x-csrf-token')[0] !== 'csrf-1';
      if (!isKnown || isForged) return void response.writeHead(401).end('refused');
      if (isToken) response.setHeader('X-Csrf-Token', 'csrf-1').setHeader('Set-Cookie', ['a=1; Path=/', 'b=2']);
      response.end('welcome');
    };
    const target = await secured(letsIn, certificates);
    const token = await tokenServer({ withCertificate: one.type === 'OAuthWithCert' });
    const credentials: EntryCredentials = {
      type: one.type,
      secretName: 'creds',
      authenticationUrl: `${token.url}/token`,
      ...(one.csrf && { csrfInfo: { tokenEndpointURL: `${target.url}/csrf` } }),
    };
    const gateway = await start(
      `${target.url}/base?z=0`,
      { credentials, ...(one.parameters && { requestParametersSecretName: 'params' }) },
      {
        creds: withPem(secret),
        params: {
          headers: '{"X-Multi":["a","b"],"X-Own":["configured"],"User-Agent":["no"]}',
          queryParameters: '{"limit":["50"],"own":["configured"]}',
        },
      },
    );
    const headers = { Authorization: 'client', 'X-Own': 'client', 'User-Agent': 'u', Cookie: 'z=9; a=0' };
    const ask = () => gateway.ask({ method: 'POST', path: '/app/svc/x?own=client%20one', headers, body: 'hello' });
    return { target, token, ask };
  }

  test('the good Secret opens the target', async () => {
    const { target, token, ask } = await prepare(one.good);
    const answer = await ask();
    expect([answer.status, answer.text]).toEqual([200, 'welcome']);
    const call = target.seen.at(-1);
    if (!call) throw new Error('the target was not called');
    expect(call.line).toBe(
      one.parameters ? 'POST /base/x?limit=50&own=client+one&z=0' : 'POST /base/x?z=0&own=client%20one',
    );
    expect(call.body).toBe('hello');
    expect(header(call, 'x-multi')).toEqual(one.parameters ? ['a', 'b'] : []);
    expect(header(call, 'x-own')).toEqual(['client']);
    expect(header(call, 'user-agent')).toEqual(['u']);
    expect(header(call, 'x-csrf-token')).toEqual(one.csrf ? ['csrf-1'] : []);
    expect(header(call, 'cookie')).toEqual([one.csrf ? 'a=1; b=2; z=9' : 'z=9; a=0']);
    if (one.type === 'CertificateGen') expect(header(call, 'authorization')).toEqual(['client']);
    expect(target.seen.length).toBe(one.csrf ? 2 : 1);
    expect(token.seen.length).toBe(one.type.startsWith('OAuth') ? 1 : 0);

    await ask();
    expect(target.seen.length).toBe(one.csrf ? 3 : 2);
    expect(token.seen.length).toBe(one.type.startsWith('OAuth') ? 1 : 0);
  });

  test('the bad Secret does not', async () => {
    const { target, token, ask } = await prepare(one.bad);
    const answer = await ask();
    const { status, error } = one.refusal;
    if (error) {
      expect(answer.status).toBe(status);
      expect(answer.json()).toEqual({ code: status, error: error.replace('TOKEN', `${token.url}/token`) });
      expect(target.seen).toEqual([]);
    } else if (one.csrf) {
      const text = `incorrect response code '401' while getting token from ${target.url}/csrf`;
      expect([answer.status, answer.json()]).toEqual([502, { code: 502, error: text }]);
    } else {
      expect([answer.status, answer.text, target.seen.length]).toEqual([401, 'refused', 2]);
    }
  });
});

test.each<[name: string, entry: ApiEntry, secrets: SecretTexts, error: string]>([
  ['no Secret', { credentials: { type: 'Basic', secretName: 'x' } }, {}, "secret 'x' not found"],
  ['no Secret for an unknown type', { credentials: { type: 'Odd', secretName: 'x' } }, {}, "secret 'x' not found"],
  [
    'no Secret name',
    { credentials: { type: 'Basic', secretName: '' } },
    {},
    "failed to get '' secret, resource name may not be empty",
  ],
  [
    'headers that are no JSON',
    { credentials: { type: 'OAuth', secretName: 'x' } },
    { x: { headers: '{' } },
    'Failed to unmarshal headers, unexpected end of JSON input',
  ],
  [
    'query parameters of another shape',
    { credentials: { type: 'OAuthWithCert', secretName: 'x' } },
    { x: { queryParameters: '{"a":1}' } },
    'Failed to unmarshal query parameters, json: cannot unmarshal number into Go value of type []string',
  ],
  ['no Secret with parameters', { requestParametersSecretName: 'p' }, {}, "secret 'p' not found"],
  [
    'bad headers for the target',
    { requestParametersSecretName: 'p' },
    { p: { headers: '[]' } },
    'Failed to unmarshal headers, json: cannot unmarshal array into Go value of type map[string][]string',
  ],
])('%s answers 500 before the target is looked at', async (_, entry, secrets, error) => {
  const gateway = await start('%zz', entry, secrets);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.headers['content-type']]).toEqual([500, 'application/json;charset=UTF-8']);
  expect(answer.json()).toEqual({ code: 500, error: `failed to read API for svc-name service, ${error}` });
});

test.each<[string, ApiEntry]>([
  ['none', {}],
  ['empty members', { credentials: { type: '', secretName: '' } }],
  ['an unknown type', { credentials: { type: 'basic', secretName: 'x', csrfInfo: { tokenEndpointURL: 'http://x' } } }],
])('with %s the call goes out as the client made it', async (_, entry) => {
  const target = await secured(open);
  const gateway = await start(target.url, entry, { x: { username: 'a' } });
  const answer = await gateway.ask({ path: '/app/svc', headers: { Authorization: 'own' } });
  expect([answer.status, target.seen.map((seen) => header(seen, 'authorization'))]).toEqual([200, [['own']]]);
});

test('missing keys are empty texts', async () => {
  const target = await secured(open);
  const gateway = await start(target.url, { credentials: { type: 'Basic', secretName: 'x' } }, { x: {} });
  await gateway.ask({ path: '/app/svc' });
  expect(target.seen.map((seen) => header(seen, 'authorization'))).toEqual([['Basic Og==']]);
});

test.each([
  ['CertificateGen', 'crt', 'nonsense', 'tls: failed to find any PEM data in certificate input'],
  ['CertificateGen', 'key', '', 'tls: failed to find any PEM data in key input'],
  ['OAuthWithCert', 'crt', '', 'tls: failed to find any PEM data in certificate input'],
])('%s with a bad %s says what is wrong', async (type, member, text, reason) => {
  const { crt, key } = certificates.client;
  const gateway = await start(
    'http://localhost:1',
    { credentials: { type, secretName: 'x', authenticationUrl: 'https://localhost:1' } },
    { x: { crt, key, [member]: text } },
  );
  const answer = await gateway.ask({ path: '/app/svc' });
  const prefix = type === 'OAuthWithCert' ? 'Failed to get token: ' : '';
  expect([answer.status, answer.json()]).toEqual([
    500,
    { code: 500, error: `${prefix}Failed to prepare certificate, ${reason}` },
  ]);
});

test('a certificate that the target refuses is an empty 502', async () => {
  const target = await secured(open, certificates, true);
  const entry = { credentials: { type: 'CertificateGen', secretName: 'x' } };
  const secrets: SecretTexts = { x: certificates.stranger as unknown as Record<string, string> };
  const gateway = await start(target.url, entry, secrets);
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.text]).toEqual([502, '']);
  secrets.x = { ...certificates.client };
  expect((await gateway.ask({ path: '/app/svc' })).text).toBe('welcome');
});

test('connections of one identity are not used for another', async () => {
  const target = await secured(open, certificates);
  const secrets: SecretTexts = { x: { ...certificates.client } };
  const gateway = await start(target.url, { credentials: { type: 'CertificateGen', secretName: 'x' } }, secrets);
  await gateway.ask({ path: '/app/svc' });
  secrets.x = { ...certificates.stranger };
  await gateway.ask({ path: '/app/svc' });
  secrets.x = { ...certificates.client };
  await gateway.ask({ path: '/app/svc' });
  expect(target.seen.map(({ certificate }) => certificate)).toEqual(['client', 'stranger', 'client']);
});

test('skipVerify counts for target, token endpoint and CSRF endpoint', async () => {
  const token = await tokenServer();
  const target = await secured(open, certificates);
  const credentials = {
    type: 'OAuth',
    secretName: 'x',
    authenticationUrl: token.url,
    csrfInfo: { tokenEndpointURL: target.url },
  };
  const call = async (skipVerify: boolean) => {
    const gateway = await startGateway('', {
      secrets: { x: { clientId: 'id', clientSecret: 'secret' } },
      spec: {
        skipVerify,
        services: [{ displayName: 'svc', entries: [{ type: 'API', targetUrl: target.url, credentials }] }],
      },
    });
    return (await gateway.ask({ path: '/app/svc' })).text;
  };
  expect(await call(false)).toContain(`failed to make a request to '${token.url}': Post `);
  expect(await call(true)).toBe('welcome');
});

test('Secrets are looked for in kyma-system, then in kyma-integration', async () => {
  const target = await secured(open);
  const secrets: SecretTexts = { 'kyma-integration/x': { username: 'old' }, 'other/x': { username: 'other' } };
  const gateway = await start(target.url, { credentials: { type: 'Basic', secretName: 'x' } }, secrets);
  await gateway.ask({ path: '/app/svc' });
  secrets['kyma-system/x'] = { username: 'new' };
  await gateway.ask({ path: '/app/svc' });
  expect(target.seen.map((seen) => header(seen, 'authorization')[0])).toEqual([basicOf('old', ''), basicOf('new', '')]);
});
