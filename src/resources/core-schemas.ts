import { condition, observedGeneration } from './condition.ts';
import type { Schema } from './schema.ts';

/**
 * Schemas of Kubernetes' own kinds: as much as application connectivity, its guides and `kubectl` have to do with. What
 * is not listed is kept as it comes. (kubernetes-api §5.4)
 */

const text = { type: 'string' } as const;
const integer = { type: 'integer', format: 'int32' } as const;
const flag = { type: 'boolean' } as const;
const time = { type: 'string', format: 'date-time', nullable: true } as const;
const textMap = { type: 'object', additionalProperties: text } as const;
const textList = { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' } as const;
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;
const intOrString = { 'x-kubernetes-int-or-string': true } as const;

/** A list that server-side apply and strategic merge patches see as items with keys; the first key is the patch's. */
function byKey<I extends Schema>(items: I, first: string, ...others: string[]) {
  return {
    type: 'array',
    items,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': [first, ...others],
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': first,
  } as const;
}

const named = byKey({ type: 'object', required: ['name'], properties: { name: text } }, 'name');

const objectReference = {
  type: 'object',
  properties: {
    kind: text,
    namespace: text,
    name: text,
    uid: text,
    apiVersion: text,
    resourceVersion: text,
    fieldPath: text,
  },
} as const;

const conditions = byKey(
  {
    ...condition,
    properties: {
      ...condition.properties,
      lastTransitionTime: time,
      lastProbeTime: time,
      lastUpdateTime: time,
      observedGeneration,
    },
  },
  'type',
);

export const namespaceSchema = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { finalizers: { type: 'array', items: text } } },
    status: { type: 'object', properties: { phase: text, conditions } },
  },
} as const satisfies Schema;

export const serviceAccountSchema = {
  type: 'object',
  properties: {
    secrets: byKey(objectReference, 'name'),
    imagePullSecrets: { type: 'array', items: { type: 'object', properties: { name: text } } },
    automountServiceAccountToken: flag,
  },
} as const satisfies Schema;

const servicePort = {
  type: 'object',
  required: ['port'],
  properties: {
    name: text,
    protocol: { ...text, default: 'TCP' },
    appProtocol: text,
    port: { ...integer, minimum: 1, maximum: 65535 },
    targetPort: intOrString,
    nodePort: integer,
  },
} as const;

export const serviceSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      description: 'How the service is reached.',
      properties: {
        ports: byKey(servicePort, 'port', 'protocol'),
        selector: {
          ...textMap,
          description: 'Labels of the pods behind the service.',
          'x-kubernetes-map-type': 'atomic',
        },
        clusterIP: text,
        clusterIPs: textList,
        type: { ...text, default: 'ClusterIP', enum: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] },
        externalIPs: textList,
        sessionAffinity: { ...text, default: 'None' },
        sessionAffinityConfig: open,
        loadBalancerIP: text,
        loadBalancerSourceRanges: textList,
        loadBalancerClass: text,
        allocateLoadBalancerNodePorts: flag,
        externalName: text,
        externalTrafficPolicy: text,
        internalTrafficPolicy: text,
        trafficDistribution: text,
        healthCheckNodePort: integer,
        publishNotReadyAddresses: flag,
        ipFamilies: textList,
        ipFamilyPolicy: text,
      },
    },
    status: { type: 'object', properties: { loadBalancer: open, conditions } },
  },
} as const satisfies Schema;

const environment = byKey(
  { type: 'object', required: ['name'], properties: { name: text, value: text, valueFrom: open } },
  'name',
);

const container = {
  type: 'object',
  required: ['name'],
  'x-kubernetes-preserve-unknown-fields': true,
  properties: {
    name: text,
    image: text,
    imagePullPolicy: text,
    command: textList,
    args: textList,
    workingDir: text,
    ports: byKey(
      {
        type: 'object',
        required: ['containerPort'],
        properties: {
          name: text,
          containerPort: integer,
          protocol: { ...text, default: 'TCP' },
          hostPort: integer,
          hostIP: text,
        },
      },
      'containerPort',
      'protocol',
    ),
    env: environment,
    envFrom: { type: 'array', items: open },
    resources: open,
    volumeMounts: byKey(
      {
        type: 'object',
        required: ['name', 'mountPath'],
        'x-kubernetes-preserve-unknown-fields': true,
        properties: { name: text, mountPath: text, subPath: text, readOnly: flag },
      },
      'mountPath',
    ),
    stdin: flag,
    stdinOnce: flag,
    tty: flag,
    securityContext: open,
  },
} as const;

const volume = {
  type: 'object',
  required: ['name'],
  'x-kubernetes-preserve-unknown-fields': true,
  properties: { name: text },
} as const;

export const podSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['containers'],
      'x-kubernetes-preserve-unknown-fields': true,
      properties: {
        containers: { ...byKey(container, 'name'), minItems: 1 },
        initContainers: byKey(container, 'name'),
        volumes: byKey(volume, 'name'),
        imagePullSecrets: named,
        restartPolicy: { ...text, default: 'Always' },
        dnsPolicy: { ...text, default: 'ClusterFirst' },
        serviceAccountName: text,
        nodeName: text,
        nodeSelector: textMap,
        hostNetwork: flag,
        terminationGracePeriodSeconds: integer,
        schedulerName: text,
      },
    },
    status: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { phase: text, conditions, podIP: text, hostIP: text },
    },
  },
} as const satisfies Schema;

export const eventSchema = {
  type: 'object',
  required: ['involvedObject'],
  properties: {
    involvedObject: objectReference,
    reason: text,
    message: text,
    source: { type: 'object', properties: { component: text, host: text } },
    firstTimestamp: time,
    lastTimestamp: time,
    count: integer,
    type: text,
    eventTime: time,
    series: { type: 'object', properties: { count: integer, lastObservedTime: time } },
    action: text,
    related: objectReference,
    reportingComponent: text,
    reportingInstance: text,
  },
} as const satisfies Schema;

const names = {
  type: 'object',
  properties: {
    plural: text,
    singular: text,
    shortNames: textList,
    kind: text,
    listKind: text,
    categories: textList,
  },
} as const;

const definitionVersion = {
  type: 'object',
  required: ['name', 'served', 'storage'],
  'x-kubernetes-preserve-unknown-fields': true,
  properties: {
    name: text,
    served: flag,
    storage: flag,
    deprecated: flag,
    deprecationWarning: text,
    schema: { type: 'object', properties: { openAPIV3Schema: open } },
    subresources: open,
    additionalPrinterColumns: {
      type: 'array',
      items: {
        type: 'object',
        required: ['jsonPath', 'name', 'type'],
        properties: { name: text, type: text, format: text, description: text, priority: integer, jsonPath: text },
      },
    },
  },
} as const;

export const definitionSchema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['group', 'names', 'scope', 'versions'],
      properties: {
        group: text,
        names: { ...names, required: ['plural', 'kind'] },
        scope: { ...text, enum: ['Cluster', 'Namespaced'] },
        versions: { type: 'array', items: definitionVersion },
        conversion: open,
        preserveUnknownFields: flag,
      },
    },
    status: {
      type: 'object',
      properties: { conditions, acceptedNames: names, storedVersions: textList },
    },
  },
} as const satisfies Schema;
