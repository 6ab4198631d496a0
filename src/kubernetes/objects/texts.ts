import type { Resource, Stored } from '../../resources/resource.ts';
import { listText, type Text } from '../wire/portions.ts';

/** A list that was sent, and what stood before its items. */
interface ListBytes {
  readonly head: string;
  readonly bytes: Buffer;
}

/**
 * JSON texts of stored resources, made once for each version of a resource: answers, lists and watches all join these.
 * A stored resource never changes, so its text cannot be out of date, and it goes when the resource goes: the store
 * lets go of a version as soon as there is a newer one, since its change log has copies of its own.
 */
export class Texts {
  readonly #stored = new WeakMap<Stored, string>();
  readonly #converted = new WeakMap<Stored, Map<string, string>>();
  readonly #metadata = new WeakMap<Stored, string>();
  readonly #lists = new WeakMap<readonly Stored[], ListBytes>();

  /** A resource in a version of its kind. */
  of(resource: Stored, apiVersion: string): string {
    if (resource.apiVersion !== apiVersion) return this.#conversion(resource, apiVersion);
    let text = this.#stored.get(resource);
    if (text === undefined) {
      text = JSON.stringify(resource);
      this.#stored.set(resource, text);
    }
    return text;
  }

  /**
   * A whole list. A short one that the store hands out again costs nothing again, as long as nothing is written.
   * @param metadata JSON of the list's metadata
   */
  list(listKind: string, apiVersion: string, metadata: string, resources: readonly Stored[]): Text {
    const head = `{"kind":"${listKind}","apiVersion":"${apiVersion}","metadata":${metadata},"items":[`;
    const known = this.#lists.get(resources);
    if (known?.head === head) return known.bytes;
    const textOf = (resource: Stored) => this.of(resource, apiVersion);
    const text = listText({ head, items: resources, textOf, tail: ']}' });
    if (typeof text !== 'string') return text;
    const bytes = Buffer.from(text);
    this.#lists.set(resources, { head, bytes });
    return bytes;
  }

  /** A `PartialObjectMetadata`. (kubernetes-api §4.1) */
  metadata(resource: Stored): string {
    let text = this.#metadata.get(resource);
    if (text === undefined) {
      text = `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(resource.metadata)}}`;
      this.#metadata.set(resource, text);
    }
    return text;
  }

  #conversion(resource: Stored, apiVersion: string): string {
    const known = this.#converted.get(resource) ?? new Map<string, string>();
    this.#converted.set(resource, known);
    let text = known.get(apiVersion);
    if (text === undefined) {
      text = JSON.stringify(inVersion(resource, apiVersion));
      known.set(apiVersion, text);
    }
    return text;
  }
}

/** All versions of a kind say the same in the same members; only the name of the version differs. */
export const inVersion = <R extends Resource>(resource: R, apiVersion: string): R =>
  resource.apiVersion === apiVersion ? resource : { ...resource, apiVersion };
