import { apiRuleSchema, earlyApiRuleSchema } from './api-rule.ts';
import { applicationSchema, remoteEnvironmentSchema } from './application.ts';
import { compassConnectionSchema } from './compass-connection.ts';
import {
  checkConfigMap,
  checkImmutable,
  checkPod,
  checkSecret,
  checkSecretUpdate,
  completeNamespace,
  completePod,
  completeService,
  configMapSchema,
  foldStringData,
  secretSchema,
} from './core-kinds.ts';
import {
  definitionSchema,
  eventSchema,
  namespaceSchema,
  podSchema,
  serviceAccountSchema,
  serviceSchema,
} from './core-schemas.ts';
import { checkDefinition, completeDefinition } from './definition.ts';
import { checkFunction, functionSchema } from './function.ts';
import { type Kind, versionOf } from './kind.ts';
import { nameRules } from './name-rules.ts';
import { ageColumn, column } from './printer-column.ts';
import type { KindReference } from './resource.ts';
import { serviceBindingSchema, serviceInstanceSchema } from './service-instance.ts';
import { subscriptionSchema } from './subscription.ts';
import { tokenRequestSchema } from './token-request.ts';

const custom = { nameRule: nameRules.subdomain, custom: true, shortNames: [] } as const;
const kyma = { ...custom, apiVersion: 'applicationconnector.kyma-project.io/v1alpha1' } as const;
const core = { apiVersion: 'v1', nameRule: nameRules.subdomain, custom: false, shortNames: [] } as const;

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
  keepsUnknown: true,
};

/** TokenRequest: asks for a pairing token by `kubectl`. (connector-service §8) */
export const tokenRequestKind: Kind = {
  ...kyma,
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  singular: 'tokenrequest',
  namespaced: true,
  schema: tokenRequestSchema,
  keepsUnknown: true,
};

const compassConnectionKind: Kind = {
  ...custom,
  apiVersion: 'compass.kyma-project.io/v1alpha1',
  kind: 'CompassConnection',
  plural: 'compassconnections',
  singular: 'compassconnection',
  namespaced: false,
  schema: compassConnectionSchema,
};

const subscriptionKind: Kind = {
  ...custom,
  apiVersion: 'eventing.kyma-project.io/v1alpha2',
  kind: 'Subscription',
  plural: 'subscriptions',
  singular: 'subscription',
  namespaced: true,
  schema: subscriptionSchema,
  statusSubresource: true,
  columns: [column('Ready', '.status.ready'), ageColumn],
};

const functionKind: Kind = {
  ...custom,
  apiVersion: 'serverless.kyma-project.io/v1alpha2',
  kind: 'Function',
  plural: 'functions',
  singular: 'function',
  shortNames: ['fn', 'fns'],
  categories: ['all'],
  namespaced: true,
  schema: functionSchema,
  statusSubresource: true,
  check: checkFunction,
  columns: [
    column('Configured', ".status.conditions[?(@.type=='ConfigurationReady')].status"),
    column('Running', ".status.conditions[?(@.type=='Running')].status"),
    column('Runtime', '.spec.runtime'),
    column('Version', '.metadata.generation', 'integer'),
    ageColumn,
  ],
};

const apiRuleColumns = [column('Status', '.status.state'), column('Hosts', '.spec.hosts')];

const apiRuleKind: Kind = {
  ...custom,
  apiVersion: 'gateway.kyma-project.io/v2alpha1',
  kind: 'APIRule',
  plural: 'apirules',
  singular: 'apirule',
  categories: ['kyma-api-gateway'],
  namespaced: true,
  schema: apiRuleSchema,
  statusSubresource: true,
  columns: apiRuleColumns,
  versions: [
    { version: 'v2', schema: apiRuleSchema, columns: apiRuleColumns },
    {
      version: 'v1beta1',
      schema: earlyApiRuleSchema,
      columns: [column('Status', '.status.APIRuleStatus.code'), column('Host', '.spec.host')],
      deprecation: 'Version v1beta1 of APIRule is no longer supported. Migrate to version v2.',
    },
  ],
};

const operator = { ...custom, apiVersion: 'services.cloud.sap.com/v1', namespaced: true, statusSubresource: true };
const operatorColumns = [
  column('ID', '.status.instanceID', 'string', 1),
  column('Message', '.status.conditions[0].message', 'string', 1),
];

const serviceInstanceKind: Kind = {
  ...operator,
  kind: 'ServiceInstance',
  plural: 'serviceinstances',
  singular: 'serviceinstance',
  schema: serviceInstanceSchema,
  columns: [
    column('Offering', '.spec.serviceOfferingName'),
    column('Plan', '.spec.servicePlanName'),
    column('shared', '.spec.shared', 'boolean'),
    column('dataCenter', '.spec.dataCenter'),
    column('Status', '.status.conditions[0].reason'),
    column('Ready', '.status.ready'),
    ageColumn,
    ...operatorColumns,
  ],
};

const serviceBindingKind: Kind = {
  ...operator,
  kind: 'ServiceBinding',
  plural: 'servicebindings',
  singular: 'servicebinding',
  schema: serviceBindingSchema,
  columns: [
    column('Instance', '.spec.serviceInstanceName'),
    column('Status', '.status.conditions[0].reason'),
    column('Ready', '.status.ready'),
    ageColumn,
    column('ID', '.status.bindingID', 'string', 1),
    column('Message', '.status.conditions[0].message', 'string', 1),
  ],
};

export const namespaceKind: Kind = {
  ...core,
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  nameRule: nameRules.label,
  schema: namespaceSchema,
  statusSubresource: true,
  complete: completeNamespace,
  fields: { 'status.phase': ['status', 'phase'] },
};

export const secretKind: Kind = {
  ...core,
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  schema: secretSchema,
  complete: foldStringData,
  check: checkSecret,
  checkUpdate: checkSecretUpdate,
  fields: { type: ['type'] },
};

const configMapKind: Kind = {
  ...core,
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: configMapSchema,
  check: checkConfigMap,
  checkUpdate: (next, previous) => checkImmutable(['data', 'binaryData'], next, previous),
};

export const serviceAccountKind: Kind = {
  ...core,
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  schema: serviceAccountSchema,
};

export const serviceKind: Kind = {
  ...core,
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  nameRule: nameRules.service,
  schema: serviceSchema,
  statusSubresource: true,
  complete: completeService,
};

export const podKind: Kind = {
  ...core,
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schema: podSchema,
  statusSubresource: true,
  complete: completePod,
  check: checkPod,
  fields: {
    'status.phase': ['status', 'phase'],
    'status.podIP': ['status', 'podIP'],
    'spec.nodeName': ['spec', 'nodeName'],
    'spec.restartPolicy': ['spec', 'restartPolicy'],
    'spec.serviceAccountName': ['spec', 'serviceAccountName'],
    'spec.schedulerName': ['spec', 'schedulerName'],
  },
};

const involved = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;

const eventKind: Kind = {
  ...core,
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: eventSchema,
  fields: {
    ...Object.fromEntries(involved.map((field) => [`involvedObject.${field}`, ['involvedObject', field]])),
    reason: ['reason'],
    reportingComponent: ['reportingComponent'],
    source: ['source', 'component'],
    type: ['type'],
  },
};

/** CustomResourceDefinition: makes further kinds known. (kubernetes-api §5.3) */
export const definitionKind: Kind = {
  ...core,
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  schema: definitionSchema,
  statusSubresource: true,
  complete: completeDefinition,
  check: checkDefinition,
};

/** The kinds that are there from the start. Where two could be meant by one name, the earlier one is. */
export const kinds: readonly Kind[] = [
  namespaceKind,
  secretKind,
  configMapKind,
  serviceAccountKind,
  serviceKind,
  podKind,
  eventKind,
  definitionKind,
  applicationKind,
  remoteEnvironmentKind,
  tokenRequestKind,
  subscriptionKind,
  functionKind,
  apiRuleKind,
  serviceInstanceKind,
  serviceBindingKind,
  compassConnectionKind,
];

/**
 * Specification: Kymulator's own; Kyma keeps specifications in an asset store. One resource per service id, apart from the
 * Application, so that Applications stay small. (metadata-service §8.4)
 */
export const specificationKind: KindReference = { apiVersion: 'kymulator.local/v1', kind: 'Specification' };

/** Kinds that no API shows, whose resources belong to others. */
export const unservedKinds: readonly KindReference[] = [specificationKind];

/** The known kind of a resource or reference in any of its versions, if it is known. */
export const findKind = ({ apiVersion, kind }: KindReference): Kind | undefined =>
  kinds.find((known) => known.kind === kind && versionOf(known, apiVersion) !== undefined);
