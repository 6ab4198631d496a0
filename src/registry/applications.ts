import { codeOf, messageOf } from '../core/errors.ts';
import { checkPart } from '../resources/admit.ts';
import { applicationKind, remoteEnvironmentKind } from '../resources/kinds.ts';
import { normaliseName } from '../resources/names.ts';
import { invalidText } from '../resources/refusal.ts';
import type { Resource, Stored } from '../resources/resource.ts';
import { modify } from '../store/modify.ts';
import type { ResourceStore } from '../store/store.ts';
import type { Generation } from './generations.ts';
import type { CsrfInfo, Parameters } from './model.ts';
import type { Problems } from './problems.ts';

/** A service in an Application or RemoteEnvironment. Written by hand, anything may be missing. (application-cr §2.2) */
export interface RegisteredService {
  readonly id: string;
  readonly identifier?: string;
  readonly name?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly longDescription?: string;
  readonly providerDisplayName?: string;
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
  readonly entries?: readonly RegisteredEntry[] | null;
}

/** An entry of either kind of resource. (application-cr §2.3) */
export interface RegisteredEntry {
  readonly type: string;
  readonly targetUrl?: string;
  readonly specificationUrl?: string | undefined;
  readonly apiType?: string | undefined;
  readonly centralGatewayUrl?: string | undefined;
  readonly gatewayUrl?: string;
  readonly accessLabel?: string;
  readonly credentials?: RegisteredCredentials;
  readonly requestParametersSecretName?: string | undefined;
  /** RemoteEnvironment only. */
  readonly oauthUrl?: string;
  /** RemoteEnvironment only. */
  readonly credentialsSecretName?: string;
  /** 1.2 only. */
  readonly headers?: Parameters | undefined;
  /** 1.2 only. */
  readonly queryParameters?: Parameters | undefined;
  readonly id?: string;
  readonly name?: string;
}

export interface RegisteredCredentials {
  readonly type: string;
  readonly secretName: string;
  readonly authenticationUrl?: string | undefined;
  readonly csrfInfo?: CsrfInfo | undefined;
  /** 1.2 only. */
  readonly headers?: Parameters | undefined;
  /** 1.2 only. */
  readonly queryParameters?: Parameters | undefined;
}

interface ConnectedSystem extends Resource {
  readonly spec?: {
    readonly services?: readonly RegisteredService[] | null | undefined;
    readonly [field: string]: unknown;
  };
}

/** The services of all applications: what the resource store has at this moment, whoever wrote it. */
export interface Applications {
  /** @throws KymaError `APPLICATION_UNKNOWN` */
  find(application: string): Promise<Stored<Resource>>;
  /** @throws KymaError `APPLICATION_UNKNOWN`, `ENTRY_TYPE` */
  services(application: string): Promise<readonly RegisteredService[]>;
  /** The first service with this id. @throws KymaError as `services` */
  service(application: string, id: string): Promise<RegisteredService | undefined>;
  /**
   * Adds a service.
   * @throws KymaError `APPLICATION_UNKNOWN`, `IDENTIFIER_TAKEN`, `NAME_TAKEN`, `OBJECT_REFUSED`, `CONFLICT`
   */
  append(application: string, service: RegisteredService): Promise<void>;
  /** Replaces the service of the same id. @throws KymaError as `append`, `SERVICE_UNKNOWN`, `NAME_CHANGED` */
  replace(application: string, service: RegisteredService): Promise<void>;
  /** Removes a service if it is there. @throws KymaError `APPLICATION_UNKNOWN`, `CONFLICT` */
  remove(application: string, id: string): Promise<void>;
}

export function createApplications(store: ResourceStore, generation: Generation, problems: Problems): Applications {
  const ownKind = generation.kind === 'Application' ? applicationKind : remoteEnvironmentKind;
  const { apiVersion, kind } = ownKind;
  const reference = (name: string) => ({ apiVersion, kind, name });

  const find = async (application: string) => {
    const found = await store.get<ConnectedSystem>(reference(application));
    if (!found) throw problems.of('APPLICATION_UNKNOWN', { application });
    return found;
  };

  const change = async (
    application: string,
    edit: (services: readonly RegisteredService[]) => readonly RegisteredService[],
  ) => {
    try {
      await modify<ConnectedSystem>(store, reference(application), (current) => ({
        ...current,
        spec: { ...current.spec, services: edit(current.spec?.services ?? []) },
      }));
    } catch (cause) {
      if (codeOf(cause) === 'NOT_FOUND') throw problems.of('APPLICATION_UNKNOWN', { application }, { cause });
      if (codeOf(cause) === 'CONFLICT') throw problems.of('CONFLICT', { detail: messageOf(cause) }, { cause });
      throw cause;
    }
  };

  /** A service as it is written at a place of the list; the others were admitted when they were. */
  const admitted = (application: string, service: RegisteredService, place: number) => {
    const written = asWritten(service);
    const wrong = checkPart(ownKind, ['spec', 'services', place], written);
    if (wrong.length > 0) throw problems.of('OBJECT_REFUSED', { detail: invalidText(ownKind, application, wrong) });
    return written;
  };

  const normalised = remembered((service: RegisteredService) => normaliseName(service.displayName ?? ''));
  const hasName = (services: readonly RegisteredService[], displayName: string) => {
    const name = normaliseName(displayName);
    return services.some((other) => normalised(other) === name);
  };

  const indexOf = remembered(indexServices);
  const index = async (application: string) => {
    const found = indexOf((await find(application)).spec?.services ?? noServices);
    if (found.unknownType !== undefined) throw problems.of('ENTRY_TYPE', { type: found.unknownType });
    return found;
  };

  return {
    find,
    services: async (application) => (await index(application)).services,
    service: async (application, id) => (await index(application)).byId.get(id),
    append: (application, service) =>
      change(application, (services) => {
        const { identifier, displayName = '' } = service;
        // Looked at again inside the write, so that of two registrations at the same time only one is accepted.
        if (identifier && services.some((other) => other.identifier === identifier)) {
          throw problems.of('IDENTIFIER_TAKEN', { identifier });
        }
        if (generation.uniqueNames && hasName(services, displayName)) {
          throw problems.of('NAME_TAKEN', { name: displayName });
        }
        return [...services, admitted(application, service, services.length)];
      }),
    replace: (application, service) =>
      change(application, (services) => {
        const { id, displayName = '' } = service;
        const place = services.findIndex((other) => other.id === id);
        if (place < 0) throw problems.of('SERVICE_UNKNOWN', { id });
        if (generation.uniqueNames && !hasName(services, displayName)) {
          throw problems.of('NAME_CHANGED', { name: displayName, id });
        }
        const written = admitted(application, service, place);
        return services.map((other) => (other.id === id ? written : other));
      }),
    remove: (application, id) =>
      change(application, (services) =>
        services.some((service) => service.id === id) ? services.filter((service) => service.id !== id) : services,
      ),
  };
}

interface ServiceIndex {
  readonly services: readonly RegisteredService[];
  readonly byId: ReadonlyMap<string, RegisteredService>;
  /** The first type of an entry that is neither API nor events. */
  readonly unknownType: string | undefined;
}

const noServices: readonly RegisteredService[] = [];

function indexServices(services: readonly RegisteredService[]): ServiceIndex {
  const byId = new Map<string, RegisteredService>();
  let unknownType: string | undefined;
  for (const service of services) {
    if (!byId.has(service.id)) byId.set(service.id, service);
    for (const { type } of service.entries ?? []) {
      if (type !== 'API' && type !== 'Events') unknownType ??= String(type);
    }
  }
  return { services, byId, unknownType };
}

/** What is worked out of a stored value is worked out once: versions share what did not change, and none changes. */
function remembered<K extends object, V>(work: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = work(key);
    known.set(key, value);
    return value;
  };
}

/** Kyma's writers leave empty labels out. (metadata-service §17.6) */
const asWritten = (service: RegisteredService): RegisteredService =>
  Object.keys(service.labels ?? {}).length > 0 ? service : { ...service, labels: undefined };
