import type { IncomingMessage } from 'node:http';
import { KYMA_JSON, kymaErrorBody } from '../kyma/errors.ts';
import { type Access, createAccessOf } from './login/access.ts';
import { type Secrets, secretsIn } from './login/secrets.ts';
import { createProxySite, type ProxyOptions, type ProxySite, type RoutedCall } from './proxy-site.ts';
import { type Behaviour, effective } from './releases/behaviour.ts';
import { proxyCache } from './releases/delays.ts';
import { type HostBehaviours, hostGateways } from './releases/per-application.ts';
import { findByHost, notCallable, type SystemsByHost } from './routing/hosts.ts';
import type { Api } from './routing/lookup.ts';
import { composeHostPath, composeSearch, readRequestTarget } from './routing/paths.ts';

export interface ApplicationHostSiteOptions extends ProxyOptions {
  readonly applications: SystemsByHost;
  readonly remoteEnvironments: SystemsByHost;
  readonly secrets: Secrets;
  /** Of a release; default: of the newest that had them. */
  readonly behaviours?: HostBehaviours | undefined;
  /** Keep what was read of APIs for as long as upstream does. (application-gateway §16.2) */
  readonly cacheDelays?: boolean | undefined;
}

/** These gateways lived next to the Secrets. (application-gateway §15) */
const NAMESPACES = ['kyma-integration'];

/**
 * The gateways of the years before the central one, all at once: the host name chooses the API, the whole path is the
 * target's. Hosts are `re-{re}-{id}`, `app-{app}-{id}` and `{app}-{id}`. (application-gateway §16)
 */
export function createApplicationHostSite(options: ApplicationHostSiteOptions): ProxySite {
  const systems = { application: options.applications, remoteEnvironment: options.remoteEnvironments };
  const secrets = secretsIn(options.secrets, NAMESPACES);
  const rows = options.behaviours ?? hostGateways;
  const gateway = (behaviour: Behaviour) => ({ behaviour, accessOf: createAccessOf({ secrets, behaviour }) });
  const gateways = {
    application: gateway(effective(rows.application, options.settings)),
    remoteEnvironment: gateway(effective(rows.remoteEnvironment, options.settings)),
  };
  const proxies = proxyCache<Proxied>(options.clock, options.cacheDelays);

  /** @throws GatewayError */
  function lookUp(host: string): Proxied {
    const found = findByHost(host, systems);
    const { behaviour, accessOf } = gateways[found.names.kind];
    const { api, oddType } = found.service;
    if (!api || oddType !== undefined) throw notCallable(found, behaviour);
    return { id: found.id, api, access: accessOf(api, found.id), behaviour };
  }

  /** @throws GatewayError, GoUrlError */
  function routeCall(request: IncomingMessage): RoutedCall {
    const { origin, path, search } = readRequestTarget(request.url ?? '/');
    const host = hostOf(request, origin);
    const { id, api, access, behaviour } = proxies?.get(host, () => lookUp(host)) ?? lookUp(host);
    const { target, skipVerify, application } = api;
    return {
      service: id,
      application,
      target,
      skipVerify,
      access,
      renewAccess: () => proxies?.renew(host, () => lookUp(host)).access,
      path: 'problem' in target ? '' : composeHostPath(target.path, path, behaviour.hostPathSpelling),
      search: 'problem' in target ? '' : composeSearch(target.query, search),
      gatewayPrefix: '',
      behaviour,
      scope: application,
    };
  }

  const { errorTexts } = gateways.application.behaviour;
  // As of 1.1, which reads a body before it passes it on.
  const brokenBody = rows.application.uploads === 'collected' ? undrained : undefined;
  return createProxySite(routeCall, { ...options, errorTexts, brokenBody, forget: () => proxies?.clear() });
}

/** (application-gateway §16.2) */
const undrained = {
  status: 500,
  type: KYMA_JSON,
  text: kymaErrorBody(500, 'failed to drain request body, invalid byte in chunk length'),
};

interface Proxied {
  readonly id: string;
  readonly api: Api;
  readonly access: Access;
  readonly behaviour: Behaviour;
}

/** As in every server, the host of an absolute request URL goes before the header. */
export const hostOf = ({ headers }: IncomingMessage, origin: string): string =>
  origin ? origin.slice(origin.indexOf('//') + 2) : (headers.host ?? '');
