import { normaliseName } from '../../resources/names.ts';
import { ambiguousApi, apiNotFound, applicationNotFound, badApplicationName } from '../errors.ts';
import { centralGateway } from '../releases/central.ts';
import type { Address } from './paths.ts';
import { type BadTarget, readTarget, type Target } from './target.ts';

/** What the gateway reads of an Application or a RemoteEnvironment; everything but the names may be missing. */
export interface ConnectedSystem {
  readonly metadata: { readonly name: string };
  readonly spec?:
    | {
        readonly skipVerify?: boolean | undefined;
        readonly encodeUrl?: boolean | undefined;
        readonly services?: readonly ConnectedService[] | null | undefined;
      }
    | undefined;
}

export interface ConnectedService {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly displayName?: string | undefined;
  readonly entries?: readonly ApiEntry[] | null | undefined;
}

export interface ApiEntry {
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  readonly targetUrl?: string | undefined;
  readonly credentials?: EntryCredentials | null | undefined;
  readonly requestParametersSecretName?: string | undefined;
  /** RemoteEnvironment only. */
  readonly oauthUrl?: string | undefined;
  /** RemoteEnvironment only. */
  readonly credentialsSecretName?: string | undefined;
}

export interface EntryCredentials {
  readonly type?: string | undefined;
  readonly secretName?: string | undefined;
  readonly authenticationUrl?: string | undefined;
  readonly csrfInfo?: { readonly tokenEndpointURL?: string | undefined } | null | undefined;
}

/** One callable API: a service and one of its entries, with everything a call needs worked out. */
export interface Api {
  readonly application: string;
  readonly service: ConnectedService;
  readonly entry: ApiEntry;
  readonly target: Target | BadTarget;
  readonly encodeUrl: boolean;
  readonly skipVerify: boolean;
}

/** The APIs of one Application by the names in gateway URLs; derived once, when the Application changes. */
export interface ApiIndex {
  readonly application: string;
  readonly byService: ReadonlyMap<string, readonly Api[]>;
  /** Keys are `{service}/{entry}`. */
  readonly byEntry: ReadonlyMap<string, readonly Api[]>;
  /** By service id: the services that have one, for the gateways that are chosen by host name. */
  readonly byId: ReadonlyMap<string, ServiceById>;
}

export interface ServiceById {
  /** The last API entry counts, as in the gateways of that time. (application-gateway §15) */
  readonly api: Api | undefined;
  /** The type of an entry that is neither API nor Events. */
  readonly oddType: string | undefined;
}

/** Applications by name: a view of the store with `derive: indexApis`. */
export interface Applications {
  get(name: string): ApiIndex | undefined;
}

/** Derives the index of one Application. (application-gateway §3, §4 row 4) */
export function indexApis({ metadata, spec }: ConnectedSystem): ApiIndex {
  const byService = new Map<string, Api[]>();
  const byEntry = new Map<string, Api[]>();
  const byId = new Map<string, ServiceById>();
  for (const service of spec?.services ?? []) {
    const name = normaliseName(service.displayName ?? '');
    let last: Api | undefined;
    for (const entry of service.entries ?? []) {
      if (entry.type !== 'API') continue;
      last = {
        application: metadata.name,
        service,
        entry,
        target: readTarget(entry.targetUrl ?? ''),
        // The resource definition's default.
        encodeUrl: spec?.encodeUrl ?? true,
        skipVerify: spec?.skipVerify ?? false,
      };
      append(byService, name, last);
      append(byEntry, `${name}/${normaliseName(entry.name ?? '')}`, last);
    }
    const odd = service.entries?.find(({ type }) => type !== 'API' && type !== 'Events');
    byId.set(service.id ?? '', { api: last, oddType: odd && (odd.type ?? '') });
  }
  return { application: metadata.name, byService, byEntry, byId };
}

function append(index: Map<string, Api[]>, key: string, api: Api): void {
  const present = index.get(key);
  if (present) present.push(api);
  else index.set(key, [api]);
}

/**
 * Finds the one API that an address names.
 * @throws GatewayError rows 2 to 5 of the catalogue (application-gateway §4)
 */
export function findApi(applications: Applications, address: Address, behaviour = centralGateway): Api {
  const { application, service, entry } = address;
  const fault = nameFault(application);
  if (fault) throw badApplicationName(address, application, fault);
  const index = applications.get(application);
  if (!index && behaviour.unknownApplication === 'internal-error') throw applicationNotFound(address, application);
  const found = entry === undefined ? index?.byService.get(service) : index?.byEntry.get(`${service}/${entry}`);
  const [api, ...others] = found ?? [];
  if (!api) throw apiNotFound(address);
  if (others.length > 0 && behaviour.ambiguousNames === 'refused')
    throw ambiguousApi(address, (found ?? []).map(describe).join(' | '));
  return api;
}

/** Why a name cannot even be asked for at the Kubernetes API. (application-gateway §4 row 3, §23.6) */
function nameFault(application: string): string | undefined {
  if (application === '.' || application === '..') return `may not be '${application}'`;
  return application.includes('%') ? "may not contain '%'" : undefined;
}

const describe = ({ service, entry }: Api) =>
  `service.ID: '${service.id ?? ''}', service.DisplayName: '${service.displayName ?? ''}', entry.Name: '${entry.name ?? ''}'`;
