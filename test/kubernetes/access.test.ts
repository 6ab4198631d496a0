import { expect, test } from 'vitest';
import { call } from '../support/call.ts';
import { APPS, type Cluster, startCluster } from './cluster.ts';

const as = (cluster: Cluster, path: string, authorization?: string) =>
  call(cluster.url + path, { headers: authorization ? { Authorization: authorization } : {} });

test.each([undefined, 'Bearer wrong', 'Bearer a.b.c', 'Basic YTpi', 'Bearer '])(
  '%s is not let in',
  async (authorization) => {
    const cluster = await startCluster();
    for (const path of [APPS, '/api', '/openapi/v3', '/nothing']) {
      const { json } = await as(cluster, path, authorization);
      expect(json, path).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'Unauthorized',
        reason: 'Unauthorized',
        code: 401,
      });
    }
  },
);

const review = (apiVersion: string, kind: string, spec: object = {}) => ({ apiVersion, kind, metadata: {}, spec });
const AUTHN = 'authentication.k8s.io/v1';
const AUTHZ = 'authorization.k8s.io/v1';

test('whoever is known may do everything, and is told so', async () => {
  const cluster = await startCluster();
  const spec = { resourceAttributes: { verb: 'create', resource: 'applications' } };
  const can = await cluster.post(
    `/apis/${AUTHZ}/selfsubjectaccessreviews`,
    review(AUTHZ, 'SelfSubjectAccessReview', spec),
  );
  expect([can.status, can.json.spec, can.json.status.allowed]).toEqual([201, spec, true]);
  const rules = await cluster.post(`/apis/${AUTHZ}/selfsubjectrulesreviews`, review(AUTHZ, 'SelfSubjectRulesReview'));
  expect(rules.json.status).toMatchObject({ resourceRules: [{ verbs: ['*'] }], incomplete: false });
  const self = await cluster.post(`/apis/${AUTHN}/selfsubjectreviews`, review(AUTHN, 'SelfSubjectReview'));
  expect(self.json.status.userInfo).toEqual({
    username: 'kymulator-admin',
    groups: ['system:masters', 'system:authenticated'],
  });
  expect((await cluster.get(`/apis/${AUTHZ}/selfsubjectaccessreviews`)).status).toBe(405);
});

const requested = { apiVersion: AUTHN, kind: 'TokenRequest', spec: { expirationSeconds: 600 } };

test('a token of a service account opens the door until it expires', async () => {
  const cluster = await startCluster();
  const { json } = await cluster.post('/api/v1/namespaces/default/serviceaccounts/default/token', requested);
  expect(json.status.expirationTimestamp).toBe('2026-01-05T10:10:00Z');
  const { token } = json.status;
  const whoami = () =>
    call(`${cluster.url}/apis/${AUTHN}/selfsubjectreviews`, {
      method: 'POST',
      body: JSON.stringify(review(AUTHN, 'SelfSubjectReview')),
      headers: { Authorization: `Bearer ${token}` },
    });
  expect((await whoami()).json.status.userInfo).toEqual({
    username: 'system:serviceaccount:default:default',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
  });
  const reviewed = await cluster.post(`/apis/${AUTHN}/tokenreviews`, review(AUTHN, 'TokenReview', { token }));
  expect(reviewed.json.status).toMatchObject({ authenticated: true });
  expect(reviewed.text).not.toContain(token);
  expect((await as(cluster, APPS, `Bearer ${token.slice(0, -3)}xyz`)).status).toBe(401);
  cluster.clock.advance(600_000);
  expect((await whoami()).status).toBe(401);
});

test('a token goes with its account, and is none of one that is made in its place', async () => {
  const cluster = await startCluster();
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  await cluster.post(accounts, { metadata: { name: 'robot' } });
  const { json } = await cluster.post(`${accounts}/robot/token`, requested);
  const enter = async () => (await as(cluster, APPS, `Bearer ${json.status.token}`)).status;
  expect(await enter()).toBe(200);
  await cluster.delete(`${accounts}/robot`);
  expect(await enter()).toBe(401);
  await cluster.post(accounts, { metadata: { name: 'robot' } });
  expect(await enter()).toBe(401);
});

test('there is no token for an account that is not there', async () => {
  const cluster = await startCluster();
  const { status } = await cluster.post('/api/v1/namespaces/default/serviceaccounts/nobody/token', requested);
  expect(status).toBe(404);
});
