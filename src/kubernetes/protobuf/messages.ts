/**
 * The messages that Go clients send as protobuf: number, name and type of each field. `[]` is a repeated field, `{}` a
 * map from text. Kinds that are not here are not understood in this form. (kubernetes-api §4.3)
 */
const tables = {
  TypeMeta: '1 apiVersion string, 2 kind string',
  Unknown: '1 typeMeta TypeMeta, 2 raw bytes, 3 contentEncoding string, 4 contentType string',
  ObjectMeta:
    '1 name string, 2 generateName string, 3 namespace string, 4 selfLink string, 5 uid string, 6 resourceVersion string, ' +
    '7 generation int, 8 creationTimestamp time, 9 deletionTimestamp time, 10 deletionGracePeriodSeconds int, ' +
    '11 labels string{}, 12 annotations string{}, 13 ownerReferences OwnerReference[], 14 finalizers string[], ' +
    '17 managedFields ManagedFieldsEntry[]',
  OwnerReference:
    '1 kind string, 3 name string, 4 uid string, 5 apiVersion string, 6 controller bool, 7 blockOwnerDeletion bool',
  ManagedFieldsEntry:
    '1 manager string, 2 operation string, 3 apiVersion string, 4 time time, 6 fieldsType string, 7 fieldsV1 json, 8 subresource string',
  ObjectReference:
    '1 kind string, 2 namespace string, 3 name string, 4 uid string, 5 apiVersion string, 6 resourceVersion string, 7 fieldPath string',
  LocalObjectReference: '1 name string',
  Secret: '1 metadata ObjectMeta, 2 data bytes{}, 3 type string, 4 stringData string{}, 5 immutable bool',
  ConfigMap: '1 metadata ObjectMeta, 2 data string{}, 3 binaryData bytes{}, 4 immutable bool',
  Namespace: '1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus',
  NamespaceSpec: '1 finalizers string[]',
  NamespaceStatus: '1 phase string',
  ServiceAccount:
    '1 metadata ObjectMeta, 2 secrets ObjectReference[], 3 imagePullSecrets LocalObjectReference[], 4 automountServiceAccountToken bool',
  Service: '1 metadata ObjectMeta, 2 spec ServiceSpec',
  ServiceSpec:
    '1 ports ServicePort[], 2 selector string{}, 3 clusterIP string, 4 type string, 5 externalIPs string[], ' +
    '7 sessionAffinity string, 8 loadBalancerIP string, 9 loadBalancerSourceRanges string[], 10 externalName string, ' +
    '11 externalTrafficPolicy string, 12 healthCheckNodePort int, 13 publishNotReadyAddresses bool, ' +
    '17 ipFamilyPolicy string, 18 clusterIPs string[], 19 ipFamilies string[], 20 allocateLoadBalancerNodePorts bool, ' +
    '21 loadBalancerClass string, 22 internalTrafficPolicy string, 23 trafficDistribution string',
  ServicePort:
    '1 name string, 2 protocol string, 3 port int, 4 targetPort intOrString, 5 nodePort int, 6 appProtocol string',
  Event:
    '1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason string, 4 message string, 5 source EventSource, ' +
    '6 firstTimestamp time, 7 lastTimestamp time, 8 count int, 9 type string, 10 eventTime microTime, 11 series EventSeries, ' +
    '12 action string, 13 related ObjectReference, 14 reportingComponent string, 15 reportingInstance string',
  EventSource: '1 component string, 2 host string',
  EventSeries: '1 count int, 2 lastObservedTime microTime',
  SelfSubjectAccessReview: '1 metadata ObjectMeta, 2 spec AccessSpec',
  SubjectAccessReview: '1 metadata ObjectMeta, 2 spec SubjectAccessSpec',
  AccessSpec: '1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes',
  SubjectAccessSpec:
    '1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes, 3 user string, 4 groups string[], 6 uid string',
  ResourceAttributes:
    '1 namespace string, 2 verb string, 3 group string, 4 version string, 5 resource string, 6 subresource string, 7 name string',
  NonResourceAttributes: '1 path string, 2 verb string',
  SelfSubjectRulesReview: '1 metadata ObjectMeta, 2 spec RulesSpec',
  RulesSpec: '1 namespace string',
  SelfSubjectReview: '1 metadata ObjectMeta',
  TokenReview: '1 metadata ObjectMeta, 2 spec TokenReviewSpec',
  TokenReviewSpec: '1 token string, 2 audiences string[]',
  TokenRequest: '1 metadata ObjectMeta, 2 spec TokenRequestSpec',
  TokenRequestSpec: '1 audiences string[], 3 boundObjectRef BoundObject, 4 expirationSeconds int',
  BoundObject: '1 kind string, 2 apiVersion string, 3 name string, 4 uid string',
  DeleteOptions:
    '1 gracePeriodSeconds int, 2 preconditions Preconditions, 3 orphanDependents bool, 4 propagationPolicy string, 5 dryRun string[]',
  Preconditions: '1 uid string, 2 resourceVersion string',
} as const;

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
}

export type Fields = ReadonlyMap<number, Field>;

/** The kinds whose messages may be the object of a request, by their API version. */
const objects: Readonly<Record<string, readonly string[]>> = {
  v1: ['Secret', 'ConfigMap', 'Namespace', 'ServiceAccount', 'Service', 'Event', 'DeleteOptions'],
  'authorization.k8s.io/v1': ['SelfSubjectAccessReview', 'SubjectAccessReview', 'SelfSubjectRulesReview'],
  'authentication.k8s.io/v1': ['SelfSubjectReview', 'TokenReview', 'TokenRequest'],
};

export const isKnownObject = (apiVersion: string, kind: string) => objects[apiVersion]?.includes(kind) ?? false;

/** The fields of a message by their numbers; undefined for a message that is not in the table. */
export function fieldsOf(message: string): Fields | undefined {
  if (!Object.hasOwn(tables, message)) return undefined;
  const rows = tables[message as keyof typeof tables].split(', ').map((row): [number, Field] => {
    const [number = '', name = '', type = ''] = row.split(' ');
    const bare = type.replace(/(\[\]|\{\})$/, '');
    return [Number(number), { name, type: bare, repeated: type.endsWith('[]'), map: type.endsWith('{}') }];
  });
  return new Map(rows);
}
