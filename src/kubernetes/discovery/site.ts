import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Catalog, CatalogState } from '../objects/catalog.ts';
import { JSON_TYPE, send, sendJson } from '../wire/respond.ts';
import { methodNotAllowed } from '../wire/status.ts';
import { type Discovery, type Document, discoveryOf, type VirtualKind } from './discovery.ts';
import { type OpenApi, openApiOf, openApiV2 } from './openapi.ts';
import { serverVersion } from './version.ts';

/** Paths that everybody may ask: whether the server is there and which one it is. */
const openPaths = new Set(['/version', '/healthz', '/livez', '/readyz']);

export const isOpenPath = (path: string) => openPaths.has(path.replace(/\/$/, ''));

const AGGREGATED = /application\/json;g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/;
const YEAR = 365 * 24 * 3600;

/** Everything about the server itself; made once for each state of the catalog. (kubernetes-api §1.2, §2, §3) */
export class DiscoverySite {
  readonly #catalog: Catalog;
  readonly #virtual: readonly VirtualKind[];
  #of: CatalogState | undefined;
  #discovery: Discovery | undefined;
  #openApi: OpenApi | undefined;

  constructor(catalog: Catalog, virtual: readonly VirtualKind[]) {
    this.#catalog = catalog;
    this.#virtual = virtual;
  }

  /** @returns false for a path that is not its own, untouched @throws ApiError 405 */
  answer(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const own = this.#answerFor(path.length > 1 ? path.replace(/\/$/, '') : path);
    if (!own) return false;
    if (request.method !== 'GET') throw methodNotAllowed();
    own(request, response);
    return true;
  }

  #answerFor(path: string): ((request: IncomingMessage, response: ServerResponse) => void) | undefined {
    switch (path) {
      case '/version':
        return (_, response) => sendJson(response, 200, serverVersion);
      case '/healthz':
      case '/livez':
      case '/readyz':
        return (_, response) => send(response, 200, 'text/plain; charset=utf-8', 'ok');
      case '/api':
        return (request, response) => sendRoot(request, response, this.#described().core);
      case '/apis':
        return (request, response) => sendRoot(request, response, this.#described().groups);
      case '/openapi/v2':
        return (_, response) => {
          response.writeHead(200, { 'Content-Type': openApiV2.type, 'Content-Length': openApiV2.bytes.length });
          response.end(openApiV2.bytes);
        };
      case '/openapi/v3':
        return (request, response) => sendDocument(request, response, this.#schemas().root);
      default:
        return this.#byName(path);
    }
  }

  #byName(path: string) {
    const [, schemas] = /^\/openapi\/v3\/(.+)$/.exec(path) ?? [];
    if (schemas) {
      const found = this.#schemas().find(schemas);
      return found && ((request: IncomingMessage, response: ServerResponse) => sendSchema(request, response, found));
    }
    const [, name] = /^\/apis?\/([^/]+(?:\/[^/]+)?)$/.exec(path) ?? [];
    const core = path.startsWith('/api/');
    if (name === undefined || (core && name.includes('/'))) return undefined;
    const { group, resources } = this.#described();
    const found = core || name.includes('/') ? resources.get(name) : group.get(name);
    return found && ((request: IncomingMessage, response: ServerResponse) => sendDocument(request, response, found));
  }

  #described(): Discovery {
    this.#refresh();
    this.#discovery ??= discoveryOf(this.#catalog.state, this.#virtual);
    return this.#discovery;
  }

  #schemas(): OpenApi {
    this.#refresh();
    this.#openApi ??= openApiOf(this.#catalog.state);
    return this.#openApi;
  }

  #refresh(): void {
    if (this.#of === this.#catalog.state) return;
    this.#of = this.#catalog.state;
    this.#discovery = undefined;
    this.#openApi = undefined;
  }
}

/** `/api` and `/apis` in the form that the client likes best. (kubernetes-api §2.2) */
function sendRoot(request: IncomingMessage, response: ServerResponse, root: Discovery['core']): void {
  const [type, version] = AGGREGATED.exec(request.headers.accept ?? '') ?? [];
  response.setHeader('Vary', 'Accept');
  if (type === undefined) sendDocument(request, response, root.legacy);
  else sendDocument(request, response, version === 'v2' ? root.aggregated : root.aggregatedBeta, type);
}

function sendDocument(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { text, etag }: Document,
  type: string = JSON_TYPE,
  more: Readonly<Record<string, string>> = { 'Cache-Control': 'public' },
): void {
  const tag = `"${etag}"`;
  if (headers['if-none-match'] === tag) {
    response.writeHead(304, { ETag: tag, ...more }).end();
    return;
  }
  send(response, 200, type, text, { ETag: tag, ...more });
}

/** A document that is asked for by its hash never changes. (kubernetes-api §3.2) */
function sendSchema(request: IncomingMessage, response: ServerResponse, found: Document): void {
  const asked = /[?&]hash=([^&]*)/.exec(request.url ?? '')?.[1];
  const lasting = asked === found.etag;
  const headers: Record<string, string> = lasting
    ? { 'Cache-Control': `public, immutable, max-age=${YEAR}` }
    : { 'Cache-Control': 'public' };
  sendDocument(request, response, found, JSON_TYPE, headers);
}
