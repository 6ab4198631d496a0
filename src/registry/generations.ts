import { isSince, type Release, rowFor, rowsOf } from '../core/release.ts';
import type { TextsName } from './texts.ts';

/**
 * The generations of the Metadata Service, later Application Registry, as data: what differs from one Kyma release to
 * another is a column here. (metadata-service §0, §1)
 */

type Version = readonly [number, number, number];

export interface Generation {
  readonly from: Version;
  readonly id: 'G0' | 'G0.5' | 'G1' | 'G2';
  readonly texts: TextsName;
  readonly kind: 'RemoteEnvironment' | 'Application';
  /** Whether the text of internal errors stays inside. */
  readonly masksInternalErrors: boolean;

  /** How Kubernetes objects are named and labelled. (§9) */
  readonly namePrefix: 're-' | 'app-' | '';
  /** Characters of the application's name that go into names of objects. */
  readonly nameLength: 23 | 22 | 26;
  readonly applicationLabel: 're' | 'app';
  /** What follows the application's name in the selector of the Service. */
  readonly gatewaySuffix: string;
  readonly ownerReferences: boolean;

  /** Which members a service definition has. (§5.1) */
  readonly credentials: readonly ('oauth' | 'basic' | 'certificateGen')[];
  readonly csrf: boolean;
  readonly certificateReadable: boolean;
  /** `legacy`: `headers` and `queryParameters` of 1.2, kept in clear in the Application. */
  readonly requestParameters: 'none' | 'legacy' | 'secret';
  /** Whether the members of 1.2 are still read where `requestParameters` is absent. */
  readonly legacyParameters: boolean;
  readonly oauthParameters: boolean;
  readonly specificationCredentials: boolean;
  /** Name of the Go structs in decoding errors. */
  readonly credentialsSuffix: '' | 'WithCSRF';
  readonly decodingPlace: 'path' | 'member';
  readonly tooManyCredentials: string | undefined;

  /** `forced`: on every service; `if sent`: only overwritten. (§7.1) */
  readonly connectedApp: 'forced' | 'if sent';
  readonly fillsDescription: boolean;
  /** Display names are unique after normalisation, and bound to their service. */
  readonly uniqueNames: boolean;
  readonly centralGateway: boolean;

  /** Fetching of specifications. (§8) */
  readonly fetches: boolean;
  readonly nullIsFetched: boolean;
  /** Milliseconds. */
  readonly specRequestTimeout: number;
  readonly insecureDownload: boolean;
  readonly quotesUrl: boolean;
  /** What becomes of an API specification that does not fit the Swagger model. */
  readonly misfitSpecification: 'refused' | 'kept';
  /** A definition without specifications leaves the stored ones. */
  readonly keepsStaleSpecifications: boolean;
}

const g0: Generation = {
  from: [0, 4, 0],
  id: 'G0',
  texts: 'G0',
  kind: 'RemoteEnvironment',
  masksInternalErrors: false,
  namePrefix: 're-',
  nameLength: 23,
  applicationLabel: 're',
  gatewaySuffix: '-gateway',
  ownerReferences: false,
  credentials: ['oauth'],
  csrf: false,
  certificateReadable: false,
  requestParameters: 'none',
  legacyParameters: false,
  oauthParameters: false,
  specificationCredentials: false,
  credentialsSuffix: '',
  decodingPlace: 'member',
  tooManyCredentials: undefined,
  connectedApp: 'if sent',
  fillsDescription: false,
  uniqueNames: false,
  centralGateway: false,
  fetches: false,
  nullIsFetched: false,
  specRequestTimeout: 5_000,
  insecureDownload: false,
  quotesUrl: false,
  misfitSpecification: 'refused',
  keepsStaleSpecifications: false,
};

/** Each release changes some columns of the one before. (§1) */
const changes: readonly (Partial<Generation> & { readonly from: Version })[] = [
  { from: [0, 4, 1], fillsDescription: true },
  { from: [0, 5, 0], id: 'G0.5', texts: 'G0.5', masksInternalErrors: true, gatewaySuffix: '-proxy-service' },
  {
    from: [0, 6, 0],
    id: 'G1',
    texts: 'G1',
    kind: 'Application',
    namePrefix: 'app-',
    nameLength: 22,
    applicationLabel: 'app',
    gatewaySuffix: '-application-proxy',
    credentials: ['oauth', 'basic'],
    tooManyCredentials: 'api.Credentials is invalid: both basic and oauth credentials provided',
    fetches: true,
    misfitSpecification: 'kept',
  },
  {
    from: [0, 7, 0],
    credentials: ['oauth', 'basic', 'certificateGen'],
    tooManyCredentials: 'api.Credentials is invalid: to many authentication methods provided',
    connectedApp: 'forced',
  },
  { from: [0, 8, 0], gatewaySuffix: '-application-gateway' },
  { from: [0, 8, 2], nullIsFetched: true },
  { from: [0, 9, 0], csrf: true, certificateReadable: true, keepsStaleSpecifications: true },
  { from: [1, 2, 0], requestParameters: 'legacy' },
  {
    from: [1, 3, 0],
    requestParameters: 'secret',
    specificationCredentials: true,
    insecureDownload: true,
    credentialsSuffix: 'WithCSRF',
    tooManyCredentials: 'api.CredentialsWithCSRF is invalid: to many authentication methods provided',
  },
  { from: [1, 4, 0], ownerReferences: true },
  { from: [1, 5, 0], legacyParameters: true },
  { from: [1, 7, 0], namePrefix: '', nameLength: 26 },
  { from: [1, 9, 0], oauthParameters: true },
  { from: [1, 10, 0], specRequestTimeout: 20_000 },
  { from: [1, 16, 0], quotesUrl: true },
  { from: [1, 17, 0], decodingPlace: 'path' },
  { from: [2, 0, 0], id: 'G2', centralGateway: true, uniqueNames: true },
];

const generations: readonly Generation[] = rowsOf(g0, changes);

/** From here on services are registered by editing the Application. (§14) */
const REMOVED: Version = [2, 3, 0];

/** The generation of a release; undefined when the release has no registration API. */
export function generationFor(release: Release): Generation | undefined {
  if (release !== 'latest' && isSince(release, REMOVED)) return undefined;
  return rowFor(generations, release);
}
