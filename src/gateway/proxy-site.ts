import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { formatGo } from '../go/format.ts';
import { GoUrlError } from '../go/url.ts';
import { annotate, annotateCall, type OutgoingCall } from '../http/annotations.ts';
import { createBufferRelease } from '../http/client/buffer-release.ts';
import { createHttpClient } from '../http/client/client.ts';
import type { CallRules } from '../http/client/request.ts';
import type { BufferRelease } from '../http/client/spent-buffers.ts';
import { shownUrl } from '../http/shown-url.ts';
import type { Site } from '../http/site.ts';
import { sendKymaError } from '../kyma/errors.ts';
import { badTarget, GatewayError } from './errors.ts';
import type { Access } from './login/access.ts';
import { createAuthenticator } from './login/authentication.ts';
import { createCsrfTokens } from './login/csrf.ts';
import { addToQuery } from './login/parameters.ts';
import { createTokens } from './login/tokens.ts';
import type { Behaviour } from './releases/behaviour.ts';
import type { Defects } from './releases/defects.ts';
import { rewriteLocation } from './routing/location.ts';
import type { BadTarget, Target } from './routing/target.ts';
import type { Call } from './transport/call.ts';
import { forward } from './transport/forward.ts';
import { createTunnels } from './transport/tunnel.ts';

export interface ProxySettings {
  /** Milliseconds until a target must have answered. (application-gateway §1) */
  readonly proxyTimeout: number;
  /** Milliseconds until a client must have sent its request body. (application-gateway §1) */
  readonly requestTimeout: number;
  /**
   * Bytes up to which a request body is kept, to send it once more when the target answers 401 or 403. For a longer
   * one that first answer is the client's. (application-gateway §5.7; upstream keeps any)
   */
  readonly retryBodyLimit: number;
  /** Reproduce upstream's defects. */
  readonly quirks: boolean;
  /** PEM certificates of authorities that targets' certificates may come from, besides the system's. */
  readonly trustedCertificates: readonly string[];
  /** Where targets and token endpoints may be, see `outgoingRules`. */
  readonly outgoing: readonly string[];
}

/** What the gateway is deployed with. (application-gateway §1) */
export const gatewayDefaults: ProxySettings = {
  proxyTimeout: 10_000,
  requestTimeout: 10_000,
  retryBodyLimit: 1024 * 1024,
  quirks: false,
  trustedCertificates: [],
  outgoing: [],
};

export interface ProxyOptions {
  readonly settings: ProxySettings;
  readonly clock: Clock;
  readonly log: Logger;
  readonly errorTexts?: Defects['errorTexts'];
  /** Default: an empty 502. */
  readonly brokenBody?: ProxySite['brokenBody'] | undefined;
  /** Default: found out with the first long body. */
  readonly bufferRelease?: BufferRelease | undefined;
  /** Forgets what was looked up for calls. */
  readonly forget?: (() => void) | undefined;
}

/** Has an answer to a body that turns out to be malformed when it is passed on. (application-gateway §16.2, §23.9) */
export interface ProxySite extends Site {
  readonly upgrade: NonNullable<Site['upgrade']>;
  readonly brokenBody: NonNullable<Site['brokenBody']>;
  /** Forgets tokens, and whatever else it keeps of targets and the cluster. Calls under way go on. */
  reset(): void;
}

/** Where a request is to go. */
export interface RoutedCall {
  /** As the log names it. */
  readonly service: string;
  /** Where the gateway is one for all. */
  readonly application?: string | undefined;
  /** Where a service can have several. */
  readonly entry?: string | undefined;
  readonly target: Target | BadTarget;
  readonly skipVerify: boolean;
  readonly access: Access;
  /** Reads Application and Secret anew after a refusal, where they may be old. (application-gateway §16.2) */
  readonly renewAccess?: (() => Access | undefined) | undefined;
  /** Path to call, encoded. */
  readonly path: string;
  /** Query to call with, with its question mark; request parameters are added later. */
  readonly search: string;
  /** See `rewriteLocation`. */
  readonly gatewayPrefix: string;
  readonly behaviour: Behaviour;
  /** See `TokenContext`. */
  readonly scope: string;
}

/**
 * A proxy whose every request belongs to some API. Its caches are its own. (application-gateway §1)
 * @param routeCall undefined when it has answered itself; throws GatewayError, or GoUrlError for a request target that
 *   is no path
 */
export function createProxySite(
  routeCall: (request: IncomingMessage, response: ServerResponse) => RoutedCall | undefined,
  options: ProxyOptions,
): ProxySite {
  const { settings, clock, log, errorTexts } = options;
  const { trustedCertificates, outgoing } = settings;
  const client = createHttpClient({ clock, trustedCertificates, outgoing, log });
  const { dispatchers } = client;
  const limits = { clock, ...settings };
  const ask = client.asking(tokenRules(settings.proxyTimeout));
  const caches = { tokens: createTokens({ ask, clock }), csrfTokens: createCsrfTokens({ ask, clock }) };
  let authenticate = createAuthenticator(caches);
  const { bufferRelease = createBufferRelease(log) } = options;
  const tunnels = createTunnels(dispatchers);

  /** @throws GatewayError row 7 of the catalogue (application-gateway §4) */
  function plan(request: IncomingMessage, routed: RoutedCall): Call {
    const { headers, rawHeaders } = request;
    const { target, application, service, entry, access, renewAccess, skipVerify, behaviour, scope, gatewayPrefix } =
      routed;
    annotate(request, { part: PART, application, service, entry });
    if ('problem' in target) throw badTarget(target.problem);
    const about = { service, target: target.origin };
    const path = routed.path + addToQuery(routed.search, access.parameters.query);
    let since = performance.now();
    const note = (call: OutgoingCall) => annotateCall(request, call);
    const noteTarget = (status: number | undefined, failure?: string) => {
      const now = performance.now();
      note({ purpose: 'target', target: target.origin ?? NO_URL, status, ms: Math.round(now - since), failure });
      since = now;
    };
    const context = { scope, skipVerify, behaviour, note };
    const accessToken = headers['access-token'] ? firstAccessToken(rawHeaders) : undefined;
    const type = access.method?.type;
    log.debug(about, 'proxied');
    return {
      dispatchers,
      origin: target.origin ?? '',
      path,
      host: target.host,
      added: access.parameters.headers,
      behaviour,
      limits,
      bufferRelease,
      authenticate: (refused) =>
        authenticate({ access: (refused && renewAccess?.()) ?? access, context, accessToken, refused }),
      isRetried: (status) =>
        (status === 401 || status === 403) &&
        behaviour.retriedStatuses.includes(status) &&
        (!behaviour.onlyOAuth || type === 'OAuth'),
      rewriteLocation: (location) => rewriteLocation(location, { target, path, gatewayPrefix }, behaviour.locationRest),
      refuse,
      answered: noteTarget,
      failed(error) {
        const reason = reasonOf(error);
        noteTarget(undefined, reason);
        log.warn({ ...about, reason }, 'the call to the target failed');
      },
    };
  }

  function refuse(response: ServerResponse, error: unknown): void {
    if (error instanceof GatewayError) {
      annotate(response.req, { part: PART, code: error.code, reason: error.message });
      log.info({ code: error.code, status: error.status, reason: error.message }, 'refused');
      sendKymaError(response, error.status, errorTexts === 'formatted' ? formatGo(error.message) : error.message);
    } else if (error instanceof GoUrlError) {
      sendBadRequest(response);
    } else {
      log.error({ err: error }, 'the gateway failed');
      sendKymaError(response, 500, 'the gateway failed; its log says why');
    }
  }

  function answer(request: IncomingMessage, response: ServerResponse, proceed: (call: Call) => void): void {
    try {
      if (request.url === '*' && request.method === 'OPTIONS')
        return void response.writeHead(200, { 'content-length': 0 }).end();
      const routed = routeCall(request, response);
      if (routed) proceed(plan(request, routed));
    } catch (error) {
      refuse(response, error);
    }
  }

  return {
    brokenBody: options.brokenBody ?? { status: 502, text: '' },
    handle: (request, response) => answer(request, response, (call) => forward(request, response, call)),
    upgrade: (request, socket, head) =>
      tunnels.accept(request, socket, (response) =>
        answer(request, response, (call) => tunnels.open({ request, response, socket, head }, call)),
      ),
    reset() {
      caches.tokens.clear();
      caches.csrfTokens.clear();
      authenticate = createAuthenticator(caches);
      options.forget?.();
    },
    async close() {
      tunnels.close();
      await client.close();
    },
  };
}

/** As in log lines. */
const PART = 'application-gateway';

const NO_URL = shownUrl('');

/** How tokens are asked for. Deviation: upstream has no limit of size; no token is that long. (§10) */
const tokenRules = (proxyTimeout: number): CallRules => ({
  timeout: { milliseconds: proxyTimeout, text: 'context deadline exceeded' },
  maxSize: 1024 * 1024,
});

/** Of two headers the first counts. (application-gateway §23.9) */
function firstAccessToken(raw: readonly string[]): string | undefined {
  const at = raw.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'access-token');
  return raw[at + 1] || undefined;
}

/** The reason of a failed call; undici hides it in the cause. */
const reasonOf = (error: Error) =>
  error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;

/** What Go's server answers to a request that it cannot read. (application-gateway §4) */
function sendBadRequest(response: ServerResponse): void {
  response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end('400 Bad Request');
}
