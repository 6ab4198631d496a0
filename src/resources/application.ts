import type { Resource } from './resource.ts';
import type { Infer, Schema } from './schema.ts';

/**
 * Application and its predecessor RemoteEnvironment. Members that only one generation knows are in the schema of that
 * kind alone. (application-cr §2)
 */

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const texts = { type: 'array', items: text } as const;
const labels = { type: 'object', additionalProperties: text, nullable: true } as const;
const accessLabel = {
  type: 'string',
  description: 'Label that a caller carried in the days of the service mesh rules; not used any more.',
  maxLength: 63,
  pattern: '^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$',
} as const;

const credentials = {
  type: 'object',
  description: 'How the gateway logs in at the API. Both required members empty means without credentials.',
  required: ['type', 'secretName'],
  properties: {
    type: { type: 'string', description: 'OAuth, OAuthWithCert, Basic or CertificateGen.' },
    secretName: { type: 'string', description: 'The Secret with the credentials.' },
    authenticationUrl: { type: 'string', description: 'Where OAuth tokens are fetched.' },
    csrfInfo: {
      type: 'object',
      required: ['tokenEndpointURL'],
      properties: { tokenEndpointURL: { type: 'string', description: 'Where CSRF tokens are fetched.' } },
    },
  },
} as const;

const entryType = { type: 'string', enum: ['API', 'Events'] } as const;
const targetUrl = { type: 'string', description: 'Base URL of the API that the gateway calls.' } as const;
const gatewayUrl = { type: 'string', description: 'Cluster-internal address of the service; deprecated.' } as const;

const applicationEntry = {
  type: 'object',
  required: ['type'],
  properties: {
    type: entryType,
    id: text,
    name: { type: 'string', description: 'Second part of the address at the three-segment gateway.' },
    targetUrl,
    gatewayUrl,
    centralGatewayUrl: { type: 'string', description: 'Address of the service at the central gateway; informational.' },
    accessLabel,
    credentials,
    requestParametersSecretName: { type: 'string', description: 'Secret with extra headers and query parameters.' },
    specificationUrl: text,
    apiType: text,
  },
} as const;

const remoteEnvironmentEntry = {
  type: 'object',
  required: ['type'],
  properties: {
    type: entryType,
    targetUrl,
    gatewayUrl,
    accessLabel,
    oauthUrl: { type: 'string', description: 'Where OAuth tokens are fetched.' },
    credentialsSecretName: { type: 'string', description: 'The Secret with the OAuth credentials.' },
  },
} as const;

const serviceRequired = ['id', 'name', 'displayName', 'description', 'providerDisplayName', 'entries'] as const;
const serviceProperties = {
  id: { type: 'string', description: 'Identity of the service within the application.' },
  identifier: { type: 'string', description: 'Key of the service in the external system.' },
  name: { type: 'string', description: 'Name for the service catalog.' },
  displayName: { type: 'string', description: 'Name for people; normalised, it is the address at the gateway.' },
  description: text,
  longDescription: text,
  providerDisplayName: text,
  tags: texts,
  labels,
} as const;

const services = <E extends Schema>(entry: E) =>
  ({
    type: 'array',
    description: 'What the connected system offers.',
    items: {
      type: 'object',
      required: serviceRequired,
      properties: { ...serviceProperties, entries: { type: 'array', items: entry } },
    },
  }) as const;

const applicationServices = services(applicationEntry);
const remoteEnvironmentServices = services(remoteEnvironmentEntry);

const applicationSpec = {
  type: 'object',
  properties: {
    description: text,
    labels: { ...labels, description: 'Labels of the connected system; not those of the resource.' },
    accessLabel,
    services: {
      ...applicationServices,
      items: {
        ...applicationServices.items,
        properties: { ...applicationServices.items.properties, authCreateParameterSchema: text },
      },
    },
    skipInstallation: flag,
    tenant: {
      type: 'string',
      description: 'Expected organisation in client certificates; counts together with group.',
    },
    group: { type: 'string', description: 'Expected organisational unit in client certificates.' },
    compassMetadata: {
      type: 'object',
      description: 'Present when Compass manages the application.',
      required: ['authentication'],
      properties: {
        applicationId: text,
        authentication: {
          type: 'object',
          required: ['clientIds'],
          properties: { clientIds: { ...texts, description: 'Common names accepted in client certificates.' } },
        },
      },
    },
    tags: { ...texts, nullable: true },
    displayName: text,
    providerDisplayName: text,
    longDescription: text,
    skipVerify: { type: 'boolean', description: "The gateway does not verify the API's TLS certificate." },
    encodeUrl: {
      type: 'boolean',
      description: 'The gateway re-encodes the path; false passes it on as it came.',
      default: true,
    },
  },
} as const satisfies Schema;

const remoteEnvironmentSpec = {
  type: 'object',
  properties: { description: text, labels, accessLabel, services: remoteEnvironmentServices },
} as const satisfies Schema;

const installationStatus = {
  type: 'object',
  required: ['status'],
  properties: { status: text, description: text },
} as const;

const applicationStatus = {
  type: 'object',
  required: ['installationStatus'],
  properties: { installationStatus },
} as const satisfies Schema;

export const applicationSchema = {
  type: 'object',
  properties: { spec: applicationSpec, status: applicationStatus },
} as const satisfies Schema;

export const remoteEnvironmentSchema = {
  type: 'object',
  properties: { spec: remoteEnvironmentSpec },
} as const satisfies Schema;

export type ApplicationSpec = Infer<typeof applicationSpec>;
export type ApplicationStatus = Infer<typeof applicationStatus>;
export type ApplicationService = NonNullable<ApplicationSpec['services']>[number];
export type ApplicationEntry = ApplicationService['entries'][number];

export type RemoteEnvironmentSpec = Infer<typeof remoteEnvironmentSpec>;

export interface Application extends Resource {
  readonly spec?: ApplicationSpec | undefined;
  readonly status?: ApplicationStatus | undefined;
}

export interface RemoteEnvironment extends Resource {
  readonly spec?: RemoteEnvironmentSpec | undefined;
}
