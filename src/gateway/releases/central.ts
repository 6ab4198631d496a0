import { type Release, rowFor, rowsOf } from '../../core/release.ts';
import type { Behaviour } from './behaviour.ts';
import { hostGateways } from './per-application.ts';

/** What only the central gateway has: one for all Applications, chosen by path. */
export interface CentralBehaviour extends Behaviour {
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
  /** Applications and Secrets that were read are kept for five minutes. (application-gateway §12) */
  readonly keepsReads: boolean;
}

const ALL_TYPES = ['Basic', 'OAuth', 'OAuthWithCert', 'CertificateGen'];

/** Each release says what it changes of the one before. */
const centralGateways = rowsOf<CentralBehaviour & { readonly from: readonly [number, number, number] }>(
  {
    ...hostGateways.application,
    from: [0, 0, 0],
    verifiesWithCertificate: false,
    retriesAsClient: false,
    shortPathStatus: 500,
    unknownApplication: 'internal-error',
    ambiguousNames: 'first-match',
    encodedPaths: false,
    secretNamespaces: ['kyma-integration'],
    keepsReads: false,
    repeatedAnswer: 'first-read',
    csrfCertificate: 'latest',
    proxyKeys: 'joined',
  },
  [
    { from: [2, 0, 0], ambiguousNames: 'refused' },
    { from: [2, 1, 0], forwardedFor: 'append', droppedHeaders: [] },
    { from: [2, 4, 0], credentialTypes: ALL_TYPES, tokenKey: 'client-and-endpoint' },
    { from: [2, 6, 0], verifiesTokenEndpoint: true, looksUpAlways: true },
    {
      from: [2, 8, 0],
      shortPathStatus: 400,
      unknownApplication: 'like-unknown-service',
      timeoutStatus: 504,
      rewritesLocation: true,
      locationRest: 'decoded-twice',
      writing: 'unlimited',
    },
    // Deviation: upstream looks into kyma-system alone. The registry of 1.x, which runs beside today's gateway here,
    // writes its Secrets to kyma-integration, and no user should have to copy them.
    { from: [2, 10, 0], secretNamespaces: ['kyma-system', 'kyma-integration'] },
    { from: [2, 11, 0], encodedPaths: true, subPaths: 'as-references' },
    { from: [2, 18, 0], translatesServerErrors: true },
    { from: [2, 19, 0], answers: 'held-back', upgrades: 'refused' },
    // The gateway as a module of its own: only `latest`, since no release of the classic numbering comes after 2.20.
    { from: [3, 0, 0], keepsReads: true, errorTexts: 'plain' },
  ],
);

/** The central gateway of a release; before there was one, the first. */
export function centralGatewayOf(release: Release): CentralBehaviour {
  const row = rowFor(centralGateways, release);
  if (!row) throw new Error('the table of central gateways begins with the first release');
  return row;
}

/** Today's. */
export const centralGateway = centralGatewayOf('latest');
