import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../core/errors.ts';
import { encodeGoJson } from '../go/json.ts';
import { splitTarget } from '../go/path.ts';
import { decodeGo, goString, goStruct } from '../go/struct.ts';
import { removeDotSegments } from '../go/url.ts';
import type { Site } from '../http/site.ts';
import { kymaTexts, sendKymaError } from '../kyma/errors.ts';

export interface GatewayHealthOptions {
  /** Whether the level can be read and set, as from Kyma 2.19 on. (application-gateway §15) */
  readonly hasLogLevel?: boolean | undefined;
  /** Told the new level when a client has set one. */
  readonly onLogLevel?: ((level: string) => void) | undefined;
}

const levels = ['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'];
const levelBody = goStruct('payload', { level: goString });
const BODY_LIMIT = 64 * 1024;

/** Forgets a level that a client has set. */
type HealthSite = Site & { reset(): void };

const FIRST_LEVEL = 'info';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** The gateway's external API: health and log level. (application-gateway §13) */
export function createGatewayHealthSite({ hasLogLevel = true, onLogLevel }: GatewayHealthOptions = {}): HealthSite {
  let level = FIRST_LEVEL;

  const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
    '/v1/health': { GET: (_, response) => void response.writeHead(200, { 'content-length': 0 }).end() },
    ...(hasLogLevel && { '/v1/loglevel': { GET: (_, response) => sendText(response, 200, { level }), PUT: putLevel } }),
  };

  async function putLevel(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { query = '' } = splitTarget(request.url ?? '');
    const wanted = readLevel(await readText(request), request.headers['content-type'], query);
    if ('error' in wanted) return sendText(response, 400, wanted);
    level = wanted.level;
    onLogLevel?.(level);
    sendText(response, 200, { level });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, query: search } = splitTarget(request.url ?? '/');
    const clean = removeDotSegments(path.replace(/\/{2,}/g, '/'));
    if (clean !== path) {
      const location = search === undefined ? clean : `${clean}?${search}`;
      return void response.writeHead(301, { location, 'content-length': 0 }).end();
    }
    const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (!methods) return sendKymaError(response, 404, kymaTexts.notFound);
    const handler = methods[request.method ?? 'GET'];
    if (!handler) return sendKymaError(response, 405, kymaTexts.methodNotAllowed);
    await handler(request, response);
  }

  return {
    // The only failure left is a client that goes away while sending.
    handle: (request, response) => void answer(request, response).catch(() => response.destroy()),
    reset() {
      level = FIRST_LEVEL;
    },
    close: async () => {},
  };
}

/** Reads the level from JSON or a form. An empty level in JSON means info. (application-gateway §23.2) */
function readLevel(body: string, contentType = '', query = ''): { level: string } | { error: string } {
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    // As in Go, what the form does not have may stand in the query.
    const level = new URLSearchParams(body).get('level') ?? new URLSearchParams(query).get('level') ?? '';
    if (level === '') return { error: 'must specify logging level' };
    return known(level) ? { level: level.toLowerCase() } : { error: unknown(level) };
  }
  try {
    if (body.trim() === '') return { error: 'malformed request body: EOF' };
    const { level } = decodeGo(body, levelBody) as { level?: string };
    if (level === undefined) return { error: 'must specify logging level' };
    if (level === '') return { level: 'info' };
    return known(level) ? { level: level.toLowerCase() } : { error: `malformed request body: ${unknown(level)}` };
  } catch (error) {
    return { error: `malformed request body: ${messageOf(error)}` };
  }
}

/** All lower or all upper case. */
const known = (level: string) => levels.some((name) => name === level || name.toUpperCase() === level);
const unknown = (level: string) => `unrecognized level: ${JSON.stringify(level)}`;

function sendText(response: ServerResponse, status: number, content: object): void {
  const body = encodeGoJson(content);
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= BODY_LIMIT) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
