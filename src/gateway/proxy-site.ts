import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { sendKymaError } from '../wire/kyma-error.ts';
import type { Site } from '../wire/site.ts';
import { createDispatchers } from './dispatchers.ts';
import { badTarget, credentialsUnsupported, GatewayError } from './errors.ts';
import { type Call, forward } from './forward.ts';
import { GoUrlError } from './go-url.ts';
import { rewriteLocation } from './location.ts';
import type { Api } from './lookup.ts';
import type { Manners } from './manners.ts';
import { createTunnels } from './tunnel.ts';

export interface GatewaySettings {
  /** Milliseconds until a target must have answered. (application-gateway §1) */
  readonly proxyTimeout: number;
  /** Milliseconds until a client must have sent its request body. (application-gateway §1) */
  readonly requestTimeout: number;
  /** Reproduce upstream's defects. */
  readonly quirks: boolean;
  /** PEM certificates of authorities that targets' certificates may come from, besides the system's. */
  readonly trustedCertificates: readonly string[];
}

/** What the gateway is deployed with. (application-gateway §1) */
export const gatewayDefaults: GatewaySettings = {
  proxyTimeout: 10_000,
  requestTimeout: 10_000,
  quirks: false,
  trustedCertificates: [],
};

export interface ProxyOptions {
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Where a request is to go. */
export interface Route {
  readonly api: Api;
  /** Path and query to call, encoded. */
  readonly path: string;
  /** See `rewriteLocation`. */
  readonly gatewayPrefix: string;
  readonly manners: Manners;
}

/**
 * A proxy whose every request belongs to some API.
 * @param findRoute throws GatewayError, or GoUrlError for a request target that is no path
 */
export function createProxySite(findRoute: (request: IncomingMessage) => Route, options: ProxyOptions): Site {
  const { settings, clock, log } = options;
  const dispatchers = createDispatchers(settings.trustedCertificates);
  const limits = { clock, proxyTimeout: settings.proxyTimeout, requestTimeout: settings.requestTimeout };
  const tunnels = createTunnels({ dispatchers, quirks: settings.quirks });

  function plan(request: IncomingMessage): Call | undefined {
    const { api, path, gatewayPrefix, manners } = findRoute(request);
    const { target, service, skipVerify } = api;
    if (api.needsSecret) throw credentialsUnsupported(service.name ?? '');
    if ('problem' in target) throw badTarget(target.problem);
    const about = { service: service.name, target: target.origin ?? api.entry.targetUrl };
    if (!target.origin) {
      log.warn(about, 'this target URL cannot be called: it needs http:// or https://, a host and a valid port');
      return undefined;
    }
    log.debug(about, 'proxied');
    return {
      dispatcher: dispatchers.for(skipVerify),
      origin: target.origin,
      path,
      host: target.host,
      skipVerify,
      manners,
      limits,
      rewriteLocation: (location) => rewriteLocation(location, { target, path, gatewayPrefix }),
      failed: (reason) => log.warn({ ...about, reason: reasonOf(reason) }, 'the call to the target failed'),
    };
  }

  function answer(request: IncomingMessage, response: ServerResponse, proceed: (call: Call) => void): void {
    try {
      if (request.url === '*') return void response.writeHead(200, { 'content-length': 0 }).end();
      const call = plan(request);
      if (call) proceed(call);
      else response.writeHead(502, { 'content-length': 0 }).end();
    } catch (error) {
      if (error instanceof GatewayError) sendKymaError(response, error.status, error.message);
      else if (error instanceof GoUrlError) sendBadRequest(response);
      else {
        log.error({ err: error }, 'the gateway failed');
        sendKymaError(response, 500, 'the gateway failed; its log says why');
      }
    }
  }

  return {
    handle: (request, response) => answer(request, response, (call) => forward(request, response, call)),
    upgrade: (request, socket, head) =>
      tunnels.accept(request, socket, (response) =>
        answer(request, response, (call) => tunnels.open({ request, response, socket, head }, call)),
      ),
    async close() {
      tunnels.close();
      await dispatchers.close();
    },
  };
}

/** The reason of a failed call; undici hides it in the cause. */
const reasonOf = (error: Error) =>
  error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;

/** What Go's server answers to a request that it cannot read. (application-gateway §4) */
function sendBadRequest(response: ServerResponse): void {
  response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end('400 Bad Request');
}
