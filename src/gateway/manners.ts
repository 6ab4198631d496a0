import { type Release, rowFor, rowsOf } from '../core/release.ts';
import type { HostPathSpelling } from './paths.ts';

/** How the gateways of different years treat a call; one row per generation. (application-gateway §15) */
export interface Manners {
  /** Whether the caller's address is appended to a given `X-Forwarded-For` or replaces it. */
  readonly forwardedFor: 'append' | 'replace';
  /** Request headers that are not passed on, in lower case. */
  readonly droppedHeaders: readonly string[];
  /** A target's 5xx becomes 502 with `Target-System-Status`. */
  readonly translatesServerErrors: boolean;
  readonly rewritesLocation: boolean;
  /** The answer when the target does not answer in time. */
  readonly timeoutStatus: 502 | 504;
  readonly hostPathSpelling: HostPathSpelling;
  /** The `credentials.type` values that are known; others mean without credentials. */
  readonly credentialTypes: readonly string[];
  readonly requestParameters: boolean;
  /** What says who asks for an OAuth token: the form alone, or an `Authorization` header too. */
  readonly tokenRequest: 'form' | 'form-and-basic';
  readonly verifiesTokenEndpoint: boolean;
  /** The server is verified whenever a client certificate is at hand, whatever the Application says. */
  readonly verifiesWithCertificate: boolean;
  /** What a cached token belongs to. */
  readonly tokenKey: 'client' | 'client-and-endpoint';
  /** Answers of the target upon which the gateway logs in anew and calls again. */
  readonly retriedStatuses: readonly number[];
  /** Only calls with OAuth are made again. */
  readonly retriesOnlyOAuth: boolean;
  /** How row 6 speaks of a Secret that does not exist. */
  readonly missingSecret: (name: string) => string;
}

/** What only the central gateway has: one for all Applications, chosen by path. */
export interface CentralManners extends Manners {
  /** Status of row 1. */
  readonly shortPathStatus: 400 | 500;
  /** Row 2 for an Application that does not exist. */
  readonly unknownApplication: 'like-unknown-service' | 'internal-error';
  /** Row 5. */
  readonly ambiguousNames: 'refused' | 'first-match';
  /** `encodeUrl` counts, and escaped slashes separate nothing; before, the decoded path was taken apart and sent. */
  readonly encodedPaths: boolean;
  /** Where Secrets are looked for, in this order. */
  readonly secretNamespaces: readonly string[];
}

const ALL_TYPES = ['Basic', 'OAuth', 'OAuthWithCert', 'CertificateGen'];
const FORWARDING_HEADERS = ['x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-client-cert'];
const missingSecret = (name: string) => `secret '${name}' not found`;

/** One gateway per Application, or per namespace, as of Kyma 1.24. */
export const applicationGateway: Manners = {
  forwardedFor: 'replace',
  droppedHeaders: FORWARDING_HEADERS,
  translatesServerErrors: false,
  rewritesLocation: false,
  timeoutStatus: 502,
  hostPathSpelling: 'decoded',
  credentialTypes: ['Basic', 'OAuth', 'CertificateGen'],
  requestParameters: true,
  tokenRequest: 'form-and-basic',
  verifiesTokenEndpoint: false,
  verifiesWithCertificate: true,
  tokenKey: 'client',
  retriedStatuses: [401, 403],
  retriesOnlyOAuth: false,
  missingSecret,
};

/** One gateway per RemoteEnvironment, Kyma 0.4. */
export const remoteEnvironmentGateway: Manners = {
  ...applicationGateway,
  forwardedFor: 'append',
  droppedHeaders: [],
  hostPathSpelling: 'as-received',
  credentialTypes: ['OAuth'],
  requestParameters: false,
  tokenRequest: 'form',
  retriedStatuses: [403],
  retriesOnlyOAuth: true,
  missingSecret: (name) => `failed to read oauth credentials from ${name} secret, secret ${name} not found`,
};

/** Each release says what it changes of the one before. */
const centralGateways = rowsOf<CentralManners & { readonly from: readonly [number, number, number] }>(
  {
    ...applicationGateway,
    from: [0, 0, 0],
    verifiesWithCertificate: false,
    shortPathStatus: 500,
    unknownApplication: 'internal-error',
    ambiguousNames: 'first-match',
    encodedPaths: false,
    secretNamespaces: ['kyma-integration'],
  },
  [
    { from: [2, 0, 0], ambiguousNames: 'refused' },
    { from: [2, 1, 0], forwardedFor: 'append', droppedHeaders: [] },
    { from: [2, 4, 0], credentialTypes: ALL_TYPES, tokenKey: 'client-and-endpoint' },
    { from: [2, 6, 0], verifiesTokenEndpoint: true },
    {
      from: [2, 8, 0],
      shortPathStatus: 400,
      unknownApplication: 'like-unknown-service',
      timeoutStatus: 504,
      rewritesLocation: true,
    },
    // Deviation: upstream looks into kyma-system alone. The registry of 1.x, which runs beside today's gateway here,
    // writes its Secrets to kyma-integration, and no user should have to copy them.
    { from: [2, 10, 0], secretNamespaces: ['kyma-system', 'kyma-integration'] },
    { from: [2, 11, 0], encodedPaths: true },
    { from: [2, 18, 0], translatesServerErrors: true },
  ],
);

/** The central gateway of a release; before there was one, the first. */
export function centralGatewayOf(release: Release): CentralManners {
  const row = rowFor(centralGateways, release);
  if (!row) throw new Error('the table of central gateways begins with the first release');
  return row;
}

/** Today's. */
export const centralGateway = centralGatewayOf('latest');
