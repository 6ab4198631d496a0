import type { Random } from '../../src/core/random.ts';
import type { KindReference, Resource, ResourceReference } from '../../src/resources/resource.ts';

export const applications: KindReference = {
  apiVersion: 'applicationconnector.kyma-project.io/v1alpha1',
  kind: 'Application',
};
export const secrets: KindReference = { apiVersion: 'v1', kind: 'Secret' };

export interface Shop extends Resource {
  readonly spec?: { readonly [member: string]: unknown };
}

export const application = (name: string, spec: object = {}, labels?: Record<string, string>): Shop => ({
  ...applications,
  metadata: labels ? { name, labels } : { name },
  spec: { ...spec },
});

export const secret = (name: string, namespace: string): Resource => ({
  ...secrets,
  metadata: { name, namespace },
  data: { key: 'dmFsdWU=' },
});

export const applicationNamed = (name: string): ResourceReference => ({ ...applications, name });

/** Numbered ids, so that tests can tell them apart. */
export function countingRandom(): Random {
  let count = 0;
  return {
    bytes: (length) => Buffer.alloc(length),
    uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`,
  };
}
