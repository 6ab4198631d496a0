import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Logger } from '../core/log.ts';
import type { PublicRoute } from '../foundation/capability.ts';
import { decodePath, splitTarget } from '../go/path.ts';
import { annotate } from '../http/annotations.ts';
import { type ClientIdentity, setClientIdentity } from '../http/client-identity.ts';
import { sendPage } from '../kyma/pages.ts';
import { type ClientIdentities, stripIdentityHeaders } from './client-certificates.ts';

/** The product in front of the cluster; they differ in what a client without a good certificate sees. */
export type FrontDoorKind = 'nginx' | 'istio';

type FrontDoorRoute = Pick<PublicRoute, 'matches' | 'site'>;

/** The public host of the Connector Service: TLS, no client certificates. (connector-service §7) */
export function publicDoor(kind: FrontDoorKind, routes: readonly FrontDoorRoute[]) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    stripIdentityHeaders(request);
    setClientIdentity(request, { outside: true });
    dispatch(kind, routes, request, response);
  };
}

/**
 * The host with mutual TLS. nginx lets everybody in and answers in HTTP; Istio breaks the handshake, and what slips
 * through it because only our clock knows better is cut off. (connector-service §7, metadata-service §11)
 */
export function protectedDoor(
  kind: FrontDoorKind,
  routes: readonly FrontDoorRoute[],
  identities: ClientIdentities,
  log: Logger,
) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    stripIdentityHeaders(request);
    const identity = identities.of(request.socket as TLSSocket);
    setClientIdentity(request, identity);
    if (identity.certificate?.verdict.trusted) {
      dispatch(kind, routes, request, response);
      return;
    }
    const reason = reasonOf(identity);
    annotate(request, { code: 'CERTIFICATE_REFUSED', reason });
    log.info({ reason }, 'client certificate refused');
    if (kind === 'istio') request.socket.destroy();
    else sendPage(response, identity.certificate ? 'certificateError' : 'noCertificate');
  };
}

function reasonOf({ certificate }: ClientIdentity): string {
  if (!certificate || certificate.verdict.trusted) return 'no certificate was sent';
  return `${certificate.verdict.reason}: ${certificate.verdict.detail}`;
}

function dispatch(
  kind: FrontDoorKind,
  routes: readonly FrontDoorRoute[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { path } = splitTarget(request.url ?? '/');
  const decoded = decodePath(path) ?? path;
  const route = routes.find(({ matches }) => matches(decoded));
  if (route) {
    route.site.handle(request, response);
    return;
  }
  annotate(request, { code: 'PATH_UNKNOWN', reason: 'nothing stands behind this path' });
  sendPage(response, kind === 'istio' ? 'noRoute' : 'defaultBackend');
}
