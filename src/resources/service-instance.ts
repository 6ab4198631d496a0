import { condition, observedGeneration } from './condition.ts';
import type { Schema } from './schema.ts';

/** ServiceInstance and ServiceBinding of the BTP service operator. (destination-service §5.1, §5.2) */

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;
const time = { type: 'string', format: 'date-time' } as const;
const externalName = { ...text, maxLength: 100 } as const;

const parametersFrom = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      secretKeyRef: { type: 'object', required: ['key', 'name'], properties: { name: text, key: text } },
    },
  },
} as const;

const conditions = {
  type: 'array',
  items: {
    ...condition,
    required: ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
    properties: { ...condition.properties, observedGeneration },
  },
} as const;

const common = {
  instanceID: text,
  operationURL: text,
  operationType: text,
  conditions,
  ready: text,
  subaccountID: text,
  observedGeneration,
} as const;

export const serviceInstanceSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['serviceOfferingName', 'servicePlanName'],
      properties: {
        serviceOfferingName: { ...text, description: 'Offering of the service, such as destination.' },
        servicePlanName: { ...text, description: 'Plan of the offering, such as lite.' },
        servicePlanID: text,
        dataCenter: text,
        externalName,
        shared: flag,
        parameters: open,
        parametersFrom,
        watchParametersFromChanges: flag,
        customTags: { type: 'array', items: text },
        userInfo: open,
        btpAccessCredentialsSecret: text,
      },
    },
    status: {
      type: 'object',
      properties: {
        ...common,
        tags: { type: 'array', items: text },
        hashedSpec: text,
        forceReconcile: flag,
      },
    },
  },
} as const satisfies Schema;

export const serviceBindingSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['serviceInstanceName'],
      properties: {
        serviceInstanceName: { ...text, description: 'The ServiceInstance that credentials are wanted for.' },
        serviceInstanceNamespace: text,
        externalName,
        secretName: { ...text, description: 'Secret that gets the credentials; default: the name of the binding.' },
        secretKey: text,
        secretRootKey: text,
        secretTemplate: text,
        parameters: open,
        parametersFrom,
        userInfo: open,
        credentialsRotationPolicy: {
          type: 'object',
          required: ['enabled'],
          properties: { enabled: flag, rotationFrequency: text, rotatedBindingTTL: text },
        },
      },
    },
    status: {
      type: 'object',
      properties: { ...common, bindingID: text, lastCredentialsRotationTime: time },
    },
  },
} as const satisfies Schema;
