import type { IncomingMessage } from 'node:http';
import type { Logger } from '../core/log.ts';
import { type ClientCertificate, clientIdentityOf } from '../http/client-identity.ts';
import type { Site } from '../http/site.ts';
import type { KnownApplications } from './applications.ts';
import type { ReleasedValidator } from './generations.ts';

/** A request whose target is readable. */
export interface Visit {
  readonly request: IncomingMessage;
  /** Decoded, without dot segments. */
  readonly path: string;
}

/** The services behind the gateway; undefined where a release has none. */
export interface Backends {
  readonly metadata: Site | undefined;
  readonly events: Site | undefined;
}

/** What a door decides with. */
export interface DoorOptions {
  readonly generation: ReleasedValidator;
  readonly applications: KnownApplications;
  readonly backends: Backends;
  readonly quirks: boolean;
  readonly log: Logger;
}

/** The certificate of a client outside; one that the edge does not trust is none. */
export function trustedCertificate(request: IncomingMessage): ClientCertificate | undefined {
  const { certificate } = clientIdentityOf(request);
  return certificate?.verdict.trusted ? certificate : undefined;
}
