import type { Resource } from '../resources/resource.ts';
import type { ClusterService } from './service.ts';

/** The name of the pod behind the services of an app. */
export const podNameOf = (app: string) => `${app}-0`;

/** A Service for each name of the table, and a pod for each app, in every namespace. (kubernetes-api §10.1) */
export function serviceObjects(rows: readonly ClusterService[]): Resource[] {
  return [...grouped(rows, 'service').map(serviceOf), ...grouped(rows, 'app').map(podOf)];
}

/** The rows that are one object in a namespace. */
interface Group {
  readonly name: string;
  readonly namespace: string;
  readonly app: string;
  readonly ports: readonly Pick<ClusterService, 'port' | 'portName'>[];
}

function grouped(rows: readonly ClusterService[], by: 'service' | 'app'): Group[] {
  const names = new Map(rows.map((row) => [row[by], row]));
  return [...names].flatMap(([name, { namespaces, app }]) =>
    namespaces.map((namespace) => ({
      name,
      namespace,
      app,
      ports: rows.filter((row) => row[by] === name && row.namespaces.includes(namespace)),
    })),
  );
}

const labelsOf = (app: string) => ({ app, 'app.kubernetes.io/name': app, release: app });

const serviceOf = ({ name, namespace, app, ports }: Group): Resource => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: labelsOf(app) },
  spec: {
    selector: { app },
    ports: ports.map(({ portName, port }) => ({ name: portName, port, protocol: 'TCP', targetPort: port })),
  },
});

const podOf = ({ namespace, app, ports }: Group): Resource => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: podNameOf(app), namespace, labels: labelsOf(app) },
  spec: {
    serviceAccountName: 'default',
    nodeName: 'kymulator',
    containers: [
      {
        name: app,
        image: `kymulator/${app}`,
        ports: ports.map(({ portName, port }) => ({ name: portName, containerPort: port, protocol: 'TCP' })),
      },
    ],
  },
});
