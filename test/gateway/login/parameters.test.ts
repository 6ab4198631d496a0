import { expect, test } from 'vitest';
import { addToQuery, readParameters } from '../../../src/gateway/login/parameters.ts';
import { header, open, secured } from '../secured.ts';
import { rawTarget, startGateway } from '../start.ts';

const query = (json: string | undefined) => {
  const parameters = readParameters(undefined, json);
  if ('problem' in parameters) throw new Error(parameters.problem);
  return parameters.query;
};

test.each<[search: string, json: string | undefined, expected: string]>([
  ['?b=2&a=%31&c;d&e=%zz', undefined, '?b=2&a=%31&c;d&e=%zz'],
  ['?b=2&a=%31&c;d=1&e=%zz', '{}', '?a=1&b=2'],
  ['?b=x%20y&b=z', '{"limit":["50","51"],"b":["no"]}', '?b=x+y&b=z&limit=50&limit=51'],
  ['', '{"limit":["50"]}', '?limit=50'],
  ['', '{}', ''],
  ['?', '{}', '?'],
  ['?a', '{"é":["a&b","~*"]}', '?a=&%C3%A9=a%26b&%C3%A9=~%2A'],
  ['?x=1', '{"a":[],"b":null}', '?x=1'],
])('the query %j with %s becomes %j', (search, json, expected) => {
  expect(addToQuery(search, query(json))).toBe(expected);
});

const start = (targetUrl: string, headers: unknown) =>
  startGateway('', {
    secrets: { p: { headers: JSON.stringify(headers) } },
    spec: {
      services: [{ displayName: 'svc', entries: [{ type: 'API', targetUrl, requestParametersSecretName: 'p' }] }],
    },
  });

test.each<[configured: Record<string, string[]>, client: Record<string, string>, seen: Record<string, string[]>]>([
  [{ 'X-A': ['1', '2'] }, {}, { 'X-A': ['1', '2'] }],
  [{ 'x-a': ['1'] }, { 'X-A': 'mine' }, { 'X-A': ['mine'] }],
  [{ Authorization: ['Bearer c'] }, {}, { Authorization: ['Bearer c'] }],
  [{ Authorization: ['Bearer c'] }, { Authorization: 'mine' }, { Authorization: ['mine'] }],
  [
    { 'User-Agent': ['c'], Host: ['c'], 'Content-Length': ['7'], 'Transfer-Encoding': ['chunked'] },
    {},
    {
      'User-Agent': [],
      'Content-Length': [],
      'Transfer-Encoding': [],
    },
  ],
  [{ 'Accept-Encoding': ['br'] }, {}, { 'Accept-Encoding': ['br'] }],
  [{ Connection: ['x-a'] }, { 'X-A': '1', 'X-B': '2' }, { 'X-A': [], 'X-B': ['2'] }],
])("the configured headers %j with the client's %j give %j", async (configured, client, expected) => {
  const target = await secured(open);
  const gateway = await start(target.url, configured);
  expect((await gateway.ask({ path: '/app/svc', headers: client })).status).toBe(200);
  const call = target.seen[0];
  if (!call) throw new Error('the target was not called');
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, header(call, name)]))).toEqual(expected);
});

test.each([{ 'bad name': ['1'] }, { 'X-A': ['1\r\nX-Evil: 1'] }])(
  'configured headers that no request can carry are an empty 502: %j',
  async (configured) => {
    const target = await rawTarget('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const gateway = await start(target.url, configured);
    const answer = await gateway.ask({ path: '/app/svc' });
    expect([answer.status, answer.text, target.received.join('')]).toEqual([502, '', '']);
  },
);
