import { normaliseName } from '../resources/names.ts';
import type { Generation } from './generations.ts';
import { REGISTRY_NAMESPACE } from './settings.ts';

/** The name of a service's Kubernetes objects: at most 63 characters with a UUID as id. (metadata-service §9) */
export const resourceName = ({ namePrefix, nameLength }: Generation, application: string, id: string) =>
  `${namePrefix}${application.slice(0, nameLength)}-${id}`;

/** The name of the Secret with request parameters; only what is longer than 64 characters is cut, to 63. */
export function parametersName(generation: Generation, application: string, id: string): string {
  const name = `params-${resourceName(generation, application, id)}`;
  return name.length > 64 ? name.slice(0, 63) : name;
}

export const gatewayHost = (generation: Generation, application: string, id: string) =>
  `${resourceName(generation, application, id)}.${REGISTRY_NAMESPACE}.svc.cluster.local`;

/** Host, port and path of a service at the central gateway. */
export const centralGatewayAddress = (application: string, displayName: string) =>
  `central-application-gateway.kyma-system:8080/${application}/${normaliseName(displayName)}`;
