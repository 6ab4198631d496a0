import { isSince, type Release, rowFor } from '../core/release.ts';

/**
 * The generations of the Connector Service as data. What differs from one Kyma release to another is a column here;
 * handlers never ask for a version. (connector-service §1)
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

type Version = readonly [number, number, number];

/** 2018: paths that name the remote environment, tokens kept by that name. */
export interface EarlyGeneration {
  readonly from: Version;
  readonly id: 'A1' | 'A2' | 'A3';
  readonly collection: 'remoteenvironments' | 'applications';
  /** Whether `crt` has the authority's certificate behind the leaf. */
  readonly chain: boolean;
  /** Milliseconds. */
  readonly certificateValidity: number;
  readonly tokenTtl: number;
}

export type SubjectPart = 'O' | 'OU' | 'L' | 'ST' | 'C' | 'CN';
export type UrlKey =
  | 'eventsInfoUrl'
  | 'eventsUrl'
  | 'metadataUrl'
  | 'infoUrl'
  | 'certificatesUrl'
  | 'renewCertUrl'
  | 'revokeCertUrl'
  | 'revocationCertUrl';

/** From 0.7: names in headers, tokens kept by themselves, renewal and revocation. */
export interface Generation {
  readonly from: Version;
  readonly id: 'B1' | 'B2' | 'B3' | 'B4' | 'B5' | 'B6';
  /** Milliseconds; as deployed by the charts. */
  readonly certificateValidity: number;
  readonly appTokenTtl: number;
  readonly runtimeTokenTtl: number;
  readonly subjectOrder: readonly SubjectPart[];
  /** Keys of `api` in the info answer, in their order. */
  readonly apiKeys: readonly UrlKey[];
  /** Keys of `urls` in the management info answer; empty where there is no management API. */
  readonly managementKeys: readonly UrlKey[];
  readonly managementShowsCertificate: boolean;
  readonly runtimes: 'always' | 'central' | 'never';
  /** What becomes of the `Tenant` and `Group` headers of a token request. */
  readonly tenancy: 'defaulted' | 'optional' | 'central only';
  /** Where tenant and group go in the certificate's subject. */
  readonly tenantIn: 'nowhere' | 'common name' | 'organization';
  /** Whether the `EventsHost` and `MetadataHost` headers of the info endpoints replace hosts. */
  readonly hostHeaders: boolean;
  /** How the gateway tells the service who the client is. */
  readonly clientCertificate: 'not at all' | 'subject header' | 'forwarded header';
  /** What the hash of a revoked certificate covers. */
  readonly revocationHash: 'pem' | 'der';
  /** Whether a renewal whose certificate did not come through is refused, or taken as one with an empty certificate. */
  readonly needsCertificateBody: boolean;
  readonly secretErrorsNameNamespace: boolean;
  readonly contextFailure: string;
  readonly missingHeaders: { readonly application: string; readonly runtime: string };
  /** Which of the service's paths the public host lets through. */
  readonly publicPaths: 'all' | 'signing' | 'signing and api.yaml';
  /** Compares L with the province and ST with the locality when it looks for the client's subject. */
  readonly swapsLocality: boolean;
}

/** The common name of every runtime's certificate from 1.0 on; no application can have it. */
export const RUNTIME_NAME = '*Runtime*';

/** Where the authority is: in the secret of the chart; the first releases had another name fixed in the code. */
export const authoritySecrets = ['connector-service-app-ca', 'nginx-auth-ca'] as const;

const earlyGenerations: readonly EarlyGeneration[] = [
  {
    from: [0, 4, 0],
    id: 'A1',
    collection: 'remoteenvironments',
    chain: false,
    certificateValidity: 90 * DAY,
    tokenTtl: 60 * MINUTE,
  },
  {
    from: [0, 5, 0],
    id: 'A2',
    collection: 'remoteenvironments',
    chain: true,
    certificateValidity: 365 * DAY,
    tokenTtl: 60 * MINUTE,
  },
  {
    from: [0, 6, 0],
    id: 'A3',
    collection: 'applications',
    chain: true,
    certificateValidity: 365 * DAY,
    tokenTtl: 5 * MINUTE,
  },
];

const contextTexts = {
  application: 'Required headers for ApplicationContext not specified.',
  runtime: 'Required headers for ClusterContext not specified.',
} as const;

const b1: Generation = {
  from: [0, 7, 0],
  id: 'B1',
  certificateValidity: 365 * DAY,
  appTokenTtl: 5 * MINUTE,
  runtimeTokenTtl: 10 * MINUTE,
  subjectOrder: ['OU', 'O', 'L', 'ST', 'C', 'CN'],
  apiKeys: ['metadataUrl', 'eventsUrl', 'infoUrl', 'certificatesUrl'],
  managementKeys: [],
  managementShowsCertificate: false,
  runtimes: 'always',
  tenancy: 'defaulted',
  tenantIn: 'nowhere',
  hostHeaders: false,
  clientCertificate: 'not at all',
  revocationHash: 'der',
  needsCertificateBody: true,
  secretErrorsNameNamespace: false,
  contextFailure: 'Failed to create params when reading',
  missingHeaders: {
    application: 'Required headers not specified.',
    runtime: 'Required headers not specified.',
  },
  publicPaths: 'all',
  swapsLocality: false,
};

const b2: Generation = {
  ...b1,
  from: [0, 8, 0],
  id: 'B2',
  certificateValidity: 92 * DAY,
  apiKeys: ['eventsUrl', 'metadataUrl', 'infoUrl', 'certificatesUrl'],
  managementKeys: ['eventsUrl', 'metadataUrl', 'renewCertUrl', 'revocationCertUrl'],
  runtimes: 'central',
  tenancy: 'optional',
  tenantIn: 'common name',
  hostHeaders: true,
  clientCertificate: 'subject header',
  revocationHash: 'pem',
  needsCertificateBody: false,
  missingHeaders: contextTexts,
};

const b3: Generation = {
  ...b2,
  from: [1, 0, 0],
  id: 'B3',
  subjectOrder: ['O', 'OU', 'L', 'ST', 'C', 'CN'],
  managementKeys: ['eventsUrl', 'metadataUrl', 'renewCertUrl', 'revokeCertUrl'],
  managementShowsCertificate: true,
  tenancy: 'central only',
  tenantIn: 'organization',
  hostHeaders: false,
  revocationHash: 'der',
  needsCertificateBody: true,
  contextFailure: 'Failed to extract',
  publicPaths: 'signing',
};

const b4: Generation = {
  ...b3,
  from: [1, 1, 0],
  id: 'B4',
  apiKeys: ['eventsInfoUrl', 'eventsUrl', 'metadataUrl', 'infoUrl', 'certificatesUrl'],
  managementKeys: ['eventsInfoUrl', 'eventsUrl', 'metadataUrl', 'renewCertUrl', 'revokeCertUrl'],
};

const b5: Generation = {
  ...b4,
  from: [1, 2, 0],
  id: 'B5',
  clientCertificate: 'forwarded header',
  secretErrorsNameNamespace: true,
  swapsLocality: true,
};

const generations: readonly Generation[] = [
  b1,
  b2,
  { ...b2, from: [0, 9, 0], revocationHash: 'der', needsCertificateBody: true },
  b3,
  b4,
  b5,
  { ...b5, from: [1, 5, 0], swapsLocality: false },
  { ...b5, from: [1, 19, 0], swapsLocality: false, publicPaths: 'signing and api.yaml' },
  {
    ...b5,
    from: [2, 0, 0],
    id: 'B6',
    runtimes: 'never',
    swapsLocality: false,
    publicPaths: 'signing and api.yaml',
  },
];

/** From here on the Connector Service is no longer part of Kyma. */
const REMOVED: Version = [2, 3, 0];

export interface ConnectorGenerations {
  /** The generation of `/v1/remoteenvironments/…`, which is always served, or of 0.6's `/v1/applications/{app}/…`. */
  readonly early: readonly EarlyGeneration[];
  /** The generation of `/v1/applications/…` and `/v1/runtimes/…`; absent where the release has none. */
  readonly current: Generation | undefined;
}

/** What a release serves. */
export function generationsFor(release: Release): ConnectorGenerations {
  const [, remoteEnvironments] = earlyGenerations;
  const early = rowFor(earlyGenerations, release);
  const removed = release !== 'latest' && isSince(release, REMOVED);
  const current = removed ? undefined : rowFor(generations, release);
  if (!early || !remoteEnvironments) return { early: [], current };
  if (current || removed) return { early: [remoteEnvironments], current };
  return { early: early.collection === 'remoteenvironments' ? [early] : [remoteEnvironments, early], current };
}

/** The name of the secret that the service of a release reads. (connector-service §6.3) */
export const authoritySecretOf = (release: Release) => authoritySecrets[generationsFor(release).current ? 0 : 1];
