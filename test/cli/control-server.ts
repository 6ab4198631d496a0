import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Reply {
  readonly status: number;
  readonly body?: object | string;
}

/** Answers by `METHOD /path`, without query. Whatever is not in the table is 404. */
export type Routes = Readonly<Record<string, Reply | ((request: IncomingMessage, body: string) => Reply)>>;

const listener =
  (routes: Routes): RequestListener =>
  async (request, response) => {
    const body = await text(request);
    const route = routes[`${request.method} ${request.url?.split('?')[0]}`] ?? { status: 404 };
    const { status, body: answer = {} } = typeof route === 'function' ? route(request, body) : route;
    response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  };

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** An HTTP server that ends with the test. @returns its base URL */
export const serve = async (routes: Routes) => `http://127.0.0.1:${await listening(createServer(listener(routes)))}`;

/** The same over TLS. */
export const serveTls = async (options: ServerOptions, routes: Routes) =>
  `https://localhost:${await listening(createTlsServer(options, listener(routes)))}`;

/** The base URL of a port where nothing listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

export const instance = { version: '0.1.0', kyma: 'latest', ca: '-----BEGIN CERTIFICATE-----\n' };
