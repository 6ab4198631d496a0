import { expect, test } from 'vitest';
import { APPLY, APPS, apiVersion, MERGE, startCluster } from './cluster.ts';

const CMS = '/api/v1/namespaces/default/configmaps';
const SECRETS = '/api/v1/namespaces/default/secrets';
const PODS = '/api/v1/namespaces/default/pods';
const ACCOUNT_TOKEN = '/api/v1/namespaces/default/serviceaccounts/default/token';
const WATCH = `${CMS}?watch=true&timeoutSeconds=1&resourceVersion=`;

const asKind = (kind: string, version = 'v1') =>
  `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal `;
const unrecognized = (found: string, member: string) =>
  "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: " +
  `json: cannot unmarshal ${found} into Go struct field .${member} of type string`;

/** A value where another is expected → what an API server says. (kubernetes-api §5, §8) */
test.each<[what: string, method: string, path: string, body: string, status: number, message: string | RegExp]>([
  [
    'an object for a name',
    'POST',
    APPS,
    '{"metadata":{"name":{}}}',
    400,
    `${asKind('Application', 'v1alpha1')}object into Go struct field Application.metadata.name of type string`,
  ],
  [
    'a list for a name',
    'PUT',
    `${CMS}/a`,
    '{"metadata":{"name":[]}}',
    400,
    `${asKind('ConfigMap')}array into Go struct field ConfigMap.metadata.name of type string`,
  ],
  [
    'an object for a uid',
    'PATCH',
    `${CMS}/a`,
    '{"metadata":{"uid":{}}}',
    400,
    `${asKind('ConfigMap')}object into Go struct field ConfigMap.metadata.uid of type string`,
  ],
  ['an object for a kind', 'POST', CMS, '{"kind":{}}', 400, unrecognized('object', 'kind')],
  [
    'an object that cannot be a text',
    'POST',
    CMS,
    '{"apiVersion":{"toString":1}}',
    400,
    unrecognized('object', 'apiVersion'),
  ],
  ['a bool for a version', 'PUT', `${CMS}/a`, '{"apiVersion":true}', 400, unrecognized('bool', 'apiVersion')],
  [
    'null for metadata',
    'POST',
    CMS,
    '{"metadata":null}',
    422,
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [
    'an object for a policy',
    'DELETE',
    `${CMS}/a`,
    '{"propagationPolicy":{}}',
    400,
    `${asKind('DeleteOptions')}object into Go struct field DeleteOptions.propagationPolicy of type string`,
  ],
  [
    'the name of a method for a policy',
    'DELETE',
    `${CMS}/a`,
    '{"propagationPolicy":"constructor"}',
    422,
    'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "constructor": ' +
      'supported values: "Foreground", "Background", "Orphan", "nil"',
  ],
  [
    'an object for the uid of a precondition',
    'DELETE',
    `${CMS}/a`,
    '{"preconditions":{"uid":{"toString":1}}}',
    400,
    `${asKind('DeleteOptions')}object into Go struct field DeleteOptions.preconditions.uid of type string`,
  ],
  [
    'a Pod without a content',
    'POST',
    PODS,
    '{"metadata":{"name":"a"},"spec":null}',
    422,
    'Pod "a" is invalid: spec.containers: Required value',
  ],
  [
    'a lifetime beyond all times',
    'POST',
    ACCOUNT_TOKEN,
    '{"spec":{"expirationSeconds":1e13}}',
    422,
    'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: ' +
      'Invalid value: 10000000000000: may not specify a duration larger than 2^32 seconds',
  ],
  [
    'a lifetime of a second',
    'POST',
    ACCOUNT_TOKEN,
    '{"spec":{"expirationSeconds":1}}',
    422,
    /Invalid value: 1: may not specify a duration less than 10 minutes$/,
  ],
  [
    'a text for a lifetime',
    'POST',
    ACCOUNT_TOKEN,
    '{"spec":{"expirationSeconds":"1h"}}',
    400,
    /^TokenRequest in version "v1" cannot be handled .* string into .*spec.expirationSeconds of type number$/,
  ],
  ['a number that no double holds', 'POST', CMS, '{"metadata":{"name":"big","generation":1e400}}', 400, /./],
])('%s is answered with a Status', async (_, method, path, body, status, message) => {
  const cluster = await startCluster();
  await cluster.post(CMS, { metadata: { name: 'a' } });
  const answer = await cluster.send(method, path, body, method === 'PATCH' ? MERGE : undefined);
  expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
  expect(answer.json.message).toMatch(message instanceof RegExp ? message : /./);
  if (typeof message === 'string') expect(answer.json.message).toBe(message);
});

test.each([
  ['9999999999999999', 504, 'Timeout: Too large resource version: 9999999999999999, current: '],
  ['99999999999999999', 400, 'Invalid value: "99999999999999999": resourceVersion is not a number'],
])('a watch from the version %s, which no store can read, is answered with a Status', async (version, status, text) => {
  const cluster = await startCluster();
  const { json } = await cluster.get(WATCH + version);
  expect(json).toMatchObject({ kind: 'Status', code: status });
  expect(json.message.startsWith(text)).toBe(true);
});

test.each(['constructor', '__proto__', 'toString'])('a Secret may be of the type %s', async (type) => {
  const cluster = await startCluster();
  const { status, json } = await cluster.post(SECRETS, { metadata: { name: 'a' }, type, data: { a: 'YQ==' } });
  expect([status, json.type]).toEqual([201, type]);
});

test('members with the names of JavaScript’s own are members like others', async () => {
  const cluster = await startCluster();
  const labels = '{"__proto__":"a","constructor":"b"}';
  await cluster.post(APPS, `{"metadata":{"name":"a"},"spec":{"description":"d","labels":${labels}}}`);
  const configuration = `{"apiVersion":"${apiVersion}","kind":"Application","metadata":{"name":"a"},"spec":{"labels":${labels}}}`;
  await cluster.send('PATCH', `${APPS}/a?fieldManager=m&force=true`, configuration, APPLY);
  expect((await cluster.get(`${APPS}/a`)).text).toContain(`"labels":${labels}`);
});

test.each([
  [String.raw`"\ud800"`, '\ufffd'],
  [String.raw`"\ude00\ud83d"`, '\ufffd\ufffd'],
  [String.raw`"\ud83d\ude00"`, '\u{1f600}'],
  [String.raw`"\\ud800"`, String.raw`\ud800`],
])('%s is read as Go reads it', async (json, read) => {
  const cluster = await startCluster();
  const { json: created } = await cluster.post(CMS, `{"metadata":{"name":"a"},"data":{"a":${json}}}`);
  expect(created.data).toEqual({ a: read });
});

test('minus zero is zero', async () => {
  const cluster = await startCluster();
  const { text } = await cluster.post(
    PODS,
    '{"metadata":{"name":"a"},"spec":{"containers":[{"name":"a"}],"terminationGracePeriodSeconds":-0}}',
  );
  expect(text).toContain('"terminationGracePeriodSeconds":0');
});
