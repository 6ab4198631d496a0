import { isSince, type Release, rowFor, rowsOf } from '../core/release.ts';

/**
 * What stands between clients and the services behind the gateway host, as data: nginx, then one validator per
 * application, then a central one. (metadata-service §11, application-gateway §18)
 */

type Version = readonly [number, number, number];

/** Whom a certificate must name where the Application says tenant or group. */
export type TenantRule =
  /** Nobody but the application. */
  | 'ignored'
  /** `{tenant};{group};{application}` as common name, with either of the two. */
  | 'common name'
  /** Organisation and unit besides the common name, with either of the two. */
  | 'either in organization'
  /** Organisation and unit besides the common name, only with both. */
  | 'both in organization';

export interface ValidatorTexts {
  readonly noHeader: string;
  readonly noApplication: string;
  readonly unknownApplication: string;
  readonly noSubject: string;
  readonly noDestination: string;
}

export interface ValidatorGeneration {
  readonly from: Version;
  readonly front: 'nginx' | 'istio';
  readonly kind: 'RemoteEnvironment' | 'Application';
  /** `application`: an application without a validator of its own has no route at all. */
  readonly scope: 'application' | 'central';
  readonly tenantRule: TenantRule;
  /** Whether client ids in the Application replace its name. */
  readonly clientIds: boolean;
  /** Undefined: whether the application exists is not asked. */
  readonly unknownStatus: 500 | 404 | undefined;
  readonly texts: ValidatorTexts;
  /** Paths behind `/{application}`, in the order in which they are tried. */
  readonly metadataPath: '/v1/metadata';
  readonly eventPaths: readonly EventPath[];
  /** Bytes; nginx only. */
  readonly bodyLimit: number | undefined;
  /** Whether event services still see who the client is. */
  readonly keepsHeaderForEvents: boolean;
  /** Answers of 500 and more become 502 with the original status in a header. */
  readonly turnsServerErrors: boolean;
}

export interface EventPath {
  readonly path: string;
  /** Replaces the whole path. */
  readonly becomes?: string;
}

const MEBIBYTE = 1024 * 1024;

const earlyTexts: ValidatorTexts = {
  noHeader: 'X-Forwarded-Client-Cert header not found',
  noApplication: 'Application name not specified',
  unknownApplication: 'Failed to get Application ClientIds: failed to get {application} application: {reason}',
  noSubject: 'No valid subject found',
  noDestination: 'Could not determine destination host. Requested resource not found',
};

const lateTexts: ValidatorTexts = {
  noHeader: earlyTexts.noHeader,
  noApplication: 'application name not specified',
  unknownApplication:
    'while getting application ClientIds: application with name {application} is not found in the cache. Please retry',
  noSubject: 'no valid subject found',
  noDestination: 'could not determine destination host, requested resource not found',
};

const nginx: ValidatorGeneration = {
  from: [0, 4, 0],
  front: 'nginx',
  kind: 'RemoteEnvironment',
  scope: 'application',
  tenantRule: 'ignored',
  clientIds: false,
  unknownStatus: undefined,
  texts: earlyTexts,
  metadataPath: '/v1/metadata',
  eventPaths: [{ path: '/v1/events' }],
  bodyLimit: MEBIBYTE,
  keepsHeaderForEvents: true,
  turnsServerErrors: false,
};

const changes: readonly (Partial<ValidatorGeneration> & { readonly from: Version })[] = [
  { from: [0, 6, 0], kind: 'Application' },
  { from: [0, 7, 0], bodyLimit: 5 * MEBIBYTE },
  { from: [0, 8, 0], tenantRule: 'common name' },
  { from: [1, 0, 0], tenantRule: 'either in organization' },
  { from: [1, 2, 0], front: 'istio', tenantRule: 'both in organization', bodyLimit: undefined },
  { from: [1, 4, 0], eventPaths: [{ path: '/v1/events' }, { path: '/v2/events' }] },
  { from: [1, 7, 0], clientIds: true, unknownStatus: 500 },
  { from: [1, 9, 0], eventPaths: [{ path: '/v1/events' }, { path: '/v2/events' }, { path: '/events' }] },
  { from: [1, 11, 0], keepsHeaderForEvents: false },
  {
    from: [1, 19, 0],
    texts: {
      ...earlyTexts,
      unknownApplication:
        'Failed to get Application ClientIds: Application with name {application} is not found in the cache. Please retry.',
    },
  },
  { from: [1, 20, 0], texts: lateTexts },
  {
    from: [2, 0, 0],
    scope: 'central',
    tenantRule: 'ignored',
    eventPaths: [
      { path: '/v1/events' },
      { path: '/v2/events', becomes: '/publish' },
      { path: '/events', becomes: '/publish' },
    ],
  },
  { from: [2, 10, 0], unknownStatus: 404 },
  {
    from: [2, 17, 0],
    texts: {
      ...lateTexts,
      unknownApplication:
        'while getting application ClientIds: application data for name {application} is not found in the cache. Please retry',
    },
  },
  { from: [2, 19, 0], turnsServerErrors: true },
];

const generations: readonly ValidatorGeneration[] = rowsOf(nginx, changes);

export interface ReleasedValidator extends ValidatorGeneration {
  /** From 2.3 on the path is still routed to the validator, which leads it nowhere. */
  readonly leadsToMetadata: boolean;
}

/** What a release has; `latest` is today's validator, which still leads to the registry. */
export function validatorFor(release: Release): ReleasedValidator {
  const generation = rowFor(generations, release) ?? nginx;
  return { ...generation, leadsToMetadata: release === 'latest' || !isSince(release, [2, 3, 0]) };
}
