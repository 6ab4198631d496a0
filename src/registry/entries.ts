import { serviceName } from '../resources/names.ts';
import type { RegisteredCredentials, RegisteredEntry, RegisteredService } from './applications.ts';
import type { Generation } from './generations.ts';
import type { ApiCredentials, ApiDefinition, ServiceDefinition } from './model.ts';
import { centralGatewayAddress, gatewayHost, parametersName, resourceName } from './names.ts';

/** How the gateway is to log in, out of what a definition may hold. */
export type CredentialsType = 'OAuth' | 'Basic' | 'CertificateGen';

/** The one method that a definition uses; undefined when it uses none, or a certificate without a name. */
export function methodOf(credentials: ApiCredentials | undefined): CredentialsType | undefined {
  if (credentials?.basic) return 'Basic';
  if (credentials?.oauth) return 'OAuth';
  return credentials?.certificateGen?.commonName ? 'CertificateGen' : undefined;
}

/** Whose service, and under which id. */
export interface ServiceKey {
  readonly application: string;
  readonly id: string;
}

/** A definition as it is written into the Application or RemoteEnvironment. (metadata-service §5.3, §7.1, §9) */
export function toService(
  definition: ServiceDefinition,
  key: ServiceKey,
  identifier: string,
  generation: Generation,
): RegisteredService {
  const { name = '', description = '', shortDescription, provider = '', api, events } = definition;
  return {
    id: key.id,
    identifier,
    name: serviceName(name, key.id),
    displayName: name,
    description: generation.fillsDescription ? shortDescription || description : '',
    longDescription: description,
    providerDisplayName: provider,
    labels: labelsOf(definition, key.application, generation),
    entries: [...(api ? [apiEntry(api, name, key, generation)] : []), ...(events ? [eventsEntry(generation)] : [])],
  };
}

function labelsOf({ labels }: ServiceDefinition, application: string, { connectedApp }: Generation) {
  const own = { 'connected-app': application };
  if (!labels) return own;
  return connectedApp === 'forced' || Object.hasOwn(labels, 'connected-app') ? { ...labels, ...own } : labels;
}

function apiEntry(
  api: ApiDefinition,
  displayName: string,
  { application, id }: ServiceKey,
  generation: Generation,
): RegisteredEntry {
  const { targetUrl = '', specificationUrl, apiType, credentials, requestParameters } = api;
  const name = resourceName(generation, application, id);
  const address = { gatewayUrl: `http://${gatewayHost(generation, application, id)}`, accessLabel: name };
  if (generation.kind === 'RemoteEnvironment') {
    const oauthUrl = credentials?.oauth?.url ?? '';
    return { type: 'API', ...address, targetUrl, oauthUrl, credentialsSecretName: oauthUrl && name };
  }
  const isLegacy = generation.requestParameters === 'legacy';
  const hasParameters = requestParameters ?? (generation.legacyParameters ? legacyParametersOf(api) : undefined);
  return {
    type: 'API',
    targetUrl,
    specificationUrl: specificationUrl || undefined,
    apiType: apiType || undefined,
    ...(generation.centralGateway && {
      centralGatewayUrl: `http://${centralGatewayAddress(application, displayName)}`,
    }),
    ...address,
    credentials: toCredentials(credentials, name),
    requestParametersSecretName: hasParameters ? parametersName(generation, application, id) : undefined,
    ...(isLegacy && { headers: api.headers, queryParameters: api.queryParameters }),
    name: '',
    id: '',
  };
}

/** What a definition of 1.2 called request parameters; undefined without any. (metadata-service §1, since 1.5) */
export function legacyParametersOf({ headers, queryParameters }: ApiDefinition) {
  return headers || queryParameters ? { headers, queryParameters } : undefined;
}

const noCredentials: RegisteredCredentials = { type: '', secretName: '' };

function toCredentials(credentials: ApiCredentials | undefined, secretName: string): RegisteredCredentials {
  const type = methodOf(credentials);
  if (!credentials || !type) return noCredentials;
  const { oauth, basic, certificateGen, headers, queryParameters } = credentials;
  const { csrfInfo } = { OAuth: oauth, Basic: basic, CertificateGen: certificateGen }[type] ?? {};
  return {
    type,
    secretName,
    authenticationUrl: type === 'OAuth' ? oauth?.url : undefined,
    csrfInfo: csrfInfo && { tokenEndpointURL: csrfInfo.tokenEndpointURL },
    headers,
    queryParameters,
  };
}

const eventsEntry = ({ kind }: Generation): RegisteredEntry =>
  kind === 'RemoteEnvironment'
    ? { type: 'Events', gatewayUrl: '', targetUrl: '', oauthUrl: '', credentialsSecretName: '' }
    : { type: 'Events', targetUrl: '', credentials: noCredentials, name: '', id: '', gatewayUrl: '' };
