import { codeOf, messageOf } from '../core/errors.ts';
import { invalidText } from '../resources/admission-error.ts';
import { checkPart } from '../resources/admit.ts';
import { applicationKind, remoteEnvironmentKind } from '../resources/kinds.ts';
import type { Resource, ResourceReference, Stored } from '../resources/resource.ts';
import { modify } from '../store/modify.ts';
import type { ResourceAccess } from '../store/store.ts';
import type { Generation } from './generations.ts';
import type { CsrfInfo, Parameters } from './model.ts';
import type { Problems } from './problems.ts';
import type { ServiceIndex } from './service-index.ts';

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
  /** The first service with this identifier. @throws KymaError as `services` */
  identified(application: string, identifier: string): Promise<RegisteredService | undefined>;
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

/** The resource that the services of an application stand in. */
export function applicationReference(generation: Generation, name: string): ResourceReference {
  const { apiVersion, kind } = kindOfApplications(generation);
  return { apiVersion, kind, name };
}

const kindOfApplications = ({ kind }: Generation) => (kind === 'Application' ? applicationKind : remoteEnvironmentKind);

/** @param indexOf of `createServiceIndexes` */
export function createApplications(
  store: ResourceAccess,
  generation: Generation,
  problems: Problems,
  indexOf: (application: string, services: readonly RegisteredService[]) => ServiceIndex<RegisteredService>,
): Applications {
  const ownKind = kindOfApplications(generation);
  const reference = (name: string) => applicationReference(generation, name);

  const find = async (application: string) => {
    const found = await store.get<ConnectedSystem>(reference(application));
    if (!found) throw problems.of('APPLICATION_UNKNOWN', { application });
    return found;
  };

  const change = async (
    application: string,
    edit: (
      services: readonly RegisteredService[],
      index: ServiceIndex<RegisteredService>,
    ) => readonly RegisteredService[],
  ) => {
    try {
      await modify<ConnectedSystem>(store, reference(application), (current) => {
        const services = current.spec?.services ?? noServices;
        return { ...current, spec: { ...current.spec, services: edit(services, indexOf(application, services)) } };
      });
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

  const read = async (application: string) => {
    const services = (await find(application)).spec?.services ?? noServices;
    const index = indexOf(application, services);
    if (index.unknownType !== undefined) throw problems.of('ENTRY_TYPE', { type: index.unknownType });
    return { services, index };
  };

  return {
    find,
    services: async (application) => (await read(application)).services,
    service: async (application, id) => (await read(application)).index.withId(id),
    identified: async (application, identifier) => (await read(application)).index.withIdentifier(identifier),
    append: (application, service) =>
      change(application, (services, index) => {
        const { identifier, displayName = '' } = service;
        // Looked at again inside the write, so that of two registrations at the same time only one is accepted.
        if (identifier && index.withIdentifier(identifier)) throw problems.of('IDENTIFIER_TAKEN', { identifier });
        if (generation.uniqueNames && index.withName(displayName)) {
          throw problems.of('NAME_TAKEN', { name: displayName });
        }
        return [...services, admitted(application, service, services.length)];
      }),
    replace: (application, service) =>
      change(application, (services, index) => {
        const { id, displayName = '' } = service;
        if (!index.withId(id)) throw problems.of('SERVICE_UNKNOWN', { id });
        if (generation.uniqueNames && !index.withName(displayName)) {
          throw problems.of('NAME_CHANGED', { name: displayName, id });
        }
        const all = [...services];
        const written = admitted(
          application,
          service,
          all.findIndex((other) => other.id === id),
        );
        return all.map((other) => (other.id === id ? written : other));
      }),
    remove: (application, id) =>
      change(application, (services, index) =>
        index.withId(id) ? [...services].filter((service) => service.id !== id) : services,
      ),
  };
}

const noServices: readonly RegisteredService[] = [];

/** Kyma's writers leave empty labels out. (metadata-service §17.6) */
const asWritten = (service: RegisteredService): RegisteredService =>
  Object.keys(service.labels ?? {}).length > 0 ? service : { ...service, labels: undefined };
