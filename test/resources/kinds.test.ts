import { expect, expectTypeOf, test } from 'vitest';
import type { ApplicationEntry, ApplicationService, ApplicationSpec } from '../../src/resources/application.ts';
import { findKind, kinds } from '../../src/resources/kinds.ts';

const kyma = 'applicationconnector.kyma-project.io/v1alpha1';

test.each([
  [kyma, 'Application', 'applications', 'application', ['app'], false],
  [kyma, 'RemoteEnvironment', 'remoteenvironments', 'remoteenvironment', ['re'], false],
  [kyma, 'TokenRequest', 'tokenrequests', 'tokenrequest', [], true],
  ['v1', 'Secret', 'secrets', 'secret', [], true],
  ['v1', 'ConfigMap', 'configmaps', 'configmap', ['cm'], true],
  ['v1', 'Namespace', 'namespaces', 'namespace', ['ns'], false],
  ['v1', 'Service', 'services', 'service', ['svc'], true],
])('%s %s is known as %s', (apiVersion, kind, plural, singular, shortNames, namespaced) => {
  expect(findKind({ apiVersion, kind })).toMatchObject({ plural, singular, shortNames, namespaced });
});

test('a kind of another group or version is not known', () => {
  expect(findKind({ apiVersion: 'v2', kind: 'Secret' })).toBeUndefined();
});

test('no two kinds answer to the same name within their group', () => {
  const names = kinds.flatMap(({ apiVersion, plural, singular, shortNames }) =>
    [plural, singular, ...shortNames].map((name) => `${apiVersion} ${name}`),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('the types of an Application are those of its schema', () => {
  expectTypeOf<ApplicationSpec['encodeUrl']>().toEqualTypeOf<boolean | undefined>();
  expectTypeOf<ApplicationSpec['labels']>().toEqualTypeOf<Readonly<Record<string, string>> | null | undefined>();
  expectTypeOf<ApplicationService['displayName']>().toEqualTypeOf<string>();
  expectTypeOf<ApplicationService['entries']>().toEqualTypeOf<readonly ApplicationEntry[]>();
  expectTypeOf<ApplicationEntry['type']>().toEqualTypeOf<'API' | 'Events'>();
  expectTypeOf<NonNullable<ApplicationEntry['credentials']>['secretName']>().toEqualTypeOf<string>();
});
