import type { Capability } from '../foundation/capability.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { CONNECTOR_NAMESPACE } from './settings.ts';
import { createConnectorSites, type TokenPath } from './sites.ts';

/** What the Connector Service reads of the instance's settings. */
export interface ConnectorCapabilitySettings {
  readonly central: boolean;
  readonly quirks: boolean;
  readonly country: string;
  readonly organization: string;
  readonly organizationalUnit: string;
  readonly locality: string;
  readonly province: string;
  /** Milliseconds; absent: what the release has. */
  readonly appTokenTtl?: number | undefined;
  readonly runtimeTokenTtl?: number | undefined;
  readonly certificateValidity?: number | undefined;
}

export interface ConnectorCapability extends Capability {
  /** How to ask for a token of an application, at the internal edge. */
  tokenRequest(application: string): TokenPath;
}

/** The Connector Service of a release. */
export async function createConnector(
  foundation: Foundation<ConnectorCapabilitySettings>,
): Promise<ConnectorCapability> {
  const { settings, authority } = foundation;
  const { internal, external, metrics, isPublicPath, isProtectedPath, tokenRequest, reset, close } =
    await createConnectorSites({
      ...foundation,
      settings: {
        central: settings.central,
        quirks: settings.quirks,
        subject: {
          C: settings.country,
          O: settings.organization,
          OU: settings.organizationalUnit,
          L: settings.locality,
          ST: settings.province,
        },
        appTokenTtl: settings.appTokenTtl,
        runtimeTokenTtl: settings.runtimeTokenTtl,
        certificateValidity: settings.certificateValidity,
        rootCertificate: authority.rootPem,
      },
    });
  const row = { namespaces: [CONNECTOR_NAMESPACE], app: 'connector-service', logPart: 'connector' };
  return {
    name: 'connector',
    services: [
      { ...row, service: 'connector-service-internal-api', port: 8080, portName: 'int-api-port', site: internal },
      { ...row, service: 'connector-service-external-api', port: 8081, portName: 'ext-api-port', site: external },
      { ...row, service: 'connector-service-metrics', port: 9090, portName: 'http-metrics', site: metrics },
    ],
    routes: [
      { host: 'connector', matches: isPublicPath, site: external },
      { host: 'gateway', matches: isProtectedPath, site: external },
    ],
    localhost: internal,
    tokenRequest,
    reset,
    close,
  };
}
