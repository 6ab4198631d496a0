import type { IncomingMessage } from 'node:http';
import type { Site } from '../wire/site.ts';
import { createAccessOf } from './access.ts';
import { findByHost, notCallable, type SystemsByHost } from './hosts.ts';
import { applicationGateway, remoteEnvironmentGateway } from './manners.ts';
import { composeHostPath, composeSearch, readRequestTarget } from './paths.ts';
import { createProxySite, type ProxyOptions, type Route } from './proxy-site.ts';
import { type Secrets, secretsIn } from './secrets.ts';

export interface ApplicationHostSiteOptions extends ProxyOptions {
  readonly applications: SystemsByHost;
  readonly remoteEnvironments: SystemsByHost;
  readonly secrets: Secrets;
}

/** These gateways lived next to the Secrets. (application-gateway §15) */
const NAMESPACES = ['kyma-integration'];

/**
 * The gateways of the years before the central one, all at once: the host name chooses the API, the whole path is the
 * target's. Hosts are `re-{re}-{id}`, `app-{app}-{id}` and `{app}-{id}`. (application-gateway §16)
 */
export function createApplicationHostSite(options: ApplicationHostSiteOptions): Site {
  const systems = { application: options.applications, remoteEnvironment: options.remoteEnvironments };
  const secrets = secretsIn(options.secrets, NAMESPACES);
  const accessOf = new Map(
    [applicationGateway, remoteEnvironmentGateway].map((manners) => [manners, createAccessOf({ secrets, manners })]),
  );

  /** @throws GatewayError, GoUrlError */
  function findRoute(request: IncomingMessage): Route {
    const { origin, path, search } = readRequestTarget(request.url ?? '/');
    const found = findByHost(hostOf(request, origin), systems);
    const { api, oddType } = found.service;
    if (!api || oddType !== undefined) throw notCallable(found, options.settings.quirks);
    const { manners } = found.names;
    const access = accessOf.get(manners)?.(api, found.id);
    if (!access) throw new Error('a generation of gateways is missing in the table');
    const { target, skipVerify, application } = api;
    return {
      service: found.id,
      target,
      skipVerify,
      access,
      path: 'problem' in target ? '' : composeHostPath(target.path, path, manners.hostPathSpelling),
      search: 'problem' in target ? '' : composeSearch(target.query, search),
      gatewayPrefix: '',
      manners,
      scope: application,
    };
  }

  return createProxySite(findRoute, options);
}

/** As in every server, the host of an absolute request URL goes before the header. */
export const hostOf = ({ headers }: IncomingMessage, origin: string): string =>
  origin ? origin.slice(origin.indexOf('//') + 2) : (headers.host ?? '');
