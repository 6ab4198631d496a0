import { codeOf } from '../core/errors.ts';
import { AdmissionError } from '../resources/admission-error.ts';
import { applicationKind, secretKind, serviceKind } from '../resources/kinds.ts';
import type { KindReference, Resource, Stored } from '../resources/resource.ts';
import { ensureAdmitted, replaceAdmitted } from '../store/admitted.ts';
import type { ResourceAccess } from '../store/store.ts';
import type { ServiceKey } from './entries.ts';
import type { Generation } from './generations.ts';
import { resourceName } from './names.ts';
import type { Problems } from './problems.ts';
import { REGISTRY_NAMESPACE } from './settings.ts';

/** The Kubernetes objects of registered services, all in one namespace. (metadata-service §9) */
export class Objects {
  readonly #store: ResourceAccess;
  readonly #generation: Generation;
  readonly #problems: Problems;

  constructor(store: ResourceAccess, generation: Generation, problems: Problems) {
    this.#store = store;
    this.#generation = generation;
    this.#problems = problems;
  }

  get<R extends Resource>({ apiVersion, kind }: KindReference, name: string): Promise<Stored<R> | undefined> {
    return this.#store.get<R>({ apiVersion, kind, name, namespace: REGISTRY_NAMESPACE });
  }

  /** Makes the Service that leads to the gateway, unless it is there. @throws KymaError `OBJECT_REFUSED` */
  async ensureService(key: ServiceKey, owner: Owner | undefined): Promise<void> {
    const name = resourceName(this.#generation, key.application, key.id);
    await this.#createUnlessThere(this.#object(serviceKind, name, key, owner, this.#serviceSpec(key)));
  }

  #serviceSpec({ application }: ServiceKey) {
    return {
      spec: {
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
        selector: { [this.#generation.applicationLabel]: `${application}${this.#generation.gatewaySuffix}` },
      },
    };
  }

  /** Writes a Secret, whatever was there. @param texts the values, not encoded @throws KymaError `OBJECT_REFUSED` */
  async putSecret(name: string, key: ServiceKey, owner: Owner | undefined, texts: Readonly<Record<string, string>>) {
    const data = Object.fromEntries(
      Object.entries(texts).map(([member, text]) => [member, Buffer.from(text).toString('base64')]),
    );
    const secret = this.#object(secretKind, name, key, owner, { type: 'Opaque', data });
    if (!(await this.#createUnlessThere(secret))) {
      await this.#admitted(() => replaceAdmitted(this.#store, secret));
    }
  }

  /** Removes an object that was made for this service; others of the same name stay. */
  async remove({ apiVersion, kind }: KindReference, name: string, key: ServiceKey): Promise<void> {
    const found = await this.get({ apiVersion, kind }, name);
    if (!found || found.metadata.labels?.serviceId !== key.id) return;
    try {
      await this.#store.delete({ apiVersion, kind, name, namespace: REGISTRY_NAMESPACE });
    } catch (error) {
      if (codeOf(error) !== 'NOT_FOUND') throw error;
    }
  }

  #createUnlessThere(object: Resource): Promise<boolean> {
    return this.#admitted(() => ensureAdmitted(this.#store, object));
  }

  /** What an API server would refuse is told as it tells it. */
  async #admitted<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (cause) {
      if (!(cause instanceof AdmissionError)) throw cause;
      throw this.#problems.of('OBJECT_REFUSED', { detail: cause.message }, { cause });
    }
  }

  #object({ apiVersion, kind }: KindReference, name: string, key: ServiceKey, owner: Owner | undefined, rest: object) {
    const { application, id } = key;
    const owned = this.#generation.ownerReferences && owner;
    return {
      apiVersion,
      kind,
      metadata: {
        name,
        namespace: REGISTRY_NAMESPACE,
        labels: { [this.#generation.applicationLabel]: application, serviceId: id },
        ...(owned && { ownerReferences: ownedBy(application, owned) }),
      },
      ...rest,
    } satisfies Resource;
  }
}

/** The application that objects belong to, so that they go with it. */
export interface Owner {
  readonly uid: string;
}

export const ownedBy = (application: string, { uid }: Owner) => [
  { apiVersion: applicationKind.apiVersion, kind: applicationKind.kind, name: application, uid },
];
