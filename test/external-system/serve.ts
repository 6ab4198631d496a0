import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ExternalSite } from '../../src/external-system/site.ts';
import type { Site } from '../../src/http/site.ts';

/** Serves until the test ends. @returns the port */
export async function listen(
  listener: RequestListener,
  site?: Site & Partial<Pick<ExternalSite, 'upgrades'>>,
): Promise<number> {
  const upgrades = (request: IncomingMessage) => site?.upgrades?.(request) ?? site?.upgrade !== undefined;
  const server = createServer({ shouldUpgradeCallback: upgrades }, listener);
  if (site?.upgrade) {
    const upgrade = site.upgrade.bind(site);
    server.on('upgrade', upgrade);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    await site?.close();
    server.closeAllConnections();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

/** Puts a site on a port of its own. @returns the port */
export const serve = (site: Site) => listen((request, response) => site.handle(request, response), site);

export interface Ask {
  readonly method?: string;
  /** Sent as it is: nothing is resolved or escaped. */
  readonly path: string;
  /** An array holds names and values in turn, and replaces `Host` as well. */
  readonly headers?: Record<string, string | string[]> | string[];
  readonly body?: string | Buffer;
}

export interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly trailers: NodeJS.Dict<string>;
  readonly bytes: Buffer;
  readonly text: string;
  json(): unknown;
}

/** One request on a connection of its own. */
export async function ask(port: number, { method = 'GET', path, headers = {}, body }: Ask): Promise<Told> {
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  outgoing.end(body);
  const [answer] = await once(outgoing, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString('utf8');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    rawHeaders: answer.rawHeaders,
    trailers: answer.trailers,
    bytes,
    text,
    json: () => JSON.parse(text),
  };
}
