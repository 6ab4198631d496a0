import { isSince, type Release, rowFor, rowsOf } from '../../core/release.ts';
import { type Behaviour, missingSecret } from './behaviour.ts';

type Row = Behaviour & { readonly from: readonly [number, number, number] };

const FORWARDING_HEADERS = ['x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-client-cert'];

/** One gateway per RemoteEnvironment: `gateway` of 0.4, `proxy-service` of 0.5. */
const remoteEnvironmentGateway: Behaviour = {
  forwardedFor: 'append',
  droppedHeaders: [],
  translatesServerErrors: false,
  rewritesLocation: false,
  timeoutStatus: 502,
  hostPathSpelling: 'as-received',
  credentialTypes: ['OAuth'],
  requestParameters: false,
  tokenParameters: false,
  csrf: 'unknown',
  tokenRequest: 'form',
  verifiesTokenEndpoint: false,
  verifiesWithCertificate: true,
  tokenKey: 'client',
  retriedStatuses: [403],
  onlyOAuth: true,
  retriesAsClient: false,
  looksUpAlways: false,
  missingSecret: (name) => `failed to read oauth credentials from ${name} secret, secret ${name} not found`,
  uploads: 'streamed',
  answers: 'held-back',
  deadline: 'end',
  writing: 'within-request-timeout',
  brokenAnswer: 'looks-complete',
  clientAbort: 'ignored',
  upgrades: 'refused',
  repeatedAnswer: 'unseen',
  repeatedBody: 'lost',
  csrfCertificate: 'own',
  addedHeaders: 'as-written',
  subPaths: 'as-paths',
  proxyKeys: 'separated',
  locationRest: 'decoded-once',
  errorTexts: 'formatted',
};

/** One gateway per Application or namespace, 0.6 to 1.24; each release says what it changes of the one before. (§15) */
const applicationGateways = rowsOf<Row>(
  {
    ...remoteEnvironmentGateway,
    from: [0, 0, 0],
    credentialTypes: ['OAuth', 'Basic'],
    retriedStatuses: [401, 403],
    onlyOAuth: false,
    retriesAsClient: true,
    repeatedAnswer: 'whole',
    missingSecret,
  },
  [
    { from: [0, 7, 0], credentialTypes: ['OAuth', 'Basic', 'CertificateGen'] },
    { from: [0, 8, 0], tokenRequest: 'form-and-basic' },
    { from: [0, 9, 0], csrf: 'cookies-appended', forwardedFor: 'replace', droppedHeaders: FORWARDING_HEADERS },
    { from: [1, 1, 0], uploads: 'collected', repeatedBody: 'sent' },
    { from: [1, 3, 0], requestParameters: true },
    { from: [1, 4, 0], hostPathSpelling: 'decoded', csrf: 'cookies-merged' },
    { from: [1, 9, 0], tokenParameters: true },
    { from: [1, 15, 0], answers: 'streamed', upgrades: 'tunnelled' },
  ],
);

/** The gateways that are chosen by host name or namespace. Releases that had none of a kind get the nearest. */
export interface HostBehaviours {
  readonly remoteEnvironment: Behaviour;
  readonly application: Behaviour;
  readonly namespace: Behaviour;
}

export const hostGatewaysOf = (release: Release): HostBehaviours => ({
  remoteEnvironment: remoteEnvironmentGateway,
  application: applicationGatewayOf(release),
  namespace: applicationGatewayOf(isSince(release, FIRST_NAMESPACED) ? release : FIRST_NAMESPACED),
});

const FIRST_NAMESPACED = [1, 11, 0] as const;

function applicationGatewayOf(release: Release): Behaviour {
  const row = rowFor(applicationGateways, release);
  if (!row) throw new Error('the table of gateways per Application begins with the first release');
  return row;
}

/** Those of the newest release that had them. */
export const hostGateways = hostGatewaysOf('latest');
