import type { Random } from '../core/random.ts';
import type { NoteCall } from '../http/annotations.ts';
import { KymaError } from '../kyma/errors.ts';
import type { CertificateAndKey } from '../pki/key-pair.ts';
import { serviceKind } from '../resources/kinds.ts';
import type { ResourceAccess, ResourceStore } from '../store/store.ts';
import { rehearse, transact } from '../store/transact.ts';
import { listItem, replaced, serviceDetails } from './answers.ts';
import { type Applications, applicationReference, type RegisteredService } from './applications.ts';
import { generateCertificate } from './certificate.ts';
import { type ServiceKey, toService } from './entries.ts';
import type { ApiDefinition, ServiceDefinition } from './model.ts';
import { resourceName } from './names.ts';
import type { Objects, Owner } from './objects.ts';
import { type PreparationParts, type Prepared, prepare, takesTime } from './prepared.ts';
import type { Secrets } from './secrets.ts';
import type { SpecificationStore, Specifications } from './specifications.ts';

/** Where everything of a service is kept: in the store, or in a draft of it. */
interface StoredParts {
  readonly applications: Applications;
  readonly objects: Objects;
  readonly secrets: Secrets;
  readonly specifications: SpecificationStore;
}

export interface RegistryParts extends PreparationParts {
  readonly store: ResourceStore;
  partsOn(access: ResourceAccess, certificateFor: (commonName: string) => Promise<CertificateAndKey>): StoredParts;
  readonly random: Random;
}

/**
 * The five operations. What one of them writes is one commit, so nobody finds a service without its Secret, or with that
 * of another version. Steps that succeeded are not undone when a later one refuses. (metadata-service §7)
 */
export class Registry {
  readonly #parts: RegistryParts;
  /** What is there right now. */
  readonly #present: StoredParts;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
    this.#present = parts.partsOn(parts.store, (commonName) => generateCertificate(commonName, parts.clock));
  }

  /**
   * Registers a service.
   * @param note told of calls to other systems
   * @returns its id
   */
  create(application: string, definition: ServiceDefinition, note?: NoteCall): Promise<string> {
    const { problems, random, generation } = this.#parts;
    const id = random.uuid();
    const key = { application, id };
    const identifier = definition.identifier ?? '';
    const work = async (parts: StoredParts, prepared: Prepared) => {
      if (identifier) await this.#checkIdentifier(parts, application, identifier);
      const owner = await this.#owner(parts, application);
      const { api } = definition;
      if (api) await problems.within('addApi', { id }, () => this.#applyApi(parts, api, key, owner));
      const specifications = await problems.within('determineSpec', { id }, () =>
        specificationsOf(definition, prepared),
      );
      await parts.specifications.write(key, owner, specifications);
      const service = toService(definition, key, identifier, generation);
      await problems.within('append', {}, () => parts.applications.append(application, service));
      return id;
    };
    return this.#write(key, definition, work, note);
  }

  async list(application: string) {
    const { applications } = this.#present;
    const services = await this.#parts.problems.within('list', {}, () => applications.services(application));
    return services.map(listItem);
  }

  async read(application: string, id: string) {
    const { service, secrets } = await this.#find(this.#present, application, id);
    return serviceDetails(service, await this.#present.specifications.read(id), secrets, this.#parts.generation);
  }

  /**
   * Replaces a definition as a whole; only the identifier stays.
   * @param note told of calls to other systems
   */
  replace(application: string, id: string, definition: ServiceDefinition, note?: NoteCall) {
    const { problems, generation } = this.#parts;
    const key = { application, id };
    const { api } = definition;
    const work = async (parts: StoredParts, prepared: Prepared) => {
      const { service: present } = await this.#find(parts, application, id);
      const owner = generation.ownerReferences ? await this.#lookUp(parts, application) : undefined;
      if (api) await problems.within('addApi', { id }, () => this.#applyApi(parts, api, key, owner));
      else await this.#removeApi(parts, key);
      const specifications = await problems.within('saveSpec', {}, () => specificationsOf(definition, prepared));
      if (!generation.keepsStaleSpecifications) await parts.specifications.remove(id);
      await parts.specifications.write(key, owner, specifications);
      const service = toService(definition, key, present.identifier ?? '', generation);
      await problems.within('replace', {}, () => parts.applications.replace(application, service));
      return replaced(service);
    };
    return problems.within('update', { id }, () => this.#write(key, definition, work, note));
  }

  /** Removes a service; one that is not there is none too. */
  async remove(application: string, id: string): Promise<void> {
    const key = { application, id };
    const work = async (parts: StoredParts) => {
      await parts.applications.find(application);
      await this.#removeApi(parts, key);
      await parts.applications.remove(application, id);
      await parts.specifications.remove(id);
    };
    await this.#parts.problems.within('remove', {}, () => this.#write(key, undefined, work));
  }

  /**
   * Runs work that writes, and commits what it has written, also up to the point where it was refused. Only one at a
   * time works on an application, so what takes long is done before.
   */
  async #write<T>(
    key: ServiceKey,
    definition: ServiceDefinition | undefined,
    work: (parts: StoredParts, prepared: Prepared) => Promise<T>,
    note?: NoteCall,
  ): Promise<T> {
    const { store, generation, partsOn } = this.#parts;
    const prepared = prepare(definition, key, this.#parts, note);
    const attempt = async (draft: ResourceAccess): Promise<{ readonly value: T } | { readonly refusal: KymaError }> => {
      try {
        return { value: await work(partsOn(draft, prepared.certificateFor), prepared) };
      } catch (error) {
        if (error instanceof KymaError) return { refusal: error };
        throw error;
      }
    };
    if (definition?.api && takesTime(definition.api, generation)) await rehearse(store, attempt);
    const reference = applicationReference(generation, key.application);
    const outcome = await store.exclusively(reference, () => transact(store, attempt));
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.value;
  }

  async #checkIdentifier({ applications }: StoredParts, application: string, identifier: string): Promise<void> {
    const { problems } = this.#parts;
    await problems.within('create', {}, async () => {
      const present = await problems.within('checkIdentifier', {}, () =>
        problems.within('list', {}, () => applications.identified(application, identifier)),
      );
      if (present) throw problems.of('IDENTIFIER_TAKEN', { identifier });
    });
  }

  /** The application that objects are to belong to; where they belong to none it is not looked up. */
  #owner(parts: StoredParts, application: string): Promise<Owner | undefined> {
    if (!this.#parts.generation.ownerReferences) return Promise.resolve(undefined);
    return this.#parts.problems.within('lookUpApplication', {}, () => this.#lookUp(parts, application));
  }

  async #lookUp({ applications }: StoredParts, application: string): Promise<Owner> {
    return { uid: (await applications.find(application)).metadata.uid };
  }

  async #applyApi({ objects, secrets }: StoredParts, api: ApiDefinition, key: ServiceKey, owner: Owner | undefined) {
    await objects.ensureService(key, owner);
    await secrets.apply(api, key, owner);
  }

  async #removeApi({ objects, secrets }: StoredParts, key: ServiceKey): Promise<void> {
    await objects.remove(serviceKind, resourceName(this.#parts.generation, key.application, key.id), key);
    await secrets.remove(key);
  }

  /** A service with the Secrets that its API refers to. */
  async #find(parts: StoredParts, application: string, id: string) {
    const { problems } = this.#parts;
    const found = await problems.within('read', { id }, () => parts.applications.service(application, id));
    const service = await problems.within('readUnknownService', { id }, async () => {
      if (!found) throw problems.of('SERVICE_UNKNOWN', { id });
      return found;
    });
    return { service, secrets: await this.#secretsOf(parts, service) };
  }

  #secretsOf({ secrets }: StoredParts, service: RegisteredService) {
    const entry = service.entries?.find(({ type }) => type === 'API');
    if (!entry) return undefined;
    return this.#parts.problems.within('readApi', {}, () => secrets.ofEntry(entry));
  }
}

async function specificationsOf(
  { events, documentation }: ServiceDefinition,
  prepared: Prepared,
): Promise<Specifications> {
  return { api: await prepared.apiSpec(), events: events?.spec, documentation };
}
