import { condition } from './condition.ts';
import type { Schema } from './schema.ts';

/** Subscription of today's eventing. Most rules are its controller's, not the schema's. (events §10.1, §10.3) */

const text = { type: 'string' } as const;

const emsStatus = {
  type: 'object',
  properties: {
    status: text,
    statusReason: text,
    lastSuccessfulDelivery: text,
    lastFailedDelivery: text,
    lastFailedDeliveryReason: text,
  },
} as const;

export const subscriptionSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      description: 'What is wanted and where it goes.',
      required: ['sink', 'source', 'types'],
      properties: {
        id: { ...text, description: 'Read-only identity.' },
        sink: { ...text, description: 'URL of the Service that gets the events; of the same namespace.' },
        source: { ...text, description: 'Application or other source of the events.' },
        types: { type: 'array', items: text, description: 'Types of the events that are wanted.' },
        typeMatching: { ...text, default: 'standard', description: 'standard or exact.' },
        config: {
          type: 'object',
          additionalProperties: text,
          default: { maxInFlightMessages: '10' },
          description: 'Settings of the delivery; all values are texts.',
        },
      },
    },
    status: {
      type: 'object',
      required: ['backend', 'ready', 'types'],
      properties: {
        ready: { type: 'boolean' },
        conditions: { type: 'array', items: condition },
        types: {
          type: 'array',
          items: {
            type: 'object',
            required: ['cleanType', 'originalType'],
            properties: { cleanType: text, originalType: text },
          },
        },
        backend: {
          type: 'object',
          properties: {
            types: {
              type: 'array',
              items: {
                type: 'object',
                required: ['originalType'],
                properties: { consumerName: text, originalType: text },
              },
            },
            emsTypes: {
              type: 'array',
              items: { type: 'object', properties: { eventMeshType: text, originalType: text } },
            },
            ev2hash: { type: 'integer' },
            emshash: { type: 'integer' },
            eventMeshLocalHash: { type: 'integer' },
            webhookAuthHash: { type: 'integer' },
            externalSink: text,
            failedActivation: text,
            apiRuleName: text,
            emsSubscriptionStatus: emsStatus,
          },
        },
      },
    },
  },
} as const satisfies Schema;
