import { once } from 'node:events';
import {
  createServer as createPlain,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Certificates } from './certificates.ts';

/** What a request brought, as the server has seen it. */
export interface Seen {
  readonly line: string;
  readonly headers: readonly string[];
  readonly body: string;
  /** CN of the client certificate. */
  readonly certificate: string | undefined;
}

export interface Secured {
  /** Without a path. */
  readonly url: string;
  readonly seen: Seen[];
}

export type Answer = (seen: Seen, response: ServerResponse) => void;

/**
 * A server that writes down what it gets, on `localhost`.
 * @param certificates TLS, with a client certificate where the client has one
 */
export async function secured(answer: Answer, certificates?: Certificates, onlyKnown = false): Promise<Secured> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    void read(request).then((one) => {
      seen.push(one);
      answer(one, response);
    });
  };
  const server = certificates
    ? createSecure(
        {
          cert: certificates.server.crt,
          key: certificates.server.key,
          ca: certificates.authority.crt,
          requestCert: true,
          rejectUnauthorized: onlyKnown,
        },
        listener,
      )
    : createPlain(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { seen, url: `${certificates ? 'https' : 'http'}://localhost:${port}` };
}

async function read(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const peer = 'getPeerCertificate' in request.socket ? (request.socket as TLSSocket).getPeerCertificate() : undefined;
  const name = peer?.subject?.CN;
  return {
    line: `${request.method} ${request.url}`,
    headers: request.rawHeaders,
    body: Buffer.concat(chunks).toString('latin1'),
    certificate: Array.isArray(name) ? name[0] : name,
  };
}

/** The values of a header. */
export const header = ({ headers }: Seen, name: string): string[] =>
  headers.filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name.toLowerCase());

export const json = (response: ServerResponse, content: unknown, status = 200) =>
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content));

/** A target that lets everybody in. */
export const open: Answer = (_, response) => void response.end('welcome');
