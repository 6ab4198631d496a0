import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import {
  createServer as createHttpsServer,
  type Server as HttpsServer,
  type ServerOptions as HttpsServerOptions,
} from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import { codeOf, messageOf, type UserError, userError } from '../core/errors.ts';
import { type Logger, silentLogger } from '../core/log.ts';
import type { GoServerOptions } from '../http/go-server-options.ts';
import { refuse } from '../http/refusal.ts';
import type { Site } from '../http/site.ts';
import { Turns } from '../http/turns.ts';
import { followConnections } from './connections.ts';
import { createExchangeLog } from './exchange-log.ts';
import { answerMisread, beGoServer, goServerOptions, refusalOf, refuseExpectation } from './go-server.ts';

export interface ListenerOptions {
  /** As in messages and logs. */
  readonly name: string;
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** The command-line flag that sets the port, for the error message. */
  readonly flag: string;
  readonly handle: Site['handle'];
  readonly upgrade?: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  /** Which requests may change the protocol; the others are answered as plain ones. Default: all that can. */
  readonly upgrades?: ((request: IncomingMessage) => boolean) | undefined;
  /** Whether request bodies may take as long as they like, as those that are passed on do. */
  readonly streams?: boolean | undefined;
  /** Reads requests as a server written in Go does. */
  readonly go?: GoServerOptions | undefined;
  /** Milliseconds that an idle connection is kept; default: Node's own. */
  readonly keepAlive?: number | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Milliseconds within which a TLS client must have introduced itself. */
  readonly handshakeTimeout?: number | undefined;
  /** Gets a line for each exchange. */
  readonly log?: Logger | undefined;
}

export interface TlsOptions extends Pick<SecureContextOptions, 'key' | 'cert' | 'ca'> {
  /** `handshake`: a client without a good certificate does not get through; `later`: the handler decides. */
  readonly clientCertificates?: 'handshake' | 'later';
}

export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly secure: boolean;
  /** Shows another certificate to connections from now on. */
  renew(certificate: Pick<SecureContextOptions, 'key' | 'cert' | 'ca'>): void;
  /** Ends the listener, see `Connections`. Calling it twice is harmless. */
  close(): Promise<void>;
}

/** The head of a request: more than any real client needs, little enough to keep a hostile one small. */
const headLimits = { maxHeaderSize: 64 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 1000 } as const;
const HANDSHAKE_TIMEOUT = 10_000;
/** How long a client may take to send a whole request to a service of ours. */
const REQUEST_TIMEOUT = 120_000;

/**
 * Opens a port.
 * @throws UserError `PORT_IN_USE`, `PORT_REFUSED` that name the port, the edge and the flag
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { name, handle, upgrade, upgrades = () => true, go, tls } = options;
  const serverOptions: ServerOptions = {
    ...(go ? goServerOptions(go) : headLimits),
    requestTimeout: options.streams ? 0 : Math.max(REQUEST_TIMEOUT, go?.readTimeout ?? 0),
    ...(options.keepAlive === undefined ? {} : { keepAliveTimeout: options.keepAlive }),
    shouldUpgradeCallback: (request) => upgrade !== undefined && canUpgrade(request) && upgrades(request),
  };
  const server: Server = tls
    ? createTlsServer({ ...serverOptions, handshakeTimeout: options.handshakeTimeout ?? HANDSHAKE_TIMEOUT }, tls)
    : createHttpServer(serverOptions);
  const exchanges = createExchangeLog(options.log ?? silentLogger);
  const turns = new Turns(exchanges.began);
  if (go) beGoServer(server, go, handle, turns);
  else {
    server.on('request', (request, response) => {
      turns.began(request, response);
      handle(request, response);
    });
    server.on('checkExpectation', (request, response) => refuseExpectation(request, response, turns));
    answerMisread(server, turns);
  }
  if (upgrade) {
    server.on('upgrade', (request, socket, head) => {
      exchanges.upgraded(request, socket);
      turns.whenFree(socket, () => {
        // That of an idle connection, if an answer has come before.
        request.socket.setTimeout(0);
        const refusal = go && refusalOf(request);
        if (refusal) refuse(socket, refusal);
        else upgrade(request, socket, head);
      });
    });
  }
  if (!go?.connects) server.on('connect', (_, socket) => turns.whenFree(socket, () => refuseTunnel(socket)));

  const connections = followConnections(server, tls !== undefined, turns);
  await listen(server, options);

  let closing: Promise<void> | undefined;
  return {
    name,
    port: (server.address() as AddressInfo).port,
    secure: tls !== undefined,
    // What is not given again is gone, the authorities of clients too.
    renew: (certificate) => (server as HttpsServer).setSecureContext({ ...contextOf(tls), ...certificate }),
    close: () => {
      closing ??= connections.close();
      return closing;
    },
  };
}

const contextOf = ({ key, cert, ca }: TlsOptions = {}): SecureContextOptions => ({
  key,
  cert,
  ca,
  minVersion: 'TLSv1.2',
});

/** Clients offer HTTP/2 in passing, and a request with a body is not one for another protocol. */
const canUpgrade = ({ headers }: IncomingMessage) =>
  !/^h2c\b/i.test(headers.upgrade ?? '') &&
  headers['transfer-encoding'] === undefined &&
  Number(headers['content-length'] ?? 0) === 0;

function createTlsServer(options: HttpsServerOptions, { clientCertificates, ...context }: TlsOptions): Server {
  return createHttpsServer({
    ...options,
    ...contextOf(context),
    requestCert: clientCertificates !== undefined,
    rejectUnauthorized: clientCertificates === 'handshake',
  });
}

function listen(server: Server, { name, host, port, flag }: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(portError(error, name, host, port, flag)));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {});
      resolve();
    });
  });
}

function portError(cause: Error, name: string, host: string, port: number, flag: string): UserError {
  const code = codeOf(cause);
  const values = { edge: name, host, port, flag };
  if (code === 'EADDRINUSE') return userError('PORT_IN_USE', values, { cause });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EADDRNOTAVAIL') {
    return userError('PORT_REFUSED.address', values, { cause });
  }
  if (code === 'EACCES') return userError('PORT_REFUSED.rights', values, { cause });
  return userError('PORT_REFUSED.other', { ...values, reason: messageOf(cause) }, { cause });
}

/** Only plain HTTP requests are answered through a proxy setting; tunnels lead to hosts that are not ours. */
function refuseTunnel(socket: Duplex): void {
  const text = 'Kymulator is no proxy for TLS: set HTTP_PROXY only, not HTTPS_PROXY.\n';
  refuse(socket, { status: 405, text });
}
