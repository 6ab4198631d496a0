import type { Call } from './call.ts';
import type { Kind } from './kinds.ts';
import { fill, HEAD, MiB, names } from './texts.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const APPS = '/apis/applicationconnector.kyma-project.io/v1alpha1/applications';
const BODY = 3 * MiB - 1024;
const types = {
  json: 'application/json',
  yaml: 'application/yaml',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  operations: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

const call = (method: string, path: string, type?: keyof typeof types, body?: string): Call => ({
  to: 'kubernetes',
  method,
  path,
  headers: type ? { 'Content-Type': types[type] } : {},
  ...(body !== undefined && { body }),
});
let count = 0;
const kind = (name: string, calls: (own: string) => readonly Call[]): Kind => ({
  name: `kubernetes: ${name}`,
  get calls() {
    return calls(`o${count++}`);
  },
});
const map = (name: string, rest: string) => `{"metadata":{"name":"${name}"}${rest && `,${rest}`}}`;
const withMetadata = (name: string, metadata: string, rest = '') =>
  `{"metadata":{"name":"${name}",${metadata}}${rest}}`;
const create = (name: string, body: (own: string) => string, path = MAPS) =>
  kind(name, (own) => [call('POST', path, 'json', body(own))]);
const yaml = (name: string, body: (own: string) => string) =>
  kind(`YAML: ${name}`, (own) => [call('PATCH', `${MAPS}/${own}?fieldManager=a`, 'apply', body(own))]);
const changed = (name: string, type: keyof typeof types, before: (own: string) => string, patch: () => string) =>
  kind(name, (own) => [call('POST', MAPS, 'json', before(own)), call('PATCH', `${MAPS}/${own}`, type, patch())]);

const keys = (length: number, value = '""') => names(length, (at) => `"k${at}":${value}`, ',');
const finalizers = (many: number, prefix: string) =>
  Array.from({ length: many }, (_, at) => `"${prefix}/f${at}"`).join();
const owner = (at: number) => `{"apiVersion":"v1","kind":"X","name":"n","uid":"u${at}"}`;

const definition = (pattern: string) =>
  JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'slows.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'slows', singular: 'slow', kind: 'Slow', listKind: 'SlowList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { text: { type: 'string', pattern } } } },
        },
      ],
    },
  });

/** Requests of an administrator. */
export const kubernetes: readonly Kind[] = [
  kind('label selector of commas', () => [call('GET', `${MAPS}?labelSelector=${fill('a,', HEAD)}`)]),
  kind('label selector of values', () => [call('GET', `${MAPS}?labelSelector=a+in+(${fill('b,', HEAD)})`)]),
  kind('field selector of commas', () => [call('GET', `${MAPS}?fieldSelector=${fill('metadata.name!=a,', HEAD)}`)]),
  kind('a query of one name', () => [call('GET', `${MAPS}?${fill('a&', HEAD)}`)]),
  kind('a path of escapes', () => [call('GET', `${MAPS}/${fill('%41', HEAD)}`)]),
  create('JSON, nested far too deep', () => fill('[', BODY)),
  create('JSON, nested', (own) => map(own, `"x":${fill('[', 480)}${fill('1,', BODY - 3000)}1${fill(']', 480)}`)),
  create('JSON of lists that the kind does not know', (own) => map(own, `"x":[${fill('[],', BODY - 100)}1]`)),
  create('JSON of names that the kind does not know', (own) => map(own, keys(BODY - 100, '1'))),
  create('100 000 keys', (own) => map(own, `"data":{${keys(1.4 * MiB)}}`)),
  create('keys that are none', (own) => map(own, `"data":{${names(1.4 * MiB, (at) => `"*${at}":""`, ',')}}`)),
  create('50 000 labels', (own) => withMetadata(own, `"labels":{${keys(MiB, '"a"')}}`)),
  create('labels that are none', (own) => withMetadata(own, `"labels":{${names(MiB, (at) => `"*${at}":"*"`, ',')}}`)),
  create('annotations', (own) => withMetadata(own, `"annotations":{${keys(250 * 1024, '"a"')}}`)),
  create('owner references', (own) => withMetadata(own, `"ownerReferences":[${names(1.4 * MiB, owner, ',')}]`)),
  create('50 000 finalizers', (own) => withMetadata(own, `"finalizers":[${finalizers(50_000, 'a')}]`)),
  create('a name of letters', () => map(fill('a', BODY), '')),
  create(
    'an application of many services',
    (own) =>
      JSON.stringify({
        metadata: { name: own },
        spec: {
          services: Array.from({ length: 8000 }, (_, at) => ({
            id: `s${at}`,
            name: `s${at}`,
            displayName: `S ${at}`,
            providerDisplayName: 'p',
            description: 'd',
            entries: [],
          })),
        },
      }),
    APPS,
  ),
  create(
    'an application of labels',
    (own) => `{"metadata":{"name":"${own}"},"spec":{"labels":{${keys(MiB, '"a"')}}}}`,
    APPS,
  ),
  changed(
    'merge patch of keys',
    'merge',
    (own) => map(own, ''),
    () => `{"data":{${keys(1.4 * MiB)}}}`,
  ),
  changed(
    'strategic merge of finalizers',
    'strategic',
    (own) => withMetadata(own, `"finalizers":[${finalizers(8000, 'a')}]`),
    () => `{"metadata":{"finalizers":[${finalizers(8000, 'b')}]}}`,
  ),
  changed(
    'strategic merge of owners',
    'strategic',
    (own) => withMetadata(own, `"ownerReferences":[${names(600_000, owner, ',')}]`),
    () => `{"metadata":{"ownerReferences":[${names(600_000, (at) => owner(at + 100_000), ',')}]}}`,
  ),
  changed(
    'strategic merge of an order',
    'strategic',
    (own) => withMetadata(own, `"finalizers":[${finalizers(8000, 'a')}]`),
    () => `{"metadata":{"$setElementOrder/finalizers":[${finalizers(8000, 'a')}]}}`,
  ),
  changed(
    'JSON patch of additions',
    'operations',
    (own) => map(own, '"data":{}'),
    () => `[${Array.from({ length: 10_000 }, (_, at) => `{"op":"add","path":"/data/k${at}","value":""}`).join()}]`,
  ),
  changed(
    'JSON patch in front of a long list',
    'operations',
    (own) => withMetadata(own, `"finalizers":[${finalizers(50_000, 'a')}]`),
    () =>
      `[${Array.from({ length: 10_000 }, (_, at) => `{"op":"add","path":"/metadata/finalizers/0","value":"b/f${at}"}`).join()}]`,
  ),
  changed(
    'JSON patch of copies',
    'operations',
    (own) => map(own, `"data":{"a":"${fill('x', 300)}"}`),
    () =>
      `[${Array.from({ length: 9_000 }, (_, at) => `{"op":"copy","from":"/data/a","path":"/data/k${at}"}`).join()}]`,
  ),
  yaml(
    '200 000 lines',
    (own) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${own}\ndata:\n${names(2.5 * MiB, (at) => `  k${at}: ""`, '\n')}`,
  ),
  yaml('blank lines', (own) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${own}\n${fill('\n', BODY)}`),
  yaml('comments', (own) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${own}\n${fill('#\n', BODY)}`),
  yaml('nested flow', () => `a: ${fill('[', BODY)}`),
  yaml('nested flow of objects', () => `a: ${fill('{a: ', BODY)}`),
  yaml('a flow of values', () => `a: [${fill('a, ', BODY)}]`),
  yaml('nested keys', () => fill('a: ', 60_000)),
  yaml('keys nested by lines', () => Array.from({ length: 2000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')),
  yaml('nested lists', () => fill('- ', BODY)),
  yaml('question marks', () => fill('? ', BODY)),
  yaml('anchors', (own) => `a:\n${names(2 * MiB, (at) => `- &a${at} x`, '\n')}\nb: ${own}`),
  yaml('aliases', () => `a: &a x\nb:\n${fill('- *a\n', BODY)}`),
  yaml('tags', () => `a:\n${fill('- !a x\n', BODY)}`),
  yaml('directives', () => `${fill('%A\n', BODY)}---\na: b`),
  yaml('documents', () => fill('---\n', BODY)),
  yaml('a quoted text', () => `a: "${fill('\\n', BODY)}"`),
  yaml('a block', () => `a: |\n${fill('  x\n', BODY)}`),
  yaml('a plain text of lines', () => `a: x\n${fill('  x\n', BODY)}`),
  yaml('broken lines', () => fill('@\n', BODY)),
  yaml('JSON of keys', (own) => map(own, `"apiVersion":"v1","kind":"ConfigMap","data":{${keys(1.4 * MiB)}}`)),
  kind('a value for an exponential pattern', () => [
    call('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/slows.example.com'),
    call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', 'json', definition('^(a+)+$')),
    call(
      'POST',
      '/apis/example.com/v1/namespaces/default/slows',
      'json',
      `{"apiVersion":"example.com/v1","kind":"Slow","metadata":{"name":"a"},"text":"${fill('a', 40)}!"}`,
    ),
  ]),
  kind('a long value for an exponential pattern', () => [
    call('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/slows.example.com'),
    call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', 'json', definition('^(a+)+$')),
    call(
      'POST',
      '/apis/example.com/v1/namespaces/default/slows',
      'json',
      `{"apiVersion":"example.com/v1","kind":"Slow","metadata":{"name":"a"},"text":"${fill('a', MiB)}!"}`,
    ),
  ]),
];
