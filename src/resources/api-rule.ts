import type { Schema } from './schema.ts';

/** APIRule: how a workload is shown to the outside, in today's form and in that of Kyma 2. (serverless §12, §13) */

const text = { type: 'string' } as const;
const textList = { type: 'array', items: text } as const;
const textMap = { type: 'object', additionalProperties: text } as const;
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;

const service = {
  type: 'object',
  required: ['name', 'port'],
  properties: {
    name: text,
    namespace: text,
    port: { type: 'integer', format: 'int32', minimum: 1, maximum: 65535 },
    external: { type: 'boolean' },
  },
} as const;

const timeout = { type: 'integer', minimum: 1, maximum: 3900 } as const;
const method = {
  ...text,
  enum: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'],
} as const;

const jwt = {
  type: 'object',
  properties: {
    authentications: {
      type: 'array',
      items: {
        type: 'object',
        required: ['issuer', 'jwksUri'],
        properties: {
          issuer: text,
          jwksUri: text,
          fromHeaders: {
            type: 'array',
            items: { type: 'object', required: ['name'], properties: { name: text, prefix: text } },
          },
          fromParams: textList,
        },
      },
    },
    authorizations: {
      type: 'array',
      items: { type: 'object', properties: { requiredScopes: textList, audiences: textList } },
    },
  },
} as const;

const cors = {
  type: 'object',
  properties: {
    allowHeaders: textList,
    allowMethods: textList,
    allowOrigins: { type: 'array', items: textMap },
    allowCredentials: { type: 'boolean' },
    exposeHeaders: textList,
    maxAge: { 'x-kubernetes-int-or-string': true },
  },
} as const;

/** Alternatives of the three forms that a host may have: `*.` and a domain, a short name, a domain. */
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const hostPattern = `^(?:\\*\\.(?:${label}\\.)+[a-z0-9]{2,63}|(?:${label})(?:(?:\\.${label})*(?:\\.[a-z0-9]{2,63}))?)$`;
const pathPattern = "^((\\/([A-Za-z0-9-._~!$&'()+,;=:@]|%[0-9a-fA-F]{2})*)|(\\/\\{\\*{1,2}\\}))+$|^\\/\\*$";

const status = {
  type: 'object',
  properties: {
    lastProcessedTime: { type: 'string', format: 'date-time' },
    state: { ...text, enum: ['Processing', 'Deleting', 'Ready', 'Error', 'Warning'] },
    description: text,
  },
} as const;

/** Versions v2 and v2alpha1. */
export const apiRuleSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['rules'],
      properties: {
        hosts: {
          type: 'array',
          minItems: 1,
          maxItems: 1,
          items: { ...text, maxLength: 255, pattern: hostPattern },
          description: 'Host name: short, full, or with a wildcard.',
        },
        gateway: { ...text, maxLength: 127, description: 'Gateway, as namespace/name.' },
        externalGateway: { ...text, maxLength: 127 },
        service: { ...service, description: 'Service for all rules that name none.' },
        timeout,
        corsPolicy: cors,
        rules: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['methods', 'path'],
            properties: {
              path: { ...text, pattern: pathPattern },
              methods: { type: 'array', minItems: 1, items: method },
              service,
              timeout,
              noAuth: { type: 'boolean' },
              jwt,
              extAuth: {
                type: 'object',
                required: ['authorizers'],
                properties: { authorizers: { ...textList, minItems: 1 }, restrictions: jwt },
              },
              request: { type: 'object', properties: { headers: textMap, cookies: textMap } },
            },
          },
        },
      },
    },
    status,
  },
} as const satisfies Schema;

const handlers = {
  type: 'array',
  items: { type: 'object', required: ['handler'], properties: { handler: text, config: open } },
} as const;

/** Version v1beta1, which the guides of Kyma 2 use. */
export const earlyApiRuleSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['gateway', 'host', 'rules'],
      properties: {
        host: { ...text, minLength: 3, maxLength: 256 },
        gateway: { ...text, pattern: '^[0-9a-z-_]+(\\/[0-9a-z-_]+|(\\.[0-9a-z-_]+)*)$' },
        service,
        timeout,
        corsPolicy: open,
        rules: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['accessStrategies', 'methods', 'path'],
            properties: {
              path: { ...text, pattern: '^([0-9a-zA-Z./*()?!\\\\_-]+)' },
              methods: { type: 'array', minItems: 1, items: text },
              service,
              timeout,
              accessStrategies: { ...handlers, minItems: 1 },
              mutators: handlers,
            },
          },
        },
      },
    },
    status: open,
  },
} as const satisfies Schema;
