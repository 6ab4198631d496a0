import { describe, expect, test } from 'vitest';
import { countRows } from './rows.ts';
import { isEarly, minimal, releases, startRegistry } from './start.ts';

const counted = countRows('validation');

const without = (member: string) => ({ ...minimal, [member]: undefined });
const withApi = (api: object) => ({ ...minimal, api: { ...minimal.api, ...api } });
const withCredentials = (credentials: unknown) => withApi({ credentials });
const withDocumentation = (documentation: object) => ({ ...minimal, documentation });
const oauth = { url: 'http://httpbin.local/token', clientId: 'cid', clientSecret: 'cs' };
const url = 'does not validate as url';

/** Bodies and the structural messages that every release gives. (metadata-service §6.2) */
const structural: readonly [body: unknown, messages: string][] = [
  [{}, 'Provider field cannot be empty.;Name field cannot be empty.;Description field cannot be empty.'],
  [null, 'Provider field cannot be empty.;Name field cannot be empty.;Description field cannot be empty.'],
  [without('provider'), 'Provider field cannot be empty.'],
  [without('name'), 'Name field cannot be empty.'],
  [without('description'), 'Description field cannot be empty.'],
  [{ ...minimal, name: null }, 'Name field cannot be empty.'],
  [{ ...minimal, api: {} }, 'targetUrl field cannot be empty.'],
  [withApi({ targetUrl: 'httpbin' }), `targetUrl: httpbin ${url}`],
  [{ ...minimal, events: {} }, 'spec cannot be empty'],
  [
    withDocumentation({}),
    'displayName field cannot be empty in documentation;description field cannot be empty in documentation;type field cannot be empty in documentation',
  ],
  [withDocumentation({ displayName: 'a', description: 'b' }), 'type field cannot be empty in documentation'],
  [
    { api: {}, events: {} },
    'Provider field cannot be empty.;Name field cannot be empty.;Description field cannot be empty.;targetUrl field cannot be empty.;spec cannot be empty',
  ],
];

/** The same for releases that know the credentials in question. */
const lateStructural: readonly [body: unknown, messages: string][] = [
  [
    withCredentials({ oauth: {} }),
    'oauth url field cannot be empty;oauth clientId field cannot be empty;oauth clientSecret cannot be empty',
  ],
  [withCredentials({ oauth: { ...oauth, url: 'x' } }), `url: x ${url}`],
  [withCredentials({ oauth: { ...oauth, csrfInfo: {} } }), 'tokenEndpointURL field cannot be empty'],
  [withCredentials({ oauth: { ...oauth, csrfInfo: { tokenEndpointURL: 'x' } } }), `tokenEndpointURL: x ${url}`],
  [
    withCredentials({ basic: {} }),
    'basic auth username field cannot be empty;basic auth password field cannot be empty',
  ],
  [
    withCredentials({ basic: { username: 'u', password: 'p', csrfInfo: {} } }),
    'tokenEndpointURL field cannot be empty',
  ],
  [withCredentials({ certificateGen: { csrfInfo: {} } }), 'tokenEndpointURL field cannot be empty'],
  [
    withCredentials({ basic: {}, oauth: {}, certificateGen: {} }),
    'oauth url field cannot be empty;oauth clientId field cannot be empty;oauth clientSecret cannot be empty;basic auth username field cannot be empty;basic auth password field cannot be empty',
  ],
  [withApi({ specificationCredentials: { basic: { username: 'u' } } }), 'basic auth password field cannot be empty'],
  [
    withApi({ credentials: { basic: { username: 'u' } }, specificationCredentials: { oauth: { url: 'x' } } }),
    `basic auth password field cannot be empty;url: x ${url};oauth clientId field cannot be empty;oauth clientSecret cannot be empty`,
  ],
];

/** Until 0.5 only OAuth is known, and told twice. */
const earlyStructural: readonly [body: unknown, messages: string][] = [
  [
    withCredentials({}),
    'oauth url field cannot be empty;oauth clientId field cannot be empty;oauth clientSecret cannot be empty;oauth field cannot be empty',
  ],
  [
    withCredentials({ oauth: { url: oauth.url, clientId: 'c' } }),
    'oauth clientSecret cannot be empty;oauth clientSecret cannot be empty',
  ],
  [withCredentials({ oauth: { ...oauth, url: 'x' } }), `url: x ${url};oauth: x ${url}`],
];

const prefix = (release: string) =>
  release.startsWith('0.4')
    ? 'failed to validate request body, incorrect service definition: '
    : 'Failed to validate request body, Incorrect structure of service definition, ';

describe.each(releases)('the registry of %s', (release) => {
  test('tells everything that is wrong with the structure, for POST and PUT alike', async () => {
    const registry = await startRegistry(release);
    const own = isEarly(release) ? earlyStructural : /^(?:1\.[1-9]|2|latest)/.test(release) ? lateStructural : [];
    for (const [body, messages] of [...structural, ...own]) {
      for (const answer of [await registry.post(body), await registry.put('unknown', body)]) {
        expect([answer.status, answer.json]).toEqual([400, { code: 400, error: prefix(release) + messages }]);
        counted.ran();
      }
    }
  });

  test('wants an API or events, and specifications that are objects', async () => {
    const registry = await startRegistry(release);
    const early = release.startsWith('0.4');
    const head = { ...minimal, api: undefined };
    const nothing = early
      ? "failed to validate request body, incorrect service definition: at least one of 'api' and 'events' attributes must be provided"
      : "Failed to validate request body, At least one of service definition attributes: 'api', 'events' have to be provided";
    const spec = (which: 'api' | 'events', kind: string) =>
      early
        ? `failed to validate request body, ${which}.spec field should be a json object`
        : `Failed to validate request body, ${which}.Spec is not a proper json object, json: cannot unmarshal ${kind} into Go value of type map[string]*json.RawMessage`;
    const rows: [body: unknown, text: string][] = [
      [head, nothing],
      [{ ...head, api: null, events: null }, nothing],
      [withApi({ spec: 'text' }), spec('api', 'string')],
      [withApi({ spec: 1 }), spec('api', 'number')],
      [withApi({ spec: true }), spec('api', 'bool')],
      [withApi({ spec: [] }), spec('api', 'array')],
      [{ ...head, events: { spec: 'text' } }, spec('events', 'string')],
      [{ ...withApi({ spec: 1 }), events: { spec: 'text' } }, spec('api', 'number')],
    ];
    for (const [body, text] of rows) {
      const answer = await registry.post(body);
      expect([answer.status, answer.json.error]).toEqual([400, text]);
      counted.ran();
    }
  });

  test('accepts what one might reject', async () => {
    const registry = await startRegistry(release);
    const bodies = [
      withApi({ spec: {} }),
      withApi({ spec: null }),
      { ...minimal, api: undefined, events: { spec: {} } },
      { ...minimal, events: { spec: null } },
      withApi({ credentials: null }),
      withApi({ apiType: 'whatever' }),
      { ...minimal, provider: ' ', varkes: { unknown: true } },
      withDocumentation({ displayName: 'a', description: 'b', type: 'c', docs: [{}] }),
      ...(isEarly(release) ? [] : [withCredentials({})]),
      ...(/^(0\.[46]|0\.5)/.test(release) ? [] : [withCredentials({ certificateGen: {} })]),
      withApi({ requestParameters: {} }),
    ];
    for (const [index, body] of bodies.entries()) {
      const answer = await registry.post({ ...body, name: `service ${index}` });
      expect([index, answer.status, answer.text]).toEqual([index, 200, expect.stringContaining('id')]);
      counted.ran();
    }
  });
});

const tooMany: readonly [release: string, credentials: string[], text: string][] = [
  ['0.6.1', ['basic', 'oauth'], 'api.Credentials is invalid: both basic and oauth credentials provided'],
  ['0.7.0', ['basic', 'certificateGen'], 'api.Credentials is invalid: to many authentication methods provided'],
  ['1.2.0', ['basic', 'oauth'], 'api.Credentials is invalid: to many authentication methods provided'],
  ['1.3.0', ['basic', 'oauth'], 'api.CredentialsWithCSRF is invalid: to many authentication methods provided'],
  [
    'latest',
    ['oauth', 'certificateGen'],
    'api.CredentialsWithCSRF is invalid: to many authentication methods provided',
  ],
];
const methods = { oauth, basic: { username: 'u', password: 'p' }, certificateGen: { commonName: 'c' } };

test.each(tooMany)('%s refuses %j together', async (release, names, text) => {
  const registry = await startRegistry(release);
  const both = Object.fromEntries(names.map((name) => [name, methods[name as keyof typeof methods]]));
  const error = `Failed to validate request body, ${text}`;
  expect((await registry.post(withCredentials(both))).json).toEqual({ code: 400, error });
  counted.ran();
  if (names.includes('basic') && names.includes('oauth') && !/^0|^1\.2/.test(release)) {
    expect((await registry.post(withApi({ specificationCredentials: both }))).json).toEqual({ code: 400, error });
    counted.ran();
  }
});

test('a password in a URL is not repeated', async () => {
  const registry = await startRegistry('latest');
  const answer = await registry.post(withApi({ targetUrl: 'http://user:secret@-x.y' }));
  expect(answer.json.error).toContain('targetUrl: http://***:***@-x.y does not validate as url');
});
