import { ownersOf } from '../resources/owner-rules.ts';
import { type OwnerReference, type ResourceReference, referenceOf, type Stored } from '../resources/resource.ts';

/** A resource that says whom it belongs to. */
export interface Dependent {
  readonly uid: string;
  readonly reference: ResourceReference;
  readonly owners: readonly OwnerReference[];
}

interface Group {
  readonly dependents: Map<string, Dependent>;
  /** Whether the owner was seen to go. */
  gone: boolean;
}

const nobody: ReadonlyMap<string, Dependent> = new Map();

/** Who belongs to whom, by uid: what an owner's end costs is what belongs to it. */
export class OwnerIndex {
  readonly #dependents = new Map<string, Dependent>();
  readonly #byOwner = new Map<string, Group>();

  /** Takes in what a resource says of its owners. @returns whether that is news */
  set(resource: Stored): boolean {
    const { uid } = resource.metadata;
    const owners = ownersOf(resource);
    const before = this.#dependents.get(uid);
    // Versions of a resource share what did not change; most have no owners at all.
    if (before ? before.owners === owners : owners.length === 0) return false;
    const dependent = { uid, reference: referenceOf(resource), owners };
    if (owners.length > 0) this.#dependents.set(uid, dependent);
    else this.#dependents.delete(uid);
    for (const owner of owners) this.#group(owner.uid).dependents.set(uid, dependent);
    const left = (before?.owners ?? []).filter((owner) => !owners.some((other) => other.uid === owner.uid));
    for (const owner of left) this.#leave(owner.uid, uid);
    return true;
  }

  get(uid: string): Dependent | undefined {
    return this.#dependents.get(uid);
  }

  delete(uid: string): void {
    const known = this.#dependents.get(uid);
    this.#dependents.delete(uid);
    for (const owner of known?.owners ?? []) this.#leave(owner.uid, uid);
  }

  dependentsOf(owner: string): ReadonlyMap<string, Dependent> {
    return this.#byOwner.get(owner)?.dependents ?? nobody;
  }

  /** Notes that an owner was seen to go, for as long as something belongs to it. */
  setGone(owner: string): void {
    const group = this.#byOwner.get(owner);
    if (group) group.gone = true;
  }

  isGone(owner: string): boolean {
    return this.#byOwner.get(owner)?.gone === true;
  }

  all(): Iterable<Dependent> {
    return this.#dependents.values();
  }

  #leave(owner: string, dependent: string): void {
    const group = this.#byOwner.get(owner);
    group?.dependents.delete(dependent);
    if (group?.dependents.size === 0) this.#byOwner.delete(owner);
  }

  #group(owner: string): Group {
    let group = this.#byOwner.get(owner);
    if (!group) {
      group = { dependents: new Map(), gone: false };
      this.#byOwner.set(owner, group);
    }
    return group;
  }
}
