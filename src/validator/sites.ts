import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../core/log.ts';
import type { Release } from '../core/release.ts';
import { cleanPath, decodePath, encodePath, splitTarget } from '../go/path.ts';
import { annotate } from '../http/annotations.ts';
import { clientIdentityOf } from '../http/client-identity.ts';
import type { Site } from '../http/site.ts';
import type { PageName } from '../kyma/pages.ts';
import type { ResourceStore } from '../store/store.ts';
import { watchApplications } from './applications.ts';
import { validatorFor } from './generations.ts';
import { istioDoor } from './istio.ts';
import { nginxDoor } from './nginx.ts';
import { carryOut, type Outcome, page, reasonOf } from './outcome.ts';
import { applicationOf, isRouted } from './paths.ts';
import type { Backends } from './visit.ts';

export interface ValidatorOptions {
  readonly release: Release;
  readonly store: ResourceStore;
  readonly log: Logger;
  readonly backends: Backends;
  /** Take certificate subjects apart as upstream does, with its accidents. */
  readonly quirks?: boolean | undefined;
}

export interface ValidatorService {
  /** Checks who calls and passes on. Outside behind mutual TLS; inside, the gateway's header says who the client is. */
  readonly site: Site;
  /** Which decoded paths the gateway host leads here. */
  routes(path: string): boolean;
  close(): Promise<void>;
}

/** Starts the check in front of the registry and the events of a release. (metadata-service §11) */
export async function createValidatorSite(options: ValidatorOptions): Promise<ValidatorService> {
  const { release, store, log, backends, quirks = false } = options;
  const generation = validatorFor(release);
  const applications = await watchApplications(store, generation);
  const door = (generation.front === 'nginx' ? nginxDoor : istioDoor)({
    generation,
    applications,
    backends,
    quirks,
    log,
  });
  const noRoute: PageName = generation.front === 'nginx' ? 'defaultBackend' : 'noRoute';

  const routes = (path: string) => {
    const application = applicationOf(path);
    if (!application || !isRouted(path, generation)) return false;
    return generation.scope === 'central' || applications.find(application) !== undefined;
  };

  const decide = (request: IncomingMessage): Outcome => {
    const { path: rawPath, query } = splitTarget(request.url ?? '/');
    const decoded = decodePath(rawPath);
    if (decoded === undefined) return { kind: 'plain', status: 400, text: '400 Bad Request' };
    const path = cleanPath(decoded);
    annotate(request, { part: 'validator', application: applicationOf(path) });
    if (clientIdentityOf(request).outside && !routes(decoded)) return page(noRoute);
    if (path !== decoded) {
      return { kind: 'redirect', location: encodePath(path) + (query === undefined ? '' : `?${query}`) };
    }
    return door({ request, path });
  };
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const outcome = decide(request);
    const reason = reasonOf(outcome);
    if (reason !== undefined) annotate(request, { code: 'VALIDATOR_REFUSED', reason });
    carryOut(outcome, request, response);
  };

  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    applications.close();
  };
  return { site: { handle, close }, routes, close };
}
