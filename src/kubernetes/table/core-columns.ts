import type { Stored } from '../../resources/resource.ts';
import { isMembers } from '../../resources/schema.ts';
import { ageSince } from './age.ts';
import type { Cell, Column } from './column.ts';

/** The columns of Kubernetes' own kinds. (kubernetes-api §4.2) */

type Read = (resource: Stored, now: number) => Cell;

const column = (name: string, cell: Read, type = 'string', priority = 0): Column => ({
  name,
  type,
  format: '',
  description: name,
  priority,
  cell,
});
const wide = (name: string, cell: Read) => column(name, cell, 'string', 1);

const age = column('Age', ({ metadata }, now) => ageSince(metadata.creationTimestamp, now));
const none = () => '<none>';

/** A member somewhere in a resource; undefined when it is not there. */
function at(resource: unknown, ...path: readonly (string | number)[]): unknown {
  let value = resource;
  for (const segment of path) {
    value =
      Array.isArray(value) && typeof segment === 'number'
        ? value[segment]
        : isMembers(value)
          ? value[segment]
          : undefined;
  }
  return value;
}

const textAt = (resource: Stored, ...path: readonly string[]): string => String(at(resource, ...path) ?? '');
const listAt = (resource: Stored, ...path: readonly string[]): readonly unknown[] => {
  const value = at(resource, ...path);
  return Array.isArray(value) ? value : [];
};
const sizeAt = (resource: Stored, member: string) =>
  Object.keys((at(resource, member) as object | undefined) ?? {}).length;

const pairs = (value: unknown) =>
  isMembers(value) && Object.keys(value).length > 0
    ? Object.entries(value)
        .map(([key, text]) => `${key}=${text}`)
        .join(',')
    : '<none>';

function ports(service: Stored): string {
  const shown = listAt(service, 'spec', 'ports').map((port) => {
    const node = at(port, 'nodePort');
    return `${at(port, 'port')}${node ? `:${node}` : ''}/${at(port, 'protocol') ?? 'TCP'}`;
  });
  return shown.join(',') || '<none>';
}

const externalAddress = (service: Stored): string => {
  const name = textAt(service, 'spec', 'externalName');
  if (name) return name;
  const addresses = listAt(service, 'status', 'loadBalancer', 'ingress').map(
    (entry) => at(entry, 'ip') ?? at(entry, 'hostname'),
  );
  return [...listAt(service, 'spec', 'externalIPs'), ...addresses].join(',') || '<none>';
};

function ready(pod: Stored): string {
  const statuses = listAt(pod, 'status', 'containerStatuses');
  const count = statuses.filter((status) => at(status, 'ready') === true).length;
  return `${count}/${listAt(pod, 'spec', 'containers').length}`;
}

const restarts = (pod: Stored): number =>
  listAt(pod, 'status', 'containerStatuses').reduce<number>(
    (sum, status) => sum + Number(at(status, 'restartCount') ?? 0),
    0,
  );

const phase = (pod: Stored) => (pod.metadata.deletionTimestamp ? 'Terminating' : textAt(pod, 'status', 'phase'));

const involved = (event: Stored) =>
  `${textAt(event, 'involvedObject', 'kind').toLowerCase()}/${textAt(event, 'involvedObject', 'name')}`;

const source = (event: Stored) =>
  [textAt(event, 'source', 'component') || textAt(event, 'reportingComponent'), textAt(event, 'source', 'host')]
    .filter((text) => text !== '')
    .join(', ');

const lastSeen: Read = (event, now) =>
  ageSince(at(event, 'lastTimestamp') ?? at(event, 'eventTime') ?? event.metadata.creationTimestamp, now);
const firstSeen: Read = (event, now) => ageSince(at(event, 'firstTimestamp') ?? at(event, 'eventTime'), now);

/** By kind; each gets the column of the name. */
export const coreColumns: Readonly<Record<string, (name: Column) => readonly Column[]>> = {
  Namespace: (name) => [name, column('Status', (resource) => textAt(resource, 'status', 'phase')), age],
  Secret: (name) => [
    name,
    column('Type', (resource) => textAt(resource, 'type')),
    column('Data', (resource) => sizeAt(resource, 'data'), 'integer'),
    age,
  ],
  ConfigMap: (name) => [
    name,
    column('Data', (resource) => sizeAt(resource, 'data') + sizeAt(resource, 'binaryData'), 'integer'),
    age,
  ],
  ServiceAccount: (name) => [name, column('Secrets', (resource) => listAt(resource, 'secrets').length, 'integer'), age],
  Service: (name) => [
    name,
    column('Type', (resource) => textAt(resource, 'spec', 'type') || 'ClusterIP'),
    column('Cluster-IP', (resource) => textAt(resource, 'spec', 'clusterIP') || '<none>'),
    column('External-IP', externalAddress),
    column('Port(s)', ports),
    age,
    wide('Selector', (resource) => pairs(at(resource, 'spec', 'selector'))),
  ],
  Pod: (name) => [
    name,
    column('Ready', ready),
    column('Status', phase),
    column('Restarts', restarts, 'integer'),
    age,
    wide('IP', (resource) => textAt(resource, 'status', 'podIP') || '<none>'),
    wide('Node', (resource) => textAt(resource, 'spec', 'nodeName') || '<none>'),
    wide('Nominated Node', none),
    wide('Readiness Gates', none),
  ],
  Event: (name) => [
    column('Last Seen', lastSeen),
    column('Type', (resource) => textAt(resource, 'type')),
    column('Reason', (resource) => textAt(resource, 'reason')),
    column('Object', involved),
    wide('Subobject', (resource) => textAt(resource, 'involvedObject', 'fieldPath')),
    wide('Source', source),
    column('Message', (resource) => textAt(resource, 'message').trim()),
    wide('First Seen', firstSeen),
    wide('Count', (resource) => Number(at(resource, 'count') ?? 1)),
    { ...name, priority: 1 },
  ],
  CustomResourceDefinition: (name) => [
    name,
    column('Created At', ({ metadata }) => metadata.creationTimestamp, 'date'),
  ],
};
