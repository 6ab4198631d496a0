import type { X509Certificate } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type Clock, systemClock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { ClientIdentities } from '../edges/client-certificates.ts';
import { protectedDoor } from '../edges/front-door.ts';
import type { TlsOptions } from '../edges/listener.ts';
import type { EdgePlan } from '../foundation/edge.ts';
import { setClientIdentity } from '../http/client-identity.ts';
import type { Site } from '../http/site.ts';
import { pemBlocks } from '../pki/pem.ts';

/** Whose client certificates are accepted. */
export interface TrustOptions {
  readonly authority: X509Certificate;
  /** PEM of the authority and of the root above it, if there is one. */
  readonly bundle: string;
  readonly clock: Clock;
}

type Handlers = Pick<Site, 'handle' | 'upgrade' | 'upgrades'>;

/** Whom the TLS edges let in. */
export class ClientTrust {
  readonly identities: ClientIdentities;
  readonly #bundle: string;
  /**
   * Whether the TLS library can judge client certificates: it goes by the machine's time, and wants a chain that ends at
   * a root. Where it cannot, we judge after the handshake.
   */
  readonly #inHandshake: boolean;

  constructor({ authority, bundle, clock }: TrustOptions) {
    this.#bundle = bundle;
    this.identities = new ClientIdentities({ authorities: () => [authority], clock });
    this.#inHandshake =
      clock === systemClock && (authority.checkIssued(authority) || [...pemBlocks(bundle)].length > 1);
  }

  /** How a listener asks for client certificates. */
  asked(clients: 'read' | 'required'): Pick<TlsOptions, 'ca' | 'clientCertificates'> {
    const clientCertificates = clients === 'required' && this.#inHandshake ? 'handshake' : 'later';
    return { ca: this.#bundle, clientCertificates };
  }

  /** A site behind the reading of client certificates: it decides itself (`read`), or gets only trusted ones. */
  inFrontOf(site: EdgePlan['site'], clients: 'read' | 'required', log: Logger): Handlers {
    const { upgrade, upgrades } = site;
    const door =
      clients === 'required'
        ? (handle: Site['handle']) => this.#onlyTrusted(handle, log)
        : (handle: Site['handle']) => this.#identified(handle);
    return {
      handle: door((request, response) => site.handle(request, response)),
      ...(upgrades && { upgrades: (request: IncomingMessage) => upgrades.call(site, request) }),
      ...(upgrade && {
        upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
          // This door refuses without an answer, so that none is ever written.
          door(() => upgrade.call(site, request, socket, head))(request, new ServerResponse(request));
        },
      }),
    };
  }

  #identified(handle: Site['handle']): Site['handle'] {
    return (request, response) => {
      setClientIdentity(request, this.identities.of(request.socket as TLSSocket));
      handle(request, response);
    };
  }

  /** Who is not let in gets no HTTP answer, in every release. */
  #onlyTrusted(handle: Site['handle'], log: Logger): Site['handle'] {
    return protectedDoor(
      'istio',
      [{ matches: () => true, site: { handle, close: async () => {} } }],
      this.identities,
      log,
    );
  }
}
