import type { HostPathSpelling } from '../routing/paths.ts';
import { corrected, type Defects } from './defects.ts';

/** How the gateways of different years treat a call; one row per generation. (application-gateway §15) */
export interface Behaviour extends Defects {
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
  /** Headers and query parameters for the target. */
  readonly requestParameters: boolean;
  /** The same for the token endpoint. */
  readonly tokenParameters: boolean;
  /** Whether CSRF tokens are known, and how their cookies go with the client's. */
  readonly csrf: 'unknown' | 'cookies-appended' | 'cookies-merged';
  /** What says who asks for an OAuth token: the form alone, or an `Authorization` header too. */
  readonly tokenRequest: 'form' | 'form-and-basic';
  readonly verifiesTokenEndpoint: boolean;
  /** The server is verified whenever a client certificate is at hand, whatever the Application says. */
  readonly verifiesWithCertificate: boolean;
  /** What a cached token belongs to. */
  readonly tokenKey: 'client' | 'client-and-endpoint';
  /** Answers of the target upon which the gateway logs in anew and calls again. */
  readonly retriedStatuses: readonly number[];
  /** Only calls with OAuth are made again, and credentials count only when they are whole. */
  readonly onlyOAuth: boolean;
  /** The second call is the gateway's own rather than the client's: it follows redirects. (§16.2) */
  readonly retriesAsClient: boolean;
  /** While a proxy object is kept, Application and Secret are read all the same; what they say then is not used. */
  readonly looksUpAlways: boolean;
  /** How row 6 speaks of a Secret that does not exist. */
  readonly missingSecret: (name: string) => string;
}

/** The row as it is played: upstream's defects only where they are asked for. */
export const effective = <M extends Behaviour>(row: M, { quirks }: { readonly quirks: boolean }): M =>
  quirks ? row : { ...row, ...corrected };

export const missingSecret = (name: string) => `secret '${name}' not found`;
