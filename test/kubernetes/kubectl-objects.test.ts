import { expect, test } from 'vitest';
import { application } from './cluster.ts';
import { service, useKubectl } from './kubectl.ts';

const kubectl = useKubectl();

test('apply creates, leaves alone and changes', async () => {
  const file = await kubectl.file('apply.json', application('applied', { description: 'a', services: [service] }));
  expect(await kubectl.ok(`apply -f ${file}`)).toBe('application.applicationconnector.kyma-project.io/applied created');
  expect(await kubectl.ok(`apply -f ${file}`)).toMatch(/unchanged$/);
  await kubectl.file('apply.json', application('applied', { description: 'b' }));
  expect(await kubectl.ok(`apply -f ${file}`)).toMatch(/configured$/);
  expect(await kubectl.ok('get app applied -o jsonpath={.spec}')).toBe('{"description":"b","encodeUrl":true}');
});

test('apply of Kubernetes kinds merges lists by their keys', async () => {
  const web = (...ports: object[]) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'ports' },
    spec: { selector: { app: 'x' }, ports },
  });
  await kubectl.ok('apply -f -', { input: web({ name: 'a', port: 80 }, { name: 'b', port: 81 }) });
  await kubectl.ok('apply -f -', { input: web({ name: 'b', port: 82 }, { name: 'a', port: 80 }) });
  expect(await kubectl.ok('get svc ports -o jsonpath={.spec.ports[*].port}')).toBe('82 80');
});

test('a list of objects is applied as a whole', async () => {
  const items = ['l1', 'l2'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }));
  const out = await kubectl.ok('apply -f -', { input: { apiVersion: 'v1', kind: 'List', items } });
  expect(out.split('\n')).toEqual(['configmap/l1 created', 'configmap/l2 created']);
});

test('what a schema does not allow is refused with every reason', async () => {
  const input = application('wrong', { services: [{ ...service, id: 5, entries: [{ type: 'Foo' }] }] });
  const lines = (await kubectl.fails('apply -f -', { input })).split('\n');
  expect(lines.sort()).toEqual([
    '* spec.services[0].entries[0].type: Unsupported value: "Foo": supported values: "API", "Events"',
    '* spec.services[0].id: Invalid value: "integer": spec.services[0].id in body must be of type string: "integer"',
    'The Application "wrong" is invalid: ',
  ]);
});

test('an unknown field is refused, or warned of when asked so', async () => {
  const input = application('unknown', { wrongField: 1 });
  expect(await kubectl.fails('apply -f -', { input })).toContain(
    'strict decoding error: unknown field "spec.wrongField"',
  );
  const { code, err } = await kubectl.run('create --validate=warn -f -', { input });
  expect([code, err]).toEqual([0, 'Warning: unknown field "spec.wrongField"']);
});

test('create makes one object of each typed kind', async () => {
  const commands = [
    'create namespace made',
    'create secret generic s --from-literal=a=b -n made',
    'create configmap c --from-literal=a=b -n made',
    'create serviceaccount robot -n made',
    'create service clusterip web --tcp=80:8080 -n made',
    'run pod --image=nginx -n made',
  ];
  for (const command of commands) expect(await kubectl.ok(command)).toMatch(/created$/);
  expect(await kubectl.ok('get secret s -n made -o jsonpath={.data.a}')).toBe('Yg==');
  expect(await kubectl.ok('get svc web -n made -o jsonpath={.spec.ports[0].targetPort}')).toBe('8080');
  expect(await kubectl.ok('wait --for=condition=Ready pod/pod -n made --timeout=5s')).toBe('pod/pod condition met');
  expect(await kubectl.ok('create token robot -n made')).toMatch(/^ey/);
  expect(await kubectl.fails('create namespace made')).toContain('(AlreadyExists): namespaces "made" already exists');
  expect(await kubectl.ok('delete ns made --timeout=5s')).toBe('namespace "made" deleted');
  expect(await kubectl.ok('get ns made --ignore-not-found')).toBe('');
});

test('edit, patch, label, annotate, replace and set-last-applied change an object', async () => {
  const file = await kubectl.file('edit.json', application('edited', { skipVerify: false }));
  await kubectl.ok(`create -f ${file}`);
  await kubectl.ok('edit app edited', { env: { EDITOR: 'sed -i s/skipVerify:.false/skipVerify:\\ true/' } });
  await kubectl.ok(['patch', 'app', 'edited', '--type=merge', '-p', '{"spec":{"description":"m"}}']);
  const operations = '[{"op":"add","path":"/spec/group","value":"g"}]';
  await kubectl.ok(['patch', 'app', 'edited', '--type=json', '-p', operations]);
  expect(await kubectl.fails(['patch', 'app', 'edited', '-p', '{}'])).toContain(
    'application/strategic-merge-patch+json is not supported by applicationconnector.kyma-project.io/v1alpha1, Kind=Application',
  );
  await kubectl.ok('label app edited tier=demo');
  await kubectl.ok('annotate app edited a/b=c');
  const jsonpath =
    '{.spec.skipVerify} {.spec.description} {.spec.group} {.metadata.labels} {.metadata.annotations.a/b}';
  expect(await kubectl.ok(['get', 'app', 'edited', '-o', `jsonpath=${jsonpath}`])).toBe('true m g {"tier":"demo"} c');
  await kubectl.ok('label app edited tier-');
  expect(await kubectl.ok(`replace -f ${file}`)).toMatch(/replaced$/);
  expect(await kubectl.ok('get app edited -o jsonpath={.spec}')).toBe('{"encodeUrl":true,"skipVerify":false}');
  expect(await kubectl.ok(`apply set-last-applied --create-annotation -f ${file}`)).toMatch(/configured$/);
});

test('a strategic patch changes one port of a service', async () => {
  await kubectl.ok('create service clusterip strategic --tcp=80 --tcp=81');
  await kubectl.ok(['patch', 'svc', 'strategic', '-p', '{"spec":{"ports":[{"port":81,"name":"z"}]}}']);
  expect(await kubectl.ok('get svc strategic -o jsonpath={.spec.ports[*].name}')).toBe('80 z');
});

test('diff shows what apply would change, and changes nothing', async () => {
  const file = await kubectl.file('diff.json', application('differs', { description: 'a' }));
  await kubectl.ok(`apply -f ${file}`);
  expect((await kubectl.run(`diff -f ${file}`)).code).toBe(0);
  await kubectl.file('diff.json', application('differs', { description: 'b' }));
  for (const how of ['diff', 'diff --server-side --force-conflicts']) {
    const { code, out } = await kubectl.run(`${how} -f ${file}`);
    expect([code, out.includes('-  description: a'), out.includes('+  description: b')], how).toEqual([1, true, true]);
  }
  expect(await kubectl.ok('get app differs -o jsonpath={.spec.description}')).toBe('a');
});

test('both dry runs say what would happen and store nothing', async () => {
  const input = application('dry');
  expect(await kubectl.ok('apply --dry-run=client -f -', { input })).toMatch(/created \(dry run\)$/);
  expect(await kubectl.ok('apply --dry-run=server -f -', { input })).toMatch(/created \(server dry run\)$/);
  expect(await kubectl.ok('create secret generic dry --from-literal=a=b --dry-run=server')).toMatch(
    /\(server dry run\)$/,
  );
  expect(await kubectl.fails('get app dry')).toBe(
    'Error from server (NotFound): applications.applicationconnector.kyma-project.io "dry" not found',
  );
});

test('server-side apply owns fields, refuses those of others, and takes them by force', async () => {
  const file = await kubectl.file('ssa.json', application('owned', { description: 'a' }, { labels: { two: 'x' } }));
  expect(await kubectl.ok(`apply --server-side -f ${file}`)).toMatch(/serverside-applied$/);
  await kubectl.ok('label app owned two=y --overwrite');
  expect(await kubectl.fails(`apply --server-side -f ${file}`)).toContain(
    'conflict with "kubectl-label" using applicationconnector.kyma-project.io/v1alpha1: .metadata.labels.two',
  );
  await kubectl.ok(`apply --server-side --force-conflicts -f ${file}`);
  expect(await kubectl.ok('get app owned -o jsonpath={.metadata.labels.two}')).toBe('x');
  await kubectl.file('ssa.json', application('owned', { description: 'a' }));
  await kubectl.ok(`apply --server-side -f ${file}`);
  expect(await kubectl.ok('get app owned -o jsonpath={.metadata.labels}')).toBe('');
});

test('an object moves from client-side to server-side apply', async () => {
  const file = await kubectl.file('move.json', application('moved', { description: 'a' }));
  await kubectl.ok(`apply -f ${file}`);
  await kubectl.ok(`apply --server-side -f ${file}`);
  await kubectl.file('move.json', application('moved', { displayName: 'b' }));
  await kubectl.ok(`apply --server-side -f ${file}`);
  expect(await kubectl.ok('get app moved -o jsonpath={.spec}')).toBe('{"displayName":"b","encodeUrl":true}');
});

test('delete waits for finalizers, by name, by label and all', async () => {
  await kubectl.ok('apply -f -', { input: application('held', {}, { finalizers: ['a/b'] }) });
  await kubectl.ok('delete app held --wait=false');
  const waiting = kubectl.ok('wait --for=delete app/held --timeout=10s');
  await kubectl.ok(['patch', 'app', 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
  // It may be gone before kubectl looks, which is as good.
  expect(await waiting).toMatch(/^$|condition met$/);
  for (const name of ['d1', 'd2', 'd3']) await kubectl.ok(`create configmap ${name} -n kube-system`);
  await kubectl.ok('label configmap d1 -n kube-system gone=yes');
  expect(await kubectl.ok('delete cm -n kube-system -l gone=yes')).toBe('configmap "d1" deleted');
  expect(await kubectl.ok('delete cm -n kube-system --all')).toBe('configmap "d2" deleted\nconfigmap "d3" deleted');
  expect(await kubectl.ok('delete cm -n kube-system d1 --ignore-not-found')).toBe('');
});

test('a definition is applied, waited for and used', async () => {
  const input = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
            },
          },
        },
      ],
    },
  };
  await kubectl.ok('apply -f -', { input });
  await kubectl.ok('wait --for=condition=Established crd/widgets.example.com --timeout=5s');
  const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' }, spec: { size: 3 } };
  expect(await kubectl.ok('apply -f -', { input: widget })).toBe('widget.example.com/w created');
  expect((await kubectl.ok('get widgets')).split(/\s+/)).toEqual(['NAME', 'SIZE', 'w', '3']);
  expect(await kubectl.ok('explain widget.spec.size')).toContain('FIELD: size <integer>');
});
