import { describe, expect, test } from 'vitest';
import { countRows } from './rows.ts';
import { minimal, startRegistry } from './start.ts';

const counted = countRows('decoding');
const text = (api: object) => JSON.stringify({ ...minimal, api: { ...minimal.api, ...api } });

/** (metadata-service §6.5) */
const syntax: readonly [body: string, text: string][] = [
  ['', 'unexpected end of JSON input'],
  ['{"provider":', 'unexpected end of JSON input'],
  ['x', "invalid character 'x' looking for beginning of value"],
  ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ['{"a":[1 2]}', "invalid character '2' after array element"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['{"a":"\u0001"}', "invalid character '\\x01' in string literal"],
  ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
  ['{"name":1,', 'unexpected end of JSON input'],
];

const go = 'json: cannot unmarshal';
/** By the place as Go 1.14 names it; before only the last member was named. */
const types: readonly [body: string, kind: string, place: string, type: string][] = [
  ['{"name":1}', 'number', 'ServiceDetails.name', 'string'],
  ['{"labels":[]}', 'array', 'ServiceDetails.labels', 'map[string]string'],
  ['{"labels":{"a":1}}', 'number', 'ServiceDetails.labels', 'string'],
  ['{"api":"x"}', 'string', 'ServiceDetails.api', 'externalapi.API'],
  ['{"events":true}', 'bool', 'ServiceDetails.events', 'externalapi.Events'],
  ['{"documentation":1}', 'number', 'ServiceDetails.documentation', 'externalapi.Documentation'],
  ['{"documentation":{"tags":{}}}', 'object', 'Documentation.documentation.tags', '[]string'],
  ['{"documentation":{"docs":{}}}', 'object', 'Documentation.documentation.docs', '[]externalapi.DocsObject'],
  ['{"documentation":{"docs":[1]}}', 'number', 'Documentation.documentation.docs', 'externalapi.DocsObject'],
  ['{"documentation":{"docs":[{"title":1}]}}', 'number', 'DocsObject.documentation.docs.title', 'string'],
  [text({ targetUrl: 1 }), 'number', 'API.api.targetUrl', 'string'],
  [text({ credentials: 1 }), 'number', 'API.api.credentials', 'externalapi.CredentialsWithCSRF'],
  [
    text({ credentials: { oauth: 1 } }),
    'number',
    'CredentialsWithCSRF.api.credentials.oauth',
    'externalapi.OauthWithCSRF',
  ],
  [
    text({ credentials: { basic: 1 } }),
    'number',
    'CredentialsWithCSRF.api.credentials.basic',
    'externalapi.BasicAuthWithCSRF',
  ],
  [
    text({ credentials: { certificateGen: 1 } }),
    'number',
    'CredentialsWithCSRF.api.credentials.certificateGen',
    'externalapi.CertificateGenWithCSRF',
  ],
  [text({ credentials: { oauth: { url: 1 } } }), 'number', 'OauthWithCSRF.api.credentials.oauth.url', 'string'],
  [
    text({ credentials: { oauth: { csrfInfo: 1 } } }),
    'number',
    'OauthWithCSRF.api.credentials.oauth.csrfInfo',
    'externalapi.CSRFInfo',
  ],
  [
    text({ credentials: { basic: { csrfInfo: { tokenEndpointURL: 1 } } } }),
    'number',
    'CSRFInfo.api.credentials.basic.csrfInfo.tokenEndpointURL',
    'string',
  ],
  [text({ requestParameters: 1 }), 'number', 'API.api.requestParameters', 'externalapi.RequestParameters'],
  [
    text({ requestParameters: { headers: 1 } }),
    'number',
    'RequestParameters.api.requestParameters.headers',
    'map[string][]string',
  ],
  [
    text({ requestParameters: { headers: { a: 'b' } } }),
    'string',
    'RequestParameters.api.requestParameters.headers',
    '[]string',
  ],
  [
    text({ requestParameters: { headers: { a: [1] } } }),
    'number',
    'RequestParameters.api.requestParameters.headers',
    'string',
  ],
  [text({ specificationCredentials: 1 }), 'number', 'API.api.specificationCredentials', 'externalapi.Credentials'],
  [
    text({ specificationCredentials: { oauth: 1 } }),
    'number',
    'Credentials.api.specificationCredentials.oauth',
    'externalapi.Oauth',
  ],
  [
    text({ specificationCredentials: { basic: 1 } }),
    'number',
    'Credentials.api.specificationCredentials.basic',
    'externalapi.BasicAuth',
  ],
];

const lastMember = (place: string) => `${place.split('.')[0]}.${place.split('.').at(-1)}`;

test('malformed bodies are refused in the words of Go', async () => {
  for (const [release, prefix] of [
    ['0.4.3', 'failed to unmarshal request body, '],
    ['0.5.0', 'Failed to unmarshal request body, '],
    ['latest', 'Failed to unmarshal request body, '],
  ] as const) {
    const registry = await startRegistry(release);
    for (const [body, message] of syntax) {
      const answer = await registry.post(body);
      expect([body, answer.status, answer.json.error]).toEqual([body, 400, prefix + message]);
      counted.ran();
    }
    for (const [body, kind] of [
      ['[]', 'array'],
      ['"x"', 'string'],
      ['1', 'number'],
      ['true', 'bool'],
    ] as const) {
      const answer = await registry.post(body);
      expect(answer.json.error).toBe(`${prefix}${go} ${kind} into Go value of type externalapi.ServiceDetails`);
      counted.ran();
    }
  }
});

describe.each([
  ['1.24.0', (place: string) => place],
  ['1.15.1', lastMember],
  ['latest', (place: string) => place],
])('in %s', (release, named) => {
  test('members of a wrong type are named by their place', async () => {
    const registry = await startRegistry(release);
    for (const [body, kind, place, type] of types) {
      const answer = await registry.post(body);
      expect([answer.status, answer.json.error]).toEqual([
        400,
        `Failed to unmarshal request body, ${go} ${kind} into Go struct field ${named(place)} of type ${type}`,
      ]);
      counted.ran();
    }
  });
});

test('before 1.3 the structs have shorter names', async () => {
  const registry = await startRegistry('1.0.0');
  for (const [credentials, member, type] of [
    [{ oauth: 1 }, 'oauth', 'Oauth'],
    [{ basic: 1 }, 'basic', 'BasicAuth'],
    [{ certificateGen: 1 }, 'certificateGen', 'CertificateGen'],
  ] as const) {
    const answer = await registry.post(text({ credentials }));
    expect(answer.json.error).toContain(`Go struct field Credentials.${member} of type externalapi.${type}`);
    counted.ran();
  }
});

const read = async (body: string, release = 'latest') => {
  const registry = await startRegistry(release);
  return (await registry.get(await registry.register(body))).json;
};
const head = '"provider":"p","description":"d"';
const api = '"api":{"targetUrl":"http://x.y"}';

test('member names match in any case and unknown members are ignored', async () => {
  const body =
    '{"PROVIDER":"p","Name":"n","deſcription":"d","x":1,"API":{"TargetURL":"http://x.y","ApiType":"A","extra":{}}}';
  expect(await read(body)).toMatchObject({
    provider: 'p',
    name: 'n',
    description: 'd',
    api: { targetUrl: 'http://x.y', apiType: 'A' },
  });
  counted.ran();
});

test('of duplicates the last text counts and objects merge', async () => {
  const body = `{${head},"name":"a","name":"b",${api},"labels":{"a":"1"},"labels":{"b":"2"}}`;
  expect(await read(body)).toMatchObject({ name: 'b', labels: { a: '1', b: '2' } });
  const nulled = `{${head},"name":"a","name":null,${api},"labels":{"a":"1"},"labels":null}`;
  expect((await read(nulled)).labels).toEqual({ 'connected-app': 'shop' });
  counted.ran(2);
});

test('nulls are empty texts and absent objects', async () => {
  const body = `{${head},"name":"n",${api},"labels":{"a":null},"documentation":null,"identifier":null}`;
  const answer = await read(body);
  expect(answer.labels).toEqual({ a: '', 'connected-app': 'shop' });
  expect(answer).not.toHaveProperty('documentation');
  const parameters = `{${head},"name":"n","api":{"targetUrl":"http://x.y","requestParameters":{"headers":{"a":null,"b":[null]}}}}`;
  expect((await read(parameters)).api.requestParameters).toEqual({ headers: { a: null, b: [''] } });
  counted.ran(3);
});

test('a specification is kept as it is spelled, without the blanks outside of its texts', async () => {
  const registry = await startRegistry('latest');
  const spec = '{ "10": 1.0, "9":12345678901234567890,\n"a":1,"a":2, "t": "a  b\\u0041 <&>" }';
  const id = await registry.register(`{${head},"name":"n","api":{"targetUrl":"http://x.y","spec":${spec}}}`);
  const kept = '{"10":1.0,"9":12345678901234567890,"a":1,"a":2,"t":"a  b\\u0041 \\u003c\\u0026\\u003e"}';
  expect((await registry.get(id)).text).toContain(`"spec":${kept}`);
  counted.ran();
});

test('invalid UTF-8 and lone surrogates become replacement characters', async () => {
  const registry = await startRegistry('latest');
  const body = Buffer.concat([
    Buffer.from('{"provider":"p\\ud800","name":"n'),
    Buffer.of(0xff),
    Buffer.from(`","description":"d",${api}}`),
  ]);
  expect((await registry.get(await registry.register(body))).json).toMatchObject({
    provider: 'p\ufffd',
    name: 'n\ufffd',
  });
  counted.ran(2);
});
