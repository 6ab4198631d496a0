/**
 * The parts of the control plane as a cluster shows them: a Service for each name and port that the simulated parts are
 * reached at, and one pod behind it. `kubectl port-forward`, `logs` and `exec` find their way by these.
 * (kubernetes-api §10.1)
 */

export interface PartPort {
  readonly name: string;
  /** The same number at the Service and in the pod. */
  readonly port: number;
}

export interface ControlPlanePart {
  readonly namespace: string;
  /** Label `app` of the pod, and the name of its container. */
  readonly app: string;
  readonly pod: string;
  /** Ports of the pod by the Services that lead to them. */
  readonly services: Readonly<Record<string, readonly PartPort[]>>;
}

const part = (
  namespace: string,
  app: string,
  services: Readonly<Record<string, readonly PartPort[]>>,
): ControlPlanePart => ({ namespace, app, pod: `${app}-0`, services });

const gateway = {
  'central-application-gateway': [
    { name: 'http-proxy', port: 8080 },
    { name: 'http-api-port', port: 8081 },
    { name: 'http-proxy-mps', port: 8082 },
  ],
};
const validator = {
  'central-application-connectivity-validator': [
    { name: 'http', port: 8080 },
    { name: 'http-health', port: 8081 },
  ],
};

export const controlPlaneParts: readonly ControlPlanePart[] = [
  part('kyma-integration', 'connector-service', {
    'connector-service-internal-api': [{ name: 'int-api-port', port: 8080 }],
    'connector-service-external-api': [{ name: 'ext-api-port', port: 8081 }],
    'connector-service-metrics': [{ name: 'http-metrics', port: 9090 }],
  }),
  part('kyma-integration', 'application-registry', {
    'application-registry-external-api': [{ name: 'http-api-port', port: 8081 }],
  }),
  part('kyma-integration', 'metadata-service', {
    'metadata-service-external-api': [{ name: 'http-api-port', port: 8081 }],
  }),
  // Today's namespace of the module, and that of Kyma 1 and 2.
  ...['kyma-system', 'kyma-integration'].flatMap((namespace) => [
    part(namespace, 'central-application-gateway', gateway),
    part(namespace, 'central-application-connectivity-validator', validator),
  ]),
];
