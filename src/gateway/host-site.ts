import type { IncomingMessage } from 'node:http';
import type { Site } from '../wire/site.ts';
import { findByHost, notCallable, type SystemsByHost } from './hosts.ts';
import { composeHostPath, composeSearch, readRequestTarget } from './paths.ts';
import { createProxySite, type ProxyOptions, type Route } from './proxy-site.ts';

export interface ApplicationHostSiteOptions extends ProxyOptions {
  readonly applications: SystemsByHost;
  readonly remoteEnvironments: SystemsByHost;
}

/**
 * The gateways of the years before the central one, all at once: the host name chooses the API, the whole path is the
 * target's. Hosts are `re-{re}-{id}`, `app-{app}-{id}` and `{app}-{id}`. (application-gateway §16)
 */
export function createApplicationHostSite(options: ApplicationHostSiteOptions): Site {
  const systems = { application: options.applications, remoteEnvironment: options.remoteEnvironments };

  /** @throws GatewayError, GoUrlError */
  function findRoute({ url = '/', headers }: IncomingMessage): Route {
    const { origin, path, search } = readRequestTarget(url);
    // As in every server, the host of an absolute request URL goes before the header.
    const host = origin ? origin.slice(origin.indexOf('//') + 2) : (headers.host ?? '');
    const found = findByHost(host, systems);
    const { api, oddType } = found.service;
    if (!api || oddType !== undefined) throw notCallable(found, options.settings.quirks);
    const { manners } = found.names;
    const called =
      'problem' in api.target
        ? ''
        : composeHostPath(api.target.path, path, manners.hostPathSpelling) + composeSearch(api.target.query, search);
    return { api, path: called, gatewayPrefix: '', manners };
  }

  return createProxySite(findRoute, options);
}
