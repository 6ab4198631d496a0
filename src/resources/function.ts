import { condition, observedGeneration } from './condition.ts';
import { invalidValue, type Path, type Problem } from './problem.ts';
import type { Resource } from './resource.ts';
import { isMembers, type Schema } from './schema.ts';

/** Function of serverless. `runtime` is open: guides name runtimes that later releases dropped. (serverless §1, §3) */

const text = { type: 'string' } as const;
const textMap = { type: 'object', additionalProperties: text } as const;
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;
const quantity = { 'x-kubernetes-int-or-string': true } as const;
const quantities = { type: 'object', additionalProperties: quantity } as const;
const count = { type: 'integer', format: 'int32' } as const;

const resources = { type: 'object', properties: { limits: quantities, requests: quantities } } as const;
const profileOrResources = { type: 'object', properties: { profile: text, resources } } as const;

const gitRepository = {
  type: 'object',
  required: ['url'],
  properties: {
    url: { ...text, description: 'http(s)://, git@… or ssh:// address.' },
    auth: {
      type: 'object',
      required: ['secretName', 'type'],
      properties: { type: { ...text, enum: ['basic', 'key'] }, secretName: text },
    },
    baseDir: text,
    reference: text,
  },
} as const;

const functionCondition = {
  ...condition,
  properties: { ...condition.properties, message: { ...text, maxLength: 32768 }, observedGeneration },
} as const;

export const functionSchema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      description: 'Code, runtime and surroundings of the Function.',
      required: ['runtime', 'source'],
      properties: {
        runtime: { ...text, description: 'Runtime such as nodejs22 or python312.' },
        runtimeImageOverride: text,
        source: {
          type: 'object',
          description: 'Where the code is: inline or in a Git repository.',
          properties: {
            inline: {
              type: 'object',
              required: ['source'],
              properties: { source: { ...text, minLength: 1 }, dependencies: text },
            },
            gitRepository,
          },
        },
        env: {
          type: 'array',
          description: 'Environment variables.',
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: text, value: text, valueFrom: open },
          },
        },
        secretMounts: {
          type: 'array',
          items: {
            type: 'object',
            required: ['mountPath', 'secretName'],
            properties: {
              mountPath: { ...text, minLength: 1 },
              secretName: { ...text, minLength: 1, maxLength: 253 },
            },
          },
        },
        replicas: { ...count, default: 1, minimum: 0 },
        scaleConfig: {
          type: 'object',
          required: ['maxReplicas', 'minReplicas'],
          properties: { maxReplicas: { ...count, minimum: 1 }, minReplicas: { ...count, minimum: 1 } },
        },
        resourceConfiguration: {
          type: 'object',
          properties: { function: profileOrResources, build: profileOrResources },
        },
        labels: textMap,
        annotations: textMap,
        template: { type: 'object', properties: { labels: textMap, annotations: textMap } },
        podSecurityContext: open,
        containerSecurityContext: open,
      },
    },
    status: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { conditions: { type: 'array', items: functionCondition }, replicas: count, podSelector: text },
    },
  },
} as const satisfies Schema;

interface FunctionSpec {
  readonly source?: { readonly inline?: object; readonly gitRepository?: { baseDir?: string; reference?: string } };
  readonly env?: readonly { readonly name: string }[];
  readonly resourceConfiguration?: Readonly<Record<string, { readonly profile?: string; readonly resources?: object }>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly template?: { readonly labels?: object; readonly annotations?: object };
}

const reserved = [
  'FUNC_RUNTIME',
  'FUNC_HANDLER',
  'FUNC_PORT',
  'FUNC_HANDLER_SOURCE',
  'FUNC_HANDLER_DEPENDENCIES',
  'MOD_NAME',
  'NODE_PATH',
  'PYTHONPATH',
];
const profiles: Readonly<Record<string, readonly string[]>> = {
  function: ['XS', 'S', 'M', 'L', 'XL'],
  build: ['local-dev', 'slow', 'normal', 'fast'],
};
const quoted = (texts: readonly string[]) => `[${texts.map((text) => `'${text}'`).join(',')}]`;
const blank = (text: string | undefined) => (text ?? '').trim() === '';
const startsReserved = (labels: object = {}) =>
  Object.keys(labels).some((key) => key.startsWith('serverless.kyma-project.io/'));

/** The rules of a Function that its CRD has as expressions: what breaks them, where, in which words. (serverless §3.2) */
const rules: readonly { path: Path; found: string; text: string; broken: (spec: FunctionSpec) => boolean }[] = [
  {
    path: ['spec', 'source'],
    found: 'object',
    text: 'Use GitRepository or Inline source',
    broken: ({ source = {} }) => (source.inline === undefined) === (source.gitRepository === undefined),
  },
  {
    path: ['spec', 'source', 'gitRepository'],
    found: 'object',
    text: 'BaseDir is required and cannot be empty',
    broken: ({ source }) => source?.gitRepository !== undefined && blank(source.gitRepository.baseDir),
  },
  {
    path: ['spec', 'source', 'gitRepository'],
    found: 'object',
    text: 'Reference is required and cannot be empty',
    broken: ({ source }) => source?.gitRepository !== undefined && blank(source.gitRepository.reference),
  },
  {
    path: ['spec', 'env'],
    found: 'array',
    text: `Following envs are reserved and cannot be used: ${quoted(reserved)}`,
    broken: ({ env = [] }) => env.some(({ name }) => reserved.includes(name)),
  },
  {
    path: ['spec', 'template'],
    found: 'object',
    text: "Not supported: Use spec.labels and spec.annotations to label and/or annotate Function's Pods.",
    broken: ({ template }) => template?.labels !== undefined || template?.annotations !== undefined,
  },
  {
    path: ['spec', 'labels'],
    found: 'object',
    text: 'Labels has key starting with serverless.kyma-project.io/ which is not allowed',
    broken: ({ labels }) => startsReserved(labels),
  },
  {
    path: ['spec', 'annotations'],
    found: 'object',
    text: 'Annotations has key starting with serverless.kyma-project.io/ which is not allowed',
    broken: ({ annotations }) => startsReserved(annotations),
  },
  {
    path: ['spec', 'annotations'],
    found: 'object',
    text: 'Annotations has key proxy.istio.io/config which is not allowed',
    broken: ({ annotations = {} }) => Object.hasOwn(annotations, 'proxy.istio.io/config'),
  },
];

export function checkFunction({ spec }: Resource): Problem[] {
  if (!isMembers(spec)) return [];
  const given = spec as FunctionSpec;
  const broken = rules.filter((rule) => rule.broken(given));
  return [
    ...broken.map(({ path, text, found }) => invalidValue(path, text, found)),
    ...Object.entries(given.resourceConfiguration ?? {}).flatMap(([part, value]) => checkProfile(part, value)),
  ];
}

function checkProfile(part: string, { profile, resources: own }: { profile?: string; resources?: object }): Problem[] {
  const path = ['spec', 'resourceConfiguration', part];
  if ((profile === undefined) === (own === undefined)) {
    return [invalidValue(path, 'Use profile or resources', 'object')];
  }
  const known = profiles[part] ?? [];
  if (profile === undefined || known.includes(profile)) return [];
  return [invalidValue(path, `Invalid profile, please use one of: ${quoted(known)}`, 'object')];
}
