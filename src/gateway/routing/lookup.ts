import { normaliseName } from '../../resources/names.ts';
import { ListIndex } from '../../store/list-index.ts';
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
  readonly byService: ListIndex<ConnectedService, Api>;
  /** Keys are `{service}/{entry}`. */
  readonly byEntry: ListIndex<ConnectedService, Api>;
  /** By service id, for the gateways that are chosen by host name. Of several services with one id the last counts. */
  readonly byId: ListIndex<ConnectedService, ServiceById>;
  readonly options: CallOptions;
}

/** What holds for all APIs of an Application. */
interface CallOptions {
  readonly encodeUrl: boolean;
  readonly skipVerify: boolean;
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

/**
 * Derives the index of one Application. (application-gateway §3, §4 row 4)
 * @param before that of the version before: what is derived from services that have not changed is taken from there
 */
export function indexApis({ metadata, spec }: ConnectedSystem, before?: ApiIndex): ApiIndex {
  const application = metadata.name;
  // The resource definition's defaults.
  const options = { encodeUrl: spec?.encodeUrl ?? true, skipVerify: spec?.skipVerify ?? false };
  const isSame = before?.options.encodeUrl === options.encodeUrl && before.options.skipVerify === options.skipVerify;
  const { byService, byEntry, byId } = before && isSame ? before : emptyIndex(application, options);
  const services = spec?.services ?? [];
  return {
    application,
    byService: byService.next(services),
    byEntry: byEntry.next(services),
    byId: byId.next(services),
    options,
  };
}

function emptyIndex(application: string, options: CallOptions) {
  const derived = new WeakMap<ConnectedService, readonly Api[]>();
  const apisOf = (service: ConnectedService): readonly Api[] => {
    const known = derived.get(service);
    if (known) return known;
    const entries = (service.entries ?? []).filter(({ type }) => type === 'API');
    const apis = entries.map((entry) => {
      return { application, service, entry, target: readTarget(entry.targetUrl ?? ''), ...options };
    });
    derived.set(service, apis);
    return apis;
  };
  const nameOf = ({ displayName = '' }: ConnectedService) => normaliseName(displayName);
  return {
    byService: new ListIndex((service: ConnectedService) => {
      const name = nameOf(service);
      return apisOf(service).map((api) => [name, api] as const);
    }),
    byEntry: new ListIndex((service: ConnectedService) => {
      const name = nameOf(service);
      return apisOf(service).map((api) => [`${name}/${normaliseName(api.entry.name ?? '')}`, api] as const);
    }),
    byId: new ListIndex((service: ConnectedService) => {
      const odd = service.entries?.find(({ type }) => type !== 'API' && type !== 'Events');
      const value: ServiceById = { api: apisOf(service).at(-1), oddType: odd && (odd.type ?? '') };
      return [[service.id ?? '', value] as const];
    }),
  };
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
