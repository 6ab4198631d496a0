import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Access } from './instance.ts';

export interface Call {
  /** The name of an edge, or a whole URL. */
  readonly to: string | ((access: Access) => string);
  readonly method?: string;
  /** The request target; default: the path of the URL. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Goes as the paired system. */
  readonly paired?: boolean;
  /** Ends the answer after so many bytes have come. */
  readonly atMost?: number;
}

/** Sends a request on a connection of its own and reads the answer. @returns the status, or why there is none */
export function send(
  access: Access,
  { to, method = 'GET', path, headers, body, paired, atMost }: Call,
): Promise<string> {
  const url = new URL(typeof to === 'function' ? to(access) : (access.edges[to] ?? to));
  const { ca, certificate: cert, key } = access;
  return new Promise((resolve) => {
    const outgoing = (url.protocol === 'https:' ? tlsRequest : plainRequest)(
      {
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port,
        method,
        path: path ?? url.pathname + url.search,
        agent: false,
        maxHeaderSize: 4 * 1024 * 1024,
        headers: { ...headers, ...(body !== undefined && { 'Content-Length': String(Buffer.byteLength(body)) }) },
        ...(url.protocol === 'https:' && { ca, ...(paired && { cert, key }) }),
      },
      (response) => {
        let received = 0;
        const done = () => resolve(String(response.statusCode));
        response.on('data', (chunk: Buffer) => {
          received += chunk.length;
          if (atMost !== undefined && received >= atMost) response.destroy();
        });
        response.on('end', done).on('error', done).on('close', done);
      },
    );
    outgoing.on('error', (error) => resolve(error.message));
    outgoing.end(body);
  });
}
