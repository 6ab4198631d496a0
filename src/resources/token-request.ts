import type { Schema } from './schema.ts';

const text = { type: 'string' } as const;

const context = { type: 'object', properties: { tenant: text, group: text } } as const satisfies Schema;

const status = {
  type: 'object',
  required: ['expireAfter', 'application', 'state', 'token', 'url'],
  properties: {
    expireAfter: { type: 'string', format: 'date-time', description: 'When the request is removed.' },
    application: text,
    state: text,
    token: { type: 'string', description: 'Single-use token for pairing.' },
    url: { type: 'string', description: 'Where the external system starts pairing.' },
  },
} as const satisfies Schema;

/** (connector-service §8) */
export const tokenRequestSchema = {
  type: 'object',
  properties: { context, status },
} as const satisfies Schema;
