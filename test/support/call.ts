import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import type { PeerCertificate } from 'node:tls';

export interface CallOptions {
  readonly method?: string;
  /** A list of name, value, name, value sends repeated headers as they are. */
  readonly headers?: Readonly<Record<string, string>> | readonly string[];
  readonly body?: string | Buffer;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Sees the server's certificate; what it returns is an error. */
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
  /** False: any server certificate will do. */
  readonly rejectUnauthorized?: boolean;
  /** Sent as the request target instead of the URL's path and query. */
  readonly target?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
  readonly json: any;
}

/** One request on a connection of its own: what a client sees, to the byte. */
export function call(url: string, options: CallOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, target, ...tls } = options;
  const { protocol, hostname, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = (protocol === 'https:' ? tlsRequest : plainRequest)(
      {
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        method,
        path: target ?? rawPath(url) ?? pathname + search,
        headers: withLength(headers, body, port, hostname),
        agent: false,
        ...tls,
      },
      async (response) => {
        try {
          const text = (await buffer(response)).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            get json() {
              return JSON.parse(text);
            },
          });
        } catch (error) {
          reject(error);
        }
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The path as written: `URL` would clean it. */
const rawPath = (url: string) => /^https?:\/\/[^/]+(\/.*)$/.exec(url)?.[1];

/** Node adds `Host` and a length only to an object of headers. */
function withLength(
  headers: CallOptions['headers'] & object,
  body: string | Buffer | undefined,
  port: string,
  hostname: string,
): Readonly<Record<string, string>> | string[] {
  if (!isList(headers)) return headers;
  const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
  return ['host', port ? `${hostname}:${port}` : hostname, ...length, ...headers];
}

const isList = (headers: object): headers is readonly string[] => Array.isArray(headers);
