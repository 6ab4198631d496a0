import { codeOf } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { NoteCall } from '../http/annotations.ts';
import { serviceKind } from '../resources/kinds.ts';
import { listItem, replaced, serviceDetails } from './answers.ts';
import { prepareApiSpec } from './api-spec.ts';
import type { Applications, RegisteredService } from './applications.ts';
import { type ServiceKey, toService } from './entries.ts';
import { specificationUrlOf } from './fetching.ts';
import type { Generation } from './generations.ts';
import type { ApiDefinition, ServiceDefinition } from './model.ts';
import { centralGatewayAddress, gatewayHost, resourceName } from './names.ts';
import type { Objects, Owner } from './objects.ts';
import type { Problems } from './problems.ts';
import type { Secrets } from './secrets.ts';
import type { SpecSource } from './spec-source.ts';
import type { SpecificationShelf, Specifications } from './specifications.ts';

export interface RegistryParts {
  readonly generation: Generation;
  readonly problems: Problems;
  readonly applications: Applications;
  readonly objects: Objects;
  readonly secrets: Secrets;
  readonly shelf: SpecificationShelf;
  readonly source: SpecSource;
  readonly random: Random;
}

/** The five operations. Steps that succeeded are not undone when a later one fails. (metadata-service §7) */
export class Registry {
  readonly #parts: RegistryParts;

  constructor(parts: RegistryParts) {
    this.#parts = parts;
  }

  /**
   * Registers a service.
   * @param note told of calls to other systems
   * @returns its id
   */
  async create(application: string, definition: ServiceDefinition, note?: NoteCall): Promise<string> {
    const { problems, random, applications, generation } = this.#parts;
    const id = random.uuid();
    const key = { application, id };
    const identifier = definition.identifier ?? '';
    if (identifier) await this.#checkIdentifier(application, identifier);
    const owner = await this.#owner(application);
    const { api } = definition;
    if (api) await problems.within('addApi', { id }, () => this.#applyApi(api, key, owner));
    const specifications = await problems.within('determineSpec', { id }, () =>
      this.#specificationsOf(definition, key, note),
    );
    await this.#parts.shelf.write(key, owner, specifications);
    const service = toService(definition, key, identifier, generation);
    try {
      await problems.within('append', {}, () => applications.append(application, service));
    } catch (error) {
      if (codeOf(error) !== 'IDENTIFIER_TAKEN') throw error;
      // Another registration was faster: nobody must see a trace of this one.
      await this.#forget(key);
      await problems.within('create', {}, () => Promise.reject(problems.of('IDENTIFIER_TAKEN', { identifier })));
    }
    return id;
  }

  async list(application: string) {
    const { problems, applications } = this.#parts;
    const services = await problems.within('list', {}, () => applications.services(application));
    return services.map(listItem);
  }

  async read(application: string, id: string) {
    const { service, secrets } = await this.#find(application, id);
    return serviceDetails(service, await this.#parts.shelf.read(id), secrets, this.#parts.generation);
  }

  /** Replaces a definition as a whole; only the identifier stays. */
  replace(application: string, id: string, definition: ServiceDefinition, note?: NoteCall) {
    const { problems, applications, generation } = this.#parts;
    return problems.within('update', { id }, async () => {
      const { service: present } = await this.#find(application, id);
      const key = { application, id };
      const { api } = definition;
      const owner = generation.ownerReferences ? await this.#lookUp(application) : undefined;
      if (api) {
        await problems.within('addApi', { id }, () => this.#applyApi(api, key, owner));
      } else {
        await this.#removeApi(key);
      }
      const specifications = await problems.within('saveSpec', {}, () => this.#specificationsOf(definition, key, note));
      if (!generation.keepsStaleSpecifications) await this.#parts.shelf.remove(id);
      await this.#parts.shelf.write(key, owner, specifications);
      const service = toService(definition, key, present.identifier ?? '', generation);
      try {
        await problems.within('replace', {}, () => applications.replace(application, service));
      } catch (error) {
        // Removed in the meantime, with everything that had been made for it until then.
        if (codeOf(error) === 'SERVICE_UNKNOWN') await this.#forget(key);
        throw error;
      }
      return replaced(service);
    });
  }

  /** Removes a service; one that is not there is none too. */
  async remove(application: string, id: string): Promise<void> {
    const { problems, applications, shelf } = this.#parts;
    await problems.within('remove', {}, async () => {
      await applications.find(application);
      await this.#removeApi({ application, id });
      await applications.remove(application, id);
      await shelf.remove(id);
    });
  }

  async #forget(key: ServiceKey): Promise<void> {
    await this.#removeApi(key);
    await this.#parts.shelf.remove(key.id);
  }

  async #checkIdentifier(application: string, identifier: string): Promise<void> {
    const { problems, applications } = this.#parts;
    await problems.within('create', {}, async () => {
      const present = await problems.within('checkIdentifier', {}, () =>
        problems.within('list', {}, () => applications.identified(application, identifier)),
      );
      if (present) throw problems.of('IDENTIFIER_TAKEN', { identifier });
    });
  }

  /** The application that objects are to belong to; where they belong to none it is not looked up. */
  #owner(application: string): Promise<Owner | undefined> {
    if (!this.#parts.generation.ownerReferences) return Promise.resolve(undefined);
    return this.#parts.problems.within('lookUpApplication', {}, () => this.#lookUp(application));
  }

  async #lookUp(application: string): Promise<Owner> {
    return { uid: (await this.#parts.applications.find(application)).metadata.uid };
  }

  async #applyApi(api: ApiDefinition, key: ServiceKey, owner: Owner | undefined): Promise<void> {
    await this.#parts.objects.ensureService(key, owner);
    await this.#parts.secrets.apply(api, key, owner);
  }

  async #removeApi(key: ServiceKey): Promise<void> {
    const { objects, secrets, generation } = this.#parts;
    await objects.remove(serviceKind, resourceName(generation, key.application, key.id), key);
    await secrets.remove(key);
  }

  async #specificationsOf(
    definition: ServiceDefinition,
    key: ServiceKey,
    note: NoteCall | undefined,
  ): Promise<Specifications> {
    const { api, events, documentation } = definition;
    const specification = api && (await this.#apiSpec(api, definition.name ?? '', key, note));
    return { api: specification, events: events?.spec, documentation };
  }

  async #apiSpec(api: ApiDefinition, displayName: string, { application, id }: ServiceKey, note?: NoteCall) {
    const { generation, problems, source } = this.#parts;
    const url = specificationUrlOf(api, generation);
    const text = url === undefined ? api.spec : await source.fetch(url, api, note);
    if (!text) return undefined;
    const gateway = generation.centralGateway
      ? centralGatewayAddress(application, displayName)
      : gatewayHost(generation, application, id);
    return prepareApiSpec(text, { apiType: api.apiType, gateway, generation, problems });
  }

  /** A service with the Secrets that its API refers to. */
  async #find(application: string, id: string) {
    const { problems, applications } = this.#parts;
    const found = await problems.within('read', { id }, () => applications.service(application, id));
    const service = await problems.within('readUnknownService', { id }, async () => {
      if (!found) throw problems.of('SERVICE_UNKNOWN', { id });
      return found;
    });
    return { service, secrets: await this.#secretsOf(service) };
  }

  #secretsOf(service: RegisteredService) {
    const entry = service.entries?.find(({ type }) => type === 'API');
    if (!entry) return undefined;
    return this.#parts.problems.within('readApi', {}, () => this.#parts.secrets.ofEntry(entry));
  }
}
