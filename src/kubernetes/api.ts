import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ClusterService } from '../cluster/service.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import { splitTarget } from '../go/path.ts';
import { annotate } from '../http/annotations.ts';
import type { Site } from '../http/site.ts';
import type { ResourceStore } from '../store/store.ts';
import { answerReview, reviews } from './access/reviews.ts';
import { type User, Users } from './access/users.ts';
import { seedCluster } from './cluster/seed.ts';
import { DiscoverySite, isOpenPath } from './discovery/site.ts';
import { Catalog } from './objects/catalog.ts';
import { Pages } from './objects/pages.ts';
import { Texts } from './objects/texts.ts';
import { WatchStreams } from './objects/watch.ts';
import { answer, type Services, streamTarget } from './requests.ts';
import type { StreamHandler } from './streams/handler.ts';
import { refuseUpgrade } from './streams/refusals.ts';
import { Tables } from './table/table.ts';
import { readObject } from './wire/body.ts';
import { factsOf } from './wire/facts.ts';
import { parseQuery } from './wire/query.ts';
import { sendError, sendJson, sendNothingHere } from './wire/respond.ts';
import { ApiError, internalError, methodNotAllowed, noSuchResource, unauthorized } from './wire/status.ts';
import { parseTarget, type Target } from './wire/target.ts';

export interface KubernetesApiOptions {
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The bearer token of the administrator. */
  readonly token: string;
  /** Port-forward, exec, attach and logs; absent: they are not there. */
  readonly streams?: StreamHandler | undefined;
  /** The services of the cluster, which `kubectl` shows; default: none. */
  readonly services?: readonly ClusterService[] | undefined;
}

export interface KubernetesApi extends Site {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends the open watches; clients connect again. To be called before the listener closes. */
  endWatches(): void;
}

/**
 * The Kubernetes API on the resources of the store. The edge in front of it has judged the client's certificate; who may
 * enter is decided here. (kubernetes-api)
 */
export async function createKubernetesApi(options: KubernetesApiOptions): Promise<KubernetesApi> {
  const { store, clock, random, log, streams } = options;
  await seedCluster(store, options.services ?? []);
  const catalog = await Catalog.open(store);
  const texts = new Texts();
  const users = await Users.open(options.token, clock, store);
  const services: Services = {
    store,
    clock,
    random,
    log,
    catalog,
    texts,
    tables: new Tables(texts),
    pages: new Pages(clock),
    watches: new WatchStreams(),
    users,
    streams,
  };
  const discovery = new DiscoverySite(catalog, reviews);

  const serve = async (request: IncomingMessage, response: ServerResponse, path: string, query: string | undefined) => {
    const user = users.of(request);
    const target = parseTarget(path);
    annotate(request, factsOf(request.method, target, query, user));
    if (!user && !isOpenPath(path)) throw unauthorized();
    if (discovery.answer(request, response, path)) return;
    if (!target) return sendNothingHere(response);
    const review = reviews.find(
      ({ apiVersion, plural }) => apiVersion === target.apiVersion && plural === target.plural,
    );
    if (review && user) return answerQuestion(review, target, user, users, request, response);
    const served = catalog.state.find(target.apiVersion, target.plural);
    if (!served) return sendNothingHere(response);
    return answer(services, { request, response, target, served, query: parseQuery(query) });
  };

  return {
    handle(request, response) {
      const { path, query } = splitTarget(request.url ?? '/');
      serve(request, response, path, query).catch((error: unknown) => fail(error, response, log));
    },
    upgrade(request, socket, head) {
      const { path, query } = splitTarget(request.url ?? '/');
      const target = parseTarget(path);
      const stream = target && streamTarget(target);
      const user = users.of(request);
      annotate(request, factsOf(request.method, target, query, user));
      if (!user) refuseUpgrade(request, socket, unauthorized());
      else if (streams && stream) streams.upgrade(request, socket, head, stream);
      else refuseUpgrade(request, socket, noSuchResource());
    },
    endWatches: () => services.watches.close(),
    async close() {
      services.watches.close();
      services.pages.close();
      users.close();
      catalog.close();
    },
  };
}

async function answerQuestion(
  review: (typeof reviews)[number],
  target: Target,
  user: User,
  users: Users,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST' || target.name !== undefined) throw methodNotAllowed();
  const object = await readObject(request, review.kind);
  sendJson(response, 201, answerReview(review, { user, users, object }));
}

function fail(error: unknown, response: ServerResponse, log: Logger): void {
  if (!(error instanceof ApiError)) log.error({ err: error }, 'unexpected error in the Kubernetes API');
  const told = error instanceof ApiError ? error : internalError();
  annotate(response.req, { code: told.code, reason: told.message });
  if (response.headersSent) response.destroy();
  else sendError(response, told);
}
