import type { IncomingMessage } from 'node:http';

/** One value of a client certificate's subject, in the order of the certificate. */
export interface SubjectValue {
  readonly type: string;
  readonly value: string;
}

/** Who the client is, as the edge with mutual TLS saw it. */
export interface ClientCertificate {
  readonly subject: readonly SubjectValue[];
  /** RFC 2253 text of the subject, as gateways write it into headers. */
  readonly subjectText: string;
  readonly issuerText: string;
  /** Lower-case hexadecimal. */
  readonly serialNumber: string;
  /** The certificate as it was presented. */
  readonly der: Buffer;
  /** Whether the edge trusts it, and why not. */
  readonly verdict: ClientVerdict;
}

export type ClientVerdict =
  | { readonly trusted: true }
  | { readonly trusted: false; readonly reason: DistrustReason; readonly detail: string };

export type DistrustReason = 'foreign' | 'wrong purpose' | 'expired' | 'not yet valid' | 'unreadable';

/** What an edge says about the client of a request. */
export interface ClientIdentity {
  /** False on listeners inside the cluster: there the gateway's headers are all that a service has. */
  readonly outside: boolean;
  /** Absent when the client presented none. */
  readonly certificate?: ClientCertificate | undefined;
}

const identityKey = Symbol('kymulator.clientIdentity');
type Marked = IncomingMessage & { [identityKey]?: ClientIdentity };

/** Called by edges only, before a site sees the request. */
export function setClientIdentity(request: IncomingMessage, identity: ClientIdentity): void {
  (request as Marked)[identityKey] = identity;
}

/** A request that no edge has marked came from outside and without a certificate. */
export const clientIdentityOf = (request: IncomingMessage): ClientIdentity =>
  (request as Marked)[identityKey] ?? { outside: true };
