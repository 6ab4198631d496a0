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
}

export const centralGateway: Manners = {
  forwardedFor: 'append',
  droppedHeaders: [],
  translatesServerErrors: true,
  rewritesLocation: true,
  timeoutStatus: 504,
  hostPathSpelling: 'decoded',
};

/** One gateway per Application, as of Kyma 1.24. */
export const applicationGateway: Manners = {
  forwardedFor: 'replace',
  droppedHeaders: ['x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-client-cert'],
  translatesServerErrors: false,
  rewritesLocation: false,
  timeoutStatus: 502,
  hostPathSpelling: 'decoded',
};

/** One gateway per RemoteEnvironment, Kyma 0.4. */
export const remoteEnvironmentGateway: Manners = {
  forwardedFor: 'append',
  droppedHeaders: [],
  translatesServerErrors: false,
  rewritesLocation: false,
  timeoutStatus: 502,
  hostPathSpelling: 'as-received',
};
