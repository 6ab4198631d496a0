import type { Schema } from './schema.ts';

const text = { type: 'string' } as const;

/** What conditions of all kinds have in common. Kinds add members, and make more of them required. */
export const condition = {
  type: 'object',
  required: ['type', 'status'],
  properties: {
    type: text,
    status: text,
    reason: text,
    message: text,
    lastTransitionTime: { type: 'string', format: 'date-time' },
  },
} as const satisfies Schema;

/** The generation of the resource that a condition is about. */
export const observedGeneration = { type: 'integer' } as const satisfies Schema;
