import { describe, expect, test } from 'vitest';
import { AdmissionError } from '../../src/resources/admission-error.ts';
import { admit, checkChange, checkNamespace, checkPart } from '../../src/resources/admit.ts';
import { applicationKind, secretKind } from '../../src/resources/kinds.ts';
import { knownKinds } from '../../src/resources/known-kinds.ts';
import { problemText } from '../../src/resources/problem.ts';

const apiVersion = 'applicationconnector.kyma-project.io/v1alpha1';
const P = '^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$';

const entry = { type: 'API', targetUrl: 'http://localhost' };
const service = {
  id: 'a',
  name: 'orders',
  displayName: 'Orders',
  description: '',
  providerDisplayName: '',
  entries: [entry],
};
const application = (spec?: unknown, name = 'shop') => ({
  apiVersion,
  kind: 'Application',
  metadata: { name },
  ...(spec === undefined ? {} : { spec }),
});
const withService = (change: object) => application({ services: [{ ...service, ...change }] });
const withEntry = (change: object) => withService({ entries: [{ ...entry, ...change }] });
const secret = (content: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, ...content });

const problemsOf = (value: unknown) => admit(value).problems.map(problemText);

describe('an Application', () => {
  // (application-cr §9)
  test.each([
    ['without displayName', withService({ displayName: undefined }), 'spec.services[0].displayName: Required value'],
    ['with entries null', withService({ entries: null }), 'spec.services[0].entries: Required value'],
    [
      'with an unknown entry type',
      withEntry({ type: 'Foo' }),
      'spec.services[0].entries[0].type: Unsupported value: "Foo": supported values: "API", "Events"',
    ],
    [
      'with a number as id',
      withService({ id: 5 }),
      'spec.services[0].id: Invalid value: "integer": spec.services[0].id in body must be of type string: "integer"',
    ],
    [
      'with null in a list',
      application({ tags: [null] }),
      'spec.tags[0]: Invalid value: "null": spec.tags[0] in body must be of type string: "null"',
    ],
    [
      'with a text as services',
      application({ services: 'all' }),
      'spec.services: Invalid value: "string": spec.services in body must be of type array: "string"',
    ],
    [
      'with an accessLabel that is too long',
      application({ accessLabel: 'a'.repeat(64) }),
      'spec.accessLabel: Too long: may not be longer than 63',
    ],
    [
      'with an accessLabel of the wrong form',
      application({ accessLabel: '-' }),
      `spec.accessLabel: Invalid value: "-": spec.accessLabel in body should match '${P}'`,
    ],
    [
      'with csrfInfo {}',
      withEntry({ credentials: { type: '', secretName: '', csrfInfo: {} } }),
      'spec.services[0].entries[0].credentials.csrfInfo.tokenEndpointURL: Required value',
    ],
    [
      'with compassMetadata {}',
      application({ compassMetadata: {} }),
      'spec.compassMetadata.authentication: Required value',
    ],
    [
      'with a number as label value',
      application({ labels: { region: 1.5 } }),
      'spec.labels.region: Invalid value: "number": spec.labels.region in body must be of type string: "number"',
    ],
    [
      'with status but no installationStatus',
      { ...application(), status: {} },
      'status.installationStatus: Required value',
    ],
  ])('%s is refused', (_, value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });

  test('with several problems is told all of them', () => {
    expect(problemsOf(withEntry({ credentials: {}, type: 1 }))).toEqual([
      'spec.services[0].entries[0].type: Invalid value: "integer": spec.services[0].entries[0].type in body must be of type string: "integer"',
      'spec.services[0].entries[0].credentials.type: Required value',
      'spec.services[0].entries[0].credentials.secretName: Required value',
    ]);
  });

  test.each([
    ['no spec at all', application()],
    ['credentials of empty texts', withEntry({ credentials: { type: '', secretName: '' } })],
    ['no entries in the list', withService({ entries: [] })],
    ['two services that are the same', application({ services: [service, service] })],
    ['something that is no URL', withEntry({ targetUrl: 'nowhere' })],
    ['labels and tags null', application({ labels: null, tags: null })],
    ['services null', application({ services: null })],
    ['members nobody knows', application({ foo: { bar: null } })],
  ])('with %s is accepted', (_, value) => {
    expect(problemsOf(value)).toEqual([]);
  });

  test.each([
    ['System_Prod', "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.'"],
    ['-shop', 'must start and end with an alphanumeric character'],
    ['shop.', "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?"],
    ['a'.repeat(254), 'must be no more than 253 characters'],
  ])('cannot be called %s', (name, why) => {
    expect(problemsOf(application({}, name))).toEqual([
      expect.stringMatching(new RegExp(`^metadata\\.name: Invalid value: "${name}": `)),
    ]);
    expect(problemsOf(application({}, name))[0]).toContain(why);
  });

  test.each(['shop', 'shop.prod-1', '0', 'a'.repeat(253)])('can be called %s', (name) => {
    expect(problemsOf(application({}, name))).toEqual([]);
  });

  test('gets encodeUrl true where there is a spec that does not say otherwise', () => {
    expect(admit(application({})).resource.spec).toEqual({ encodeUrl: true });
    expect(admit(application({ encodeUrl: null })).resource.spec).toEqual({ encodeUrl: true });
    expect(admit(application({ encodeUrl: false })).resource.spec).toEqual({ encodeUrl: false });
    expect(admit(application()).resource).not.toHaveProperty('spec');
  });

  test('loses nulls that mean nothing and keeps those that do', () => {
    const { spec } = admit(application({ services: null, labels: null, encodeUrl: true })).resource;
    expect(spec).toEqual({ labels: null, encodeUrl: true });
  });

  test('loses what its schema does not know, and tells what could have been meant', () => {
    const { resource, problems, unknown } = admit(application({ srvices: [], services: [{ ...service, nam: 1 }] }));
    expect(problems).toEqual([]);
    expect(resource.spec).toEqual({ services: [service], encodeUrl: true });
    expect(unknown).toEqual([
      { path: ['spec', 'srvices'], known: expect.arrayContaining(['services', 'description']) },
      { path: ['spec', 'services', 0, 'nam'], known: expect.arrayContaining(['name', 'entries']) },
    ]);
  });

  test('belongs to no namespace', () => {
    const placed = { ...application(), metadata: { name: 'shop', namespace: 'default' } };
    expect(admit(placed).resource.metadata).toEqual({ name: 'shop' });
  });
});

test('a RemoteEnvironment keeps what its schema does not know, but for its metadata', () => {
  const odd = { apiVersion, kind: 'RemoteEnvironment', metadata: { name: 'a', lables: {} }, spec: { odd: 1 } };
  expect(admit(odd)).toMatchObject({
    resource: { metadata: { name: 'a' }, spec: { odd: 1 } },
    unknown: [{ path: ['metadata', 'lables'], known: expect.arrayContaining(['labels']) }],
  });
});

test('a RemoteEnvironment is checked by its own schema, without defaults', () => {
  const value = {
    ...application({ services: [{ ...service, entries: [{ ...entry, oauthUrl: 1 }] }] }),
    kind: 'RemoteEnvironment',
    status: { conditions: null },
  };
  expect(problemsOf(value)).toEqual([expect.stringContaining('entries[0].oauthUrl: Invalid value: "integer"')]);
  const plain = { ...application({ description: 'd' }), kind: 'RemoteEnvironment', status: { conditions: null } };
  expect(admit(plain)).toEqual({ resource: plain, problems: [], unknown: [] });
});

test('a TokenRequest is in the namespace default unless it says otherwise, and its status is all or nothing', () => {
  const request = { apiVersion, kind: 'TokenRequest', metadata: { name: 'shop' } };
  expect(admit(request).resource.metadata).toEqual({ name: 'shop', namespace: 'default' });
  const elsewhere = { ...request, metadata: { name: 'shop', namespace: 'x' } };
  expect(admit(elsewhere).resource.metadata).toEqual(elsewhere.metadata);
  expect(problemsOf({ ...request, status: { application: 'shop', state: '', token: '', url: '' } })).toEqual([
    'status.expireAfter: Required value',
  ]);
});

describe('a Secret', () => {
  test('has its stringData folded into data, and a type', () => {
    const value = secret({ data: { a: 'eA==', b: 'eA==' }, stringData: { b: 'é' } });
    expect(admit(value).resource).toEqual({
      ...secret({ type: 'Opaque', data: { a: 'eA==', b: 'w6k=' } }),
      metadata: { name: 's', namespace: 'default' },
    });
  });

  test('keeps nothing of stringData when that is empty or null', () => {
    for (const stringData of [null, {}, { a: null }]) {
      expect(admit(secret({ stringData })).resource).not.toHaveProperty('stringData');
    }
  });

  test.each([
    ['that is not base64', { data: { password: 'hunter2!' } }, 'data.password: Invalid value: the value is not base64'],
    ['that is no text', { data: { password: 5 } }, 'data.password: Invalid value: "integer"'],
    [
      'that is no text in stringData',
      { stringData: { a: 'x', pin: 1234 } },
      'stringData.pin: Invalid value: "integer"',
    ],
    ['under an impossible key', { data: { 'a b': 'eA==' } }, 'data[a b]: Invalid value: "a b"'],
    ['missing for its type', { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }, 'data[tls.key]: Required value'],
  ])('with a value %s is refused without showing the value', (_, content, problem) => {
    const [text, ...more] = problemsOf(secret(content));
    expect(text).toContain(problem);
    expect(more).toEqual([]);
    expect(text).not.toMatch(/hunter2|1234/);
  });
});

test('a ConfigMap holds texts in data and base64 in binaryData', () => {
  const map = (content: object) => problemsOf({ ...secret(content), kind: 'ConfigMap' });
  expect(map({ data: { a: 'any text' }, binaryData: { b: 'eA==' } })).toEqual([]);
  expect(map({ data: { a: 1 } })).toEqual([expect.stringContaining('data.a: Invalid value: "integer"')]);
  expect(map({ binaryData: { b: 'any text' } })).toEqual(['binaryData.b: Invalid value: the value is not base64']);
});

test('a Namespace is active and carries its name as a label', () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod', labels: { a: 'b' } } };
  expect(admit(namespace)).toEqual({
    problems: [],
    unknown: [],
    resource: {
      ...namespace,
      metadata: { name: 'prod', labels: { a: 'b', 'kubernetes.io/metadata.name': 'prod' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    },
  });
});

test.each([
  ['Namespace', 'a.b', 'RFC 1123 label'],
  ['Service', '1a', 'DNS-1035 label'],
  ['Service', 'a.b', 'DNS-1035 label'],
])('a %s cannot be called %s', (kind, name, rule) => {
  expect(problemsOf({ apiVersion: 'v1', kind, metadata: { name } })).toEqual([expect.stringContaining(rule)]);
});

describe('any resource', () => {
  test('of an unknown kind is accepted as it is when it has an identity', () => {
    const value = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'Any_Name' }, spec: { a: null } };
    expect(admit(value)).toEqual({ resource: value, problems: [], unknown: [] });
  });

  test.each([
    [{ kind: 'Thing', metadata: { name: 'a' } }, 'apiVersion: Required value'],
    [{ apiVersion: '', kind: 'Thing', metadata: { name: 'a' } }, 'apiVersion: Required value'],
    [{ apiVersion: 'v1', metadata: { name: 'a' } }, 'kind: Required value'],
    [{ apiVersion: 'v1', kind: 'Thing' }, 'metadata: Required value'],
    [{ apiVersion: 'v1', kind: 'Thing', metadata: {} }, 'metadata.name: Required value'],
    [{ apiVersion: 'v1', kind: 'Thing', metadata: { name: '' } }, 'metadata.name: Required value'],
    ['text', 'Invalid value: "string": resource in body must be of type object: "string"'],
    [null, 'Invalid value: "null": resource in body must be of type object: "null"'],
    [[], 'Invalid value: "array": resource in body must be of type object: "array"'],
  ])('%j is refused', (value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });

  test('has texts as labels and annotations', () => {
    const value = { ...application(), metadata: { name: 'shop', labels: { a: true }, annotations: { 'b.c/d': 1 } } };
    expect(problemsOf(value)).toEqual([
      'metadata.labels.a: Invalid value: "boolean": metadata.labels.a in body must be of type string: "boolean"',
      'metadata.annotations[b.c/d]: Invalid value: "integer": metadata.annotations[b.c/d] in body must be of type string: "integer"',
    ]);
  });
});

describe('labels, annotations and namespaces are checked', () => {
  const metadata = { name: 'a', labels: { 'a b': 'x', ok: 'not ok' }, annotations: { 'c d': '' } };
  test.each([
    ['of a kind of ours', { ...application(), metadata }],
    ['of a kind that nobody knows', { apiVersion: 'example.com/v1', kind: 'Thing', metadata }],
  ])('%s', (_, value) => {
    expect(problemsOf(value)).toEqual([
      expect.stringMatching(/^metadata\.labels: Invalid value: "a b": name part/),
      expect.stringMatching(/^metadata\.labels: Invalid value: "not ok": a valid label/),
      expect.stringMatching(/^metadata\.annotations: Invalid value: "c d": name part/),
    ]);
  });

  test('but for the namespace of what belongs to none', () => {
    expect(problemsOf({ ...secret({}), metadata: { name: 's', namespace: 'No' } })).toEqual([
      expect.stringMatching(/^metadata\.namespace: Invalid value: "No": a lowercase RFC 1123 label/),
    ]);
    expect(problemsOf({ ...application(), metadata: { name: 'shop', namespace: 'No' } })).toEqual([]);
  });
});

test('a resource of a kind that a definition adds is checked, completed and kept in one version', () => {
  const version = {
    served: true,
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', properties: { size: { type: 'integer', default: 7 } } } },
      },
    },
  };
  const { find } = knownKinds([
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [
          { ...version, name: 'v1', storage: true },
          { ...version, name: 'v1beta1', storage: false },
        ],
      },
    },
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'broken' } },
  ]);
  const widget = { apiVersion: 'example.com/v1beta1', kind: 'Widget', metadata: { name: 'w' }, spec: { odd: 1 } };
  expect(admit(widget, find)).toEqual({
    resource: {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w', namespace: 'default' },
      spec: { size: 7 },
    },
    problems: [],
    unknown: [{ path: ['spec', 'odd'], known: ['size'] }],
  });
  expect(admit({ ...widget, spec: { size: 'big' } }, find).problems.map(problemText)).toEqual([
    expect.stringContaining('spec.size: Invalid value: "string"'),
  ]);
  expect(admit({ ...widget, apiVersion: 'example.com/v2' }, find).resource.spec).toEqual({ odd: 1 });
});

test('a part of a resource is checked where it stands', () => {
  const path = ['spec', 'services', 7];
  expect(checkPart(applicationKind, path, service)).toEqual([]);
  expect(checkPart(applicationKind, path, { ...service, entries: [{ type: 'Foo' }] }).map(problemText)).toEqual([
    'spec.services[7].entries[0].type: Unsupported value: "Foo": supported values: "API", "Events"',
  ]);
  expect(checkPart(applicationKind, ['spec', 'nothing'], 1)).toEqual([]);
});

test('what is immutable stays, whoever changes it', () => {
  const before = admit(secret({ immutable: true, stringData: { a: 'b' } })).resource;
  const after = admit(secret({ type: 'other', immutable: true, stringData: { a: 'c' } })).resource;
  expect(checkChange(secretKind, after, before).map(problemText)).toEqual([
    'type: Invalid value: "other": field is immutable',
    'data: Forbidden: field is immutable when `immutable` is set',
  ]);
  expect(checkChange(applicationKind, after, before)).toEqual([]);
});

test('only a namespace that is there to stay takes something new, and a refusal names it alone', () => {
  expect(checkNamespace('x', 'active')).toEqual([]);
  const refusal = (state: 'absent' | 'terminating') =>
    new AdmissionError(secretKind, 's', [...checkNamespace('x', state)]).message;
  expect(refusal('absent')).toBe('namespaces "x" not found');
  expect(refusal('terminating')).toBe('unable to create new content in namespace x because it is being terminated');
});
