import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher } from 'undici';

/** @returns the port */
export async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** What one would write in an hour: undici's dispatch on node:http. @returns the port */
export function bareProxy(target: number): Promise<number> {
  const agent = new Agent();
  const origin = `http://127.0.0.1:${target}`;
  return listen((request, response) => {
    agent.dispatch(
      {
        origin,
        path: request.url ?? '/',
        method: (request.method ?? 'GET') as Dispatcher.HttpMethod,
        headers: request.rawHeaders,
        body: request.method === 'POST' ? request : null,
      },
      {
        onRequestStart() {},
        onResponseStart(_, status, { connection, 'keep-alive': _keepAlive, ...headers }) {
          response.writeHead(status, headers);
        },
        onResponseData(controller, chunk) {
          if (response.write(chunk)) return;
          controller.pause();
          response.once('drain', () => controller.resume());
        },
        onResponseEnd() {
          response.end();
        },
        onResponseError() {
          response.destroy();
        },
      },
    );
  });
}
