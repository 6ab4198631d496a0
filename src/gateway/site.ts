import type { Site } from '../wire/site.ts';
import { unreadablePath } from './errors.ts';
import { type Applications, findApi } from './lookup.ts';
import { centralGateway } from './manners.ts';
import { composePath, composeSearch, type Form, readAddress, readRequestTarget, readSubPath } from './paths.ts';
import { createProxySite, type ProxyOptions, type Route } from './proxy-site.ts';

export interface GatewaySiteOptions extends ProxyOptions {
  readonly form: Form;
  readonly applications: Applications;
}

/** One proxy port of the central Application Gateway. (application-gateway §1, §3) */
export function createGatewaySite({ form, applications, ...options }: GatewaySiteOptions): Site {
  const { quirks } = options.settings;

  /** @throws GatewayError, GoUrlError */
  function findRoute(url: string): Route {
    const { origin, path, search } = readRequestTarget(url);
    const address = readAddress(path, form);
    const subPath = address && readSubPath(address.subPath, quirks);
    if (!subPath) throw unreadablePath();
    const api = findApi(applications, address);
    const called =
      'problem' in api.target
        ? ''
        : composePath(api.target.path, subPath, api.encodeUrl) + composeSearch(api.target.query, search);
    const names = [address.application, address.service, ...(address.entry === undefined ? [] : [address.entry])];
    return { api, path: called, gatewayPrefix: `${origin}/${names.join('/')}`, manners: centralGateway };
  }

  return createProxySite((request) => findRoute(request.url ?? '/'), options);
}
