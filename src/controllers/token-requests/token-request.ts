import type { Resource } from '../../resources/resource.ts';

/** A request for a pairing token; its name is that of the application. (connector-service §8) */
export interface TokenRequest extends Resource {
  readonly context?: { readonly tenant?: string | undefined; readonly group?: string | undefined } | undefined;
  readonly status?: TokenRequestStatus | undefined;
}

export interface TokenRequestStatus {
  /** When the request is deleted, RFC 3339. */
  readonly expireAfter: string;
  readonly application: string;
  readonly state: string;
  readonly token: string;
  readonly url: string;
}

/** What the Connector Service answered; both are empty when it refused. */
export interface IssuedToken {
  readonly url: string;
  readonly token: string;
}

/** Whom the token is for besides the application. */
export interface TokenContext {
  readonly tenant?: string | undefined;
  readonly group?: string | undefined;
}

export type Step = 'delete' | 'fetch' | 'nothing';

/** What is to be done with a request now (milliseconds since the epoch). (connector-service §8) */
export function nextStep({ metadata, status }: TokenRequest, now: number): Step {
  if (metadata.deletionTimestamp) return 'nothing';
  // A time that cannot be read is no time; the fetch replaces it.
  if (status && Date.parse(status.expireAfter) < now) return 'delete';
  return status?.token ? 'nothing' : 'fetch';
}

/** The Connector Service is told the tenant and the group together, or neither. */
export function contextOf({ context }: TokenRequest): TokenContext {
  const { tenant, group } = context ?? {};
  return tenant && group ? { tenant, group } : {};
}

/**
 * The status after the Connector Service has answered; also a refusal counts as an answer. (connector-service §8)
 * @param expiresAt milliseconds since the epoch
 */
export const statusOf = (name: string, { url, token }: IssuedToken, expiresAt: number): TokenRequestStatus => ({
  expireAfter: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  application: name,
  state: 'OK',
  token,
  url,
});
