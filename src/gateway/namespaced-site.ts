import type { IncomingMessage, ServerResponse } from 'node:http';
import { removeDotSegments } from '../go/url.ts';
import { hostOf } from './host-site.ts';
import type { SecretContent, Secrets } from './login/secrets.ts';
import { createProxySite, type ProxyOptions, type ProxySite, type RoutedCall } from './proxy-site.ts';
import { effective } from './releases/behaviour.ts';
import { proxyCache } from './releases/delays.ts';
import { type HostBehaviours, hostGateways } from './releases/per-application.ts';
import { type BoundApi, readBoundApi } from './routing/namespaced.ts';
import { composeHostPath, composeSearch, readRequestTarget } from './routing/paths.ts';

export interface NamespacedGatewaySiteOptions extends ProxyOptions {
  readonly secrets: Secrets;
  /** Of a release; default: of the newest that had them. */
  readonly behaviours?: HostBehaviours | undefined;
  /** Keep what was read of APIs for as long as upstream does. (application-gateway §15) */
  readonly cacheDelays?: boolean | undefined;
}

const SUFFIX = '-gateway';
const apiPath = /^\/secret\/([^/]+)\/api\/([^/]+)(\/.*)?$/s;

/**
 * The gateways of namespaces, all at once: `http://{ns}-gateway.{ns}…:8080/secret/{secret}/api/{API}[/{path}]`. The
 * namespace is read from the host name, everything else from a Secret in it. (application-gateway §17)
 */
export function createNamespacedGatewaySite(options: NamespacedGatewaySiteOptions): ProxySite {
  const behaviour = effective((options.behaviours ?? hostGateways).namespace, options.settings);
  const proxies = proxyCache<BoundApi>(options.clock, options.cacheDelays);
  const boundApis = new WeakMap<SecretContent, Map<string, BoundApi>>();

  function findBoundApi(namespace: string, name: string, api: string): BoundApi {
    const secret = options.secrets.get(name, namespace);
    const known = secret && boundApis.get(secret)?.get(api);
    if (known) return known;
    const bound = readBoundApi(secret, name, api);
    if (secret) boundApis.set(secret, new Map(boundApis.get(secret)).set(api, bound));
    return bound;
  }

  /** @throws GatewayError, GoUrlError */
  function routeCall(request: IncomingMessage, response: ServerResponse): RoutedCall | undefined {
    const { origin, path, search } = readRequestTarget(request.url ?? '/');
    const clean = removeDotSegments(path.replace(/\/{2,}/g, '/'));
    if (clean !== path) {
      response.writeHead(301, { location: clean + search, 'content-length': 0 }).end();
      return undefined;
    }
    const [, name, api, rest = ''] = apiPath.exec(path) ?? [];
    if (name === undefined || api === undefined) {
      const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
      response.writeHead(404, headers).end('404 page not found\n');
      return undefined;
    }
    const namespace = namespaceOf(hostOf(request, origin));
    const key = `${namespace}/${name}/${api}`;
    const lookUp = () => findBoundApi(namespace, name, api);
    const { target, access } = proxies?.get(key, lookUp) ?? lookUp();
    const bad = 'problem' in target;
    return {
      service: key,
      target,
      // A flag of the gateway, which was deployed without it.
      skipVerify: false,
      access,
      renewAccess: () => proxies?.renew(key, lookUp).access,
      path: bad ? '' : composeHostPath(target.path, rest, behaviour.hostPathSpelling),
      search: bad ? '' : composeSearch(target.query, search),
      gatewayPrefix: '',
      behaviour,
      scope: namespace,
    };
  }

  return createProxySite(routeCall, { ...options, errorTexts: behaviour.errorTexts, forget: () => proxies?.clear() });
}

/** The namespace of a host such as `shop-gateway.shop.svc.cluster.local:8080`. */
function namespaceOf(host: string): string {
  const label = /^[^.:]*/.exec(host)?.[0] ?? '';
  return label.endsWith(SUFFIX) ? label.slice(0, -SUFFIX.length) : label;
}

/** Whether a service of the cluster is the gateway of a namespace; an empty namespace is that of the caller. */
export const isNamespacedGateway = (service: string, namespace: string) =>
  service.endsWith(SUFFIX) &&
  service.length > SUFFIX.length &&
  (namespace === '' || service === `${namespace}${SUFFIX}`);
