import { applicationSchema, remoteEnvironmentSchema } from './application.ts';
import {
  checkConfigMap,
  checkSecret,
  completeNamespace,
  configMapSchema,
  foldStringData,
  openSchema,
  secretSchema,
} from './core-kinds.ts';
import { type NameRule, nameRules } from './name-rules.ts';
import type { Problem } from './problem.ts';
import type { KindReference, Resource } from './resource.ts';
import type { Schema } from './schema.ts';
import { tokenRequestSchema } from './token-request.ts';

/** A kind of resource that Kymulator knows: how it is addressed, and what its resources look like. */
export interface Kind extends KindReference {
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly nameRule: NameRule;
  /** Everything but apiVersion, kind and metadata. */
  readonly schema: Schema;
  /** Completes a resource that has the defaults of the schema already; it may still be invalid. */
  readonly complete?: ((resource: Resource) => Resource) | undefined;
  /** Rules beyond the schema, for resources that satisfy it. */
  readonly check?: ((resource: Resource) => Problem[]) | undefined;
}

const kyma = { apiVersion: 'applicationconnector.kyma-project.io/v1alpha1', nameRule: nameRules.subdomain } as const;
const core = { apiVersion: 'v1', nameRule: nameRules.subdomain } as const;

/** Application: a connected system and its services. (application-cr §1) */
export const applicationKind: Kind = {
  ...kyma,
  kind: 'Application',
  plural: 'applications',
  singular: 'application',
  shortNames: ['app'],
  namespaced: false,
  schema: applicationSchema,
};

/** RemoteEnvironment: what Application was called in 2018. (application-cr §1) */
export const remoteEnvironmentKind: Kind = {
  ...kyma,
  kind: 'RemoteEnvironment',
  plural: 'remoteenvironments',
  singular: 'remoteenvironment',
  shortNames: ['re'],
  namespaced: false,
  schema: remoteEnvironmentSchema,
};

/** TokenRequest: asks for a pairing token by `kubectl`. (connector-service §8) */
export const tokenRequestKind: Kind = {
  ...kyma,
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  singular: 'tokenrequest',
  shortNames: [],
  namespaced: true,
  schema: tokenRequestSchema,
};

export const secretKind: Kind = {
  ...core,
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  shortNames: [],
  namespaced: true,
  schema: secretSchema,
  complete: foldStringData,
  check: checkSecret,
};

export const configMapKind: Kind = {
  ...core,
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: configMapSchema,
  check: checkConfigMap,
};

export const namespaceKind: Kind = {
  ...core,
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  nameRule: nameRules.label,
  schema: openSchema,
  complete: completeNamespace,
};

export const serviceKind: Kind = {
  ...core,
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  namespaced: true,
  nameRule: nameRules.service,
  schema: openSchema,
};

export const kinds: readonly Kind[] = [
  applicationKind,
  remoteEnvironmentKind,
  tokenRequestKind,
  secretKind,
  configMapKind,
  namespaceKind,
  serviceKind,
];

/** The known kind of a resource or reference, if it is known. */
export const findKind = ({ apiVersion, kind }: KindReference): Kind | undefined =>
  kinds.find((known) => known.kind === kind && known.apiVersion === apiVersion);
