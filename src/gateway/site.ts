import type { Site } from '../wire/site.ts';
import { type Access, createAccessOf } from './access.ts';
import { createDelayed, type Delayed, upstreamDelays } from './delays.ts';
import { unreadablePath } from './errors.ts';
import { type Api, type Applications, findApi } from './lookup.ts';
import { type CentralManners, centralGateway } from './manners.ts';
import {
  type Address,
  composeDecodedPath,
  composePath,
  composeSearch,
  type Form,
  readAddress,
  readDecodedTarget,
  readRequestTarget,
  readSubPath,
} from './paths.ts';
import { createProxySite, type ProxyOptions, type Route } from './proxy-site.ts';
import { type Secrets, secretsIn } from './secrets.ts';

export interface GatewaySiteOptions extends ProxyOptions {
  readonly form: Form;
  readonly applications: Applications;
  readonly secrets: Secrets;
  /** Those of a release; default: today's. */
  readonly manners?: CentralManners | undefined;
  /** Keep what was read of APIs for as long as upstream does. (application-gateway §12) */
  readonly cacheDelays?: boolean | undefined;
}

/** One proxy port of the central Application Gateway. (application-gateway §1, §3) */
export function createGatewaySite(options: GatewaySiteOptions): Site {
  const { form, applications, manners = centralGateway, settings } = options;
  const accessOf = createAccessOf({ secrets: secretsIn(options.secrets, manners.secretNamespaces), manners });
  const proxies = options.cacheDelays
    ? createDelayed<Proxied>(options.clock, upstreamDelays.proxy)
    : (_: string, read: () => Proxied | undefined) => read();

  /** @throws GatewayError, GoUrlError */
  function findRoute(url: string): Route {
    const { origin, path, search } = manners.encodedPaths ? readRequestTarget(url) : readDecodedTarget(url);
    const address = readAddress(path, form);
    const compose = address && pathComposer(address, manners, settings.quirks);
    if (!compose) throw unreadablePath(manners.shortPathStatus);
    const names = [address.application, address.service, ...(address.entry === undefined ? [] : [address.entry])];
    const found = findApi(applications, address, manners);
    const access = accessOf(found, found.service.name ?? '');
    // Looked up on every call, yet what was found first is what is used. Upstream's key has no separator.
    const { api, access: used } = proxyOf(proxies, names.join(settings.quirks ? '' : '/'), { api: found, access });
    const { target } = api;
    return {
      service: api.service.name ?? '',
      target,
      skipVerify: api.skipVerify,
      access: used,
      path: 'problem' in target ? '' : compose(target.path, found.encodeUrl),
      search: 'problem' in target ? '' : composeSearch(target.query, search),
      gatewayPrefix: `${origin}/${names.join('/')}`,
      manners,
      scope: '',
    };
  }

  return createProxySite((request) => findRoute(request.url ?? '/'), options);
}

interface Proxied {
  readonly api: Api;
  readonly access: Access;
}

const proxyOf = (proxies: Delayed<Proxied>, key: string, now: Proxied): Proxied => proxies(key, () => now) ?? now;

/** @returns undefined for a sub-path that cannot be used */
function pathComposer({ subPath }: Address, { encodedPaths }: CentralManners, quirks: boolean) {
  if (!encodedPaths) return (targetPath: string) => composeDecodedPath(targetPath, subPath);
  const path = readSubPath(subPath, quirks);
  return path && ((targetPath: string, encodeUrl: boolean) => composePath(targetPath, path, encodeUrl));
}
