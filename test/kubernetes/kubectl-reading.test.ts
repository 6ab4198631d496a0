import { beforeAll, expect, test } from 'vitest';
import { call } from '../support/call.ts';
import { edge } from '../support/instance.ts';
import { application } from './cluster.ts';
import { service, useKubectl } from './kubectl.ts';

const kubectl = useKubectl();

beforeAll(async () => {
  const shop = application('shop', { description: 'Demo', services: [service] }, { labels: { tier: 'demo' } });
  await kubectl.ok('apply -f -', { input: shop });
  await kubectl.ok('apply -f -', { input: application('other') });
});

test('version and cluster-info know the server', async () => {
  expect(await kubectl.ok('version')).toContain('Server Version: v1.32');
  expect(await kubectl.ok('cluster-info')).toContain(kubectl.instance.kubernetes.url);
});

test('get prints every form', async () => {
  expect((await kubectl.ok('get app')).split('\n').map((line) => line.split(/\s+/)[0])).toEqual([
    'NAME',
    'other',
    'shop',
  ]);
  expect(await kubectl.ok('get app -o name')).toBe(
    'application.applicationconnector.kyma-project.io/other\napplication.applicationconnector.kyma-project.io/shop',
  );
  expect(JSON.parse(await kubectl.ok('get app shop -o json'))).toMatchObject({ spec: { description: 'Demo' } });
  const yaml = await kubectl.ok('get app shop -o yaml');
  expect(yaml).toContain('  description: Demo');
  expect(yaml).not.toContain('managedFields');
  expect(await kubectl.ok('get app shop -o yaml --show-managed-fields')).toContain(
    'manager: kubectl-client-side-apply',
  );
  expect(await kubectl.ok('get app shop -o jsonpath={.spec.services[0].displayName}')).toBe('Orders');
  expect(await kubectl.ok('get app shop -o custom-columns=N:.metadata.name')).toBe('N\nshop');
  expect(await kubectl.ok('get app --sort-by={.metadata.name} --no-headers')).toMatch(/^other.*\nshop/);
  expect(await kubectl.ok('get app --show-labels')).toContain('tier=demo');
  expect((await kubectl.ok('get svc -n kyma-integration -o wide')).split('\n')[0]).toMatch(/SELECTOR$/);
});

test('get selects by label, field and namespace', async () => {
  expect(await kubectl.ok(['get', 'app', '-l', 'tier in (demo,x)', '-o', 'name'])).toMatch(/shop$/);
  expect(await kubectl.ok(['get', 'app', '-l', '!tier', '-o', 'name'])).toMatch(/other$/);
  expect(await kubectl.ok('get ns --field-selector metadata.name=kyma-system -o name')).toBe('namespace/kyma-system');
  expect(await kubectl.ok('get pods -A --field-selector status.phase!=Running')).toBe('');
  expect(await kubectl.ok('get pods -A')).toContain('connector-service-0');
  expect(await kubectl.ok('get all -n kyma-system')).toContain('service/central-application-gateway');
  expect(await kubectl.ok('get app,svc -n default -o name')).toContain('service/kubernetes');
  expect(await kubectl.ok('get app --chunk-size=1 -o name')).toContain('shop');
});

test('get -w tells of changes', async () => {
  const { store } = kubectl.instance;
  const map = { apiVersion: 'v1', kind: 'ConfigMap' };
  let ended = false;
  const watching = kubectl.run('get cm -n kube-system -w --output-watch-events', { until: 'DELETED' }).finally(() => {
    ended = true;
  });
  // Again and again, since nobody tells when kubectl has begun to watch.
  const happened = async () => {
    await store.create({ ...map, metadata: { name: 'w', namespace: 'kube-system' } });
    await store.delete({ ...map, name: 'w', namespace: 'kube-system' });
    return ended;
  };
  await expect.poll(happened, { timeout: 10_000 }).toBe(true);
  expect((await watching).out).toMatch(/DELETED\s+w/);
});

test('wait sees what is there and what comes', async () => {
  await kubectl.ok(['wait', '--for=jsonpath={.spec.description}=Demo', 'app/shop', '--timeout=5s']);
  const waiting = kubectl.ok(['wait', '--for=jsonpath={.spec.description}=Later', 'app/other', '--timeout=10s']);
  await kubectl.ok(['patch', 'app', 'other', '--type=merge', '-p', '{"spec":{"description":"Later"}}']);
  expect(await waiting).toMatch(/condition met$/);
  expect(await kubectl.fails('wait --for=condition=Ready app/other --timeout=1s')).toContain('timed out waiting');
});

test('describe tells of applications, services, secrets, namespaces and pods, with their events', async () => {
  const uid = await kubectl.ok('get app shop -o jsonpath={.metadata.uid}');
  await kubectl.ok('create -f -', {
    input: {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: {
        apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
        kind: 'Application',
        name: 'shop',
        uid,
      },
      reason: 'Paired',
      message: 'a system was paired',
      type: 'Normal',
    },
  });
  const described = await kubectl.ok('describe app shop');
  expect(described).toContain('Display Name:  Orders');
  expect(described).toContain('a system was paired');
  expect(await kubectl.ok('describe svc connector-service-internal-api -n kyma-integration')).toContain('8080/TCP');
  expect(await kubectl.ok('describe pod connector-service-0 -n kyma-integration')).toContain('Running');
  expect(await kubectl.ok('describe ns default')).toContain('Active');
  expect(await kubectl.ok('events --for application/shop')).toContain('a system was paired');
  expect(await kubectl.ok('get events')).toContain('application/shop');
});

test('explain, api-resources and api-versions know every kind', async () => {
  expect(await kubectl.ok('explain app.spec.services.entries')).toContain('targetUrl');
  expect(await kubectl.ok('explain service.spec.ports')).toContain('nodePort');
  const resources = await kubectl.ok('api-resources');
  for (const kind of ['Application', 'TokenRequest', 'Subscription', 'Function', 'APIRule', 'ServiceInstance']) {
    expect(resources).toContain(kind);
  }
  expect((await kubectl.ok('api-versions')).split('\n')).toContain('eventing.kyma-project.io/v1alpha2');
  expect(await kubectl.fails('get nosuch')).toBe('error: the server doesn\'t have a resource type "nosuch"');
});

test('auth says who one is and that everything is allowed', async () => {
  expect(await kubectl.ok('auth can-i create applications')).toBe('yes');
  expect(await kubectl.ok('auth can-i --list')).toContain('*.*');
  expect(await kubectl.ok('auth whoami')).toContain('kymulator-admin');
});

test('a token opens the door like the certificate, and another one does not', async () => {
  const { url, token } = kubectl.instance.kubernetes;
  const ca = await kubectl.file('ca.crt', kubectl.instance.ca.certificate);
  const empty = await kubectl.file('empty', '');
  const by = (bearer: string) =>
    `get ns default -o name --server=${url} --certificate-authority=${ca} --token=${bearer}`;
  expect(await kubectl.ok(by(token), { env: { KUBECONFIG: empty } })).toBe('namespace/default');
  expect(await kubectl.fails(by('foreign'), { env: { KUBECONFIG: empty } })).toContain('Unauthorized');
});

test('an application that is applied is called through the gateway at once', async () => {
  const entry = { type: 'API', targetUrl: edge(kubectl.instance, 'external-system') };
  const input = application('called', { services: [{ ...service, displayName: 'Http Bin', entries: [entry] }] });
  await kubectl.ok('apply -f -', { input });
  const answer = await call(`${edge(kubectl.instance, 'application-gateway')}/called/http-bin/status/418`);
  expect(answer.status).toBe(418);
});

test('what the other doors write is there at once', async () => {
  const name = { apiVersion: 'applicationconnector.kyma-project.io/v1alpha1', kind: 'Application', name: 'shop' };
  await kubectl.instance.store.patch(name, { spec: { group: 'from the registry' } });
  await kubectl.ok(['patch', 'app', 'shop', '--type=merge', '-p', '{"spec":{"tenant":"from kubectl"}}']);
  const stored = await kubectl.instance.store.get(name);
  expect(stored?.spec).toMatchObject({ group: 'from the registry', tenant: 'from kubectl' });
});
