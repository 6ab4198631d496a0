import type { Clock } from '../core/clock.ts';
import type { Random } from '../core/random.ts';
import type { Endpoint } from './exchange.ts';
import { type FlavorName, flavors } from './flavors.ts';
import { createHttpBin } from './httpbin.ts';
import { mutualTlsRoutes, plainRoutes } from './secured/routes.ts';
import { createSecured } from './secured/secured.ts';
import { demoCredentials, type SystemCredentials } from './secured/settings.ts';
import { TokenIssuer } from './secured/token-issuer.ts';
import { createSite, type ExternalSite } from './site.ts';
import { ECHO_PATH } from './websocket/handshake.ts';

export interface ExternalSystemOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Of HTTPBin; default: `go`. */
  readonly flavor?: FlavorName | undefined;
  readonly credentials?: SystemCredentials | undefined;
}

/** The built-in external system: what its listeners show. Tokens that one of them issued are good at the other. */
export interface ExternalSystem {
  /** For plain HTTP: HTTPBin, and the secured endpoints below `/v1/`. */
  readonly http: ExternalSite;
  /** For listeners that let in clients with a certificate only: endpoints for them, and the WebSocket of HTTPBin. */
  readonly mutualTls: ExternalSite;
  /** Forgets the tokens that it has issued. */
  reset(): void;
  close(): Promise<void>;
}

export function createExternalSystemSites(options: ExternalSystemOptions): ExternalSystem {
  const { clock, random, flavor = 'go', credentials = demoCredentials } = options;
  const issuer = new TokenIssuer({ clock, random, credentials });
  const httpBin = createHttpBin(flavors[flavor]);
  const secured = createSecured(plainRoutes, issuer);
  const either: Endpoint = (exchange) => (exchange.path.startsWith('/v1/') ? secured : httpBin)(exchange);
  const http = createSite({ clock, random, answer: either });
  const securedByTls = createSecured(mutualTlsRoutes, issuer);
  const behindTls: Endpoint = (exchange) => (exchange.path === ECHO_PATH ? httpBin : securedByTls)(exchange);
  const mutualTls = createSite({ clock, random, answer: behindTls });
  return {
    http,
    mutualTls,
    reset: () => issuer.clear(),
    async close() {
      await Promise.all([http.close(), mutualTls.close()]);
    },
  };
}
