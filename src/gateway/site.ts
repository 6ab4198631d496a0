import { fromBinary } from '../go/url.ts';
import { unreadablePath } from './errors.ts';
import { type Access, createAccessOf } from './login/access.ts';
import { type Secrets, secretsIn } from './login/secrets.ts';
import { createProxySite, type ProxyOptions, type ProxySite, type RoutedCall } from './proxy-site.ts';
import { effective } from './releases/behaviour.ts';
import { type CentralBehaviour, centralGateway } from './releases/central.ts';
import { proxyCache } from './releases/delays.ts';
import { type Api, type Applications, findApi } from './routing/lookup.ts';
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
} from './routing/paths.ts';

export interface GatewaySiteOptions extends ProxyOptions {
  readonly form: Form;
  readonly applications: Applications;
  readonly secrets: Secrets;
  /** Of a release; default: today's. */
  readonly behaviour?: CentralBehaviour | undefined;
  /** Keep what was read of APIs for as long as upstream does. (application-gateway §12) */
  readonly cacheDelays?: boolean | undefined;
}

/** One proxy port of the central Application Gateway. (application-gateway §1, §3) */
export function createGatewaySite(options: GatewaySiteOptions): ProxySite {
  const { form, settings, applications } = options;
  const behaviour = effective(options.behaviour ?? centralGateway, settings);
  const accessOf = createAccessOf({ secrets: secretsIn(options.secrets, behaviour.secretNamespaces), behaviour });
  const proxies = proxyCache<Proxied>(options.clock, options.cacheDelays);
  const separator = behaviour.proxyKeys === 'separated' ? '/' : '';

  /** @throws GatewayError */
  function lookUp(named: Address): Proxied {
    const api = findApi(applications, named, behaviour);
    return { api, access: accessOf(api, api.service.name ?? '') };
  }

  /** @throws GatewayError, GoUrlError */
  function routeCall(url: string): RoutedCall {
    const { origin, path, search } = behaviour.encodedPaths ? readRequestTarget(url) : readDecodedTarget(url);
    const address = readAddress(path, form);
    const compose = address && pathComposer(address, behaviour);
    if (!compose) throw unreadablePath(behaviour.shortPathStatus);
    const named = behaviour.encodedPaths ? address : asText(address);
    const names = [address.application, address.service, ...(address.entry === undefined ? [] : [address.entry])];
    // Where it is looked up on every call, what was found first is used all the same.
    const now = behaviour.looksUpAlways || !proxies ? lookUp(named) : undefined;
    const key = names.join(separator);
    const { api, access } = proxies?.get(key, () => now ?? lookUp(named)) ?? now ?? lookUp(named);
    const { target } = api;
    return {
      service: api.service.name ?? '',
      application: api.application,
      entry: form === 'compass' ? api.entry.name : undefined,
      target,
      skipVerify: api.skipVerify,
      access,
      renewAccess: now ? undefined : () => proxies?.renew(key, () => lookUp(named)).access,
      path: 'problem' in target ? '' : compose(target.path, (now?.api ?? api).encodeUrl),
      search: 'problem' in target ? '' : composeSearch(target.query, search),
      gatewayPrefix: `${origin}/${names.join('/')}`,
      behaviour,
      scope: '',
    };
  }

  return createProxySite((request) => routeCall(request.url ?? '/'), {
    ...options,
    errorTexts: behaviour.errorTexts,
    forget: () => proxies?.clear(),
  });
}

interface Proxied {
  readonly api: Api;
  readonly access: Access;
}

/** Names as errors show them, from the bytes that a path was decoded to. */
const asText = ({ application, service, entry, subPath }: Address): Address => ({
  application: fromBinary(application),
  service: fromBinary(service),
  entry: entry === undefined ? undefined : fromBinary(entry),
  subPath,
});

/** @returns undefined for a sub-path that cannot be used */
function pathComposer({ subPath }: Address, { encodedPaths, subPaths }: CentralBehaviour) {
  if (!encodedPaths) return (targetPath: string) => composeDecodedPath(targetPath, subPath);
  const path = readSubPath(subPath, subPaths);
  return path && ((targetPath: string, encodeUrl: boolean) => composePath(targetPath, path, encodeUrl));
}
