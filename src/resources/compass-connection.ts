import type { Schema } from './schema.ts';

/** CompassConnection: how the runtime agent of Compass stands. (kubernetes-api §12) */

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time', nullable: true } as const;
const flag = { type: 'boolean' } as const;

export const compassConnectionSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['managementInfo'],
      properties: {
        managementInfo: {
          type: 'object',
          required: ['connectorUrl', 'directorUrl'],
          properties: { connectorUrl: text, directorUrl: text },
        },
        refreshCredentialsNow: flag,
        resyncNow: flag,
      },
    },
    status: {
      type: 'object',
      required: ['connectionState'],
      properties: {
        connectionState: text,
        connectionStatus: {
          type: 'object',
          properties: {
            certificateStatus: {
              type: 'object',
              nullable: true,
              properties: { acquired: time, notAfter: time, notBefore: time },
            },
            error: text,
            established: time,
            lastSuccess: time,
            lastSync: time,
            renewed: time,
          },
        },
        synchronizationStatus: {
          type: 'object',
          nullable: true,
          properties: { error: text, lastAttempt: time, lastSuccessfulApplication: time, lastSuccessfulFetch: time },
        },
      },
    },
  },
} as const satisfies Schema;
