import { checkNamespace } from '../../resources/admit.ts';
import { namespaceKind } from '../../resources/kinds.ts';
import type { Metadata, Resource, Stored } from '../../resources/resource.ts';
import { namespaceState } from '../../store/admitted.ts';
import { stampCreated } from '../../store/stamp.ts';
import { afterUpdate, type ManagedEntry } from '../patch/managed-fields.ts';
import { alreadyExists, badRequest, forbiddenTo, notFound } from '../wire/status.ts';
import { accept, admitted, invalidResource, wholeSchema } from './admission.ts';
import { type Context, type Place, referenceTo, subjectOf } from './context.ts';
import { inVersion } from './texts.ts';
import { asApiError, type Members, placed, type WriteOptions, writerOf } from './write.ts';

/** Letters and digits without those that make words. (kubernetes-api §5.2) */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX = 5;
const MAX_BASE = 63 - SUFFIX;

/**
 * Creates a resource from what a client sent; the checks in the order of the contract. (kubernetes-api §5.2)
 * @param managed who owns what, where the client has said so by applying
 */
export async function create(
  context: Context,
  place: Place,
  object: Members,
  options: WriteOptions,
  managed?: readonly ManagedEntry[],
): Promise<Stored> {
  await checkPlace(context, place);
  const given = placed(place, accept(place.served, object, options.validation, options.warn));
  if (given.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
  return store(context, place, named(context, place, given), options, managed);
}

/** Stores a new resource that is placed and named. */
async function store(
  context: Context,
  place: Place,
  given: Resource,
  options: WriteOptions,
  managed?: readonly ManagedEntry[],
): Promise<Stored> {
  const { served } = place;
  const { status: _, ...withoutStatus } = given;
  const content = served.kind.statusSubresource ? (withoutStatus as Resource) : given;
  const complete = admitted(served, withoutOwned(content));
  const writer = writerOf(context, place, options);
  const entries = managed ?? afterUpdate([], undefined, complete, writer, wholeSchema(served));
  const stored = inVersion(
    { ...complete, metadata: { ...complete.metadata, managedFields: entries } },
    served.kind.apiVersion,
  );
  if (options.dryRun) return stampDryRun(context, place, stored);
  try {
    return await context.store.create(stored);
  } catch (error) {
    throw asApiError(error, place, stored.metadata.name);
  }
}

async function stampDryRun(context: Context, place: Place, resource: Resource): Promise<Stored> {
  const { name } = resource.metadata;
  if (await context.store.get(referenceTo({ ...place, name }))) throw alreadyExists(subjectOf(place, name));
  const { resourceVersion: _, ...metadata } = stampCreated(resource, 0, context.clock, context.random).metadata;
  return { ...resource, metadata } as unknown as Stored;
}

/** Members of metadata that a client cannot choose. */
function withoutOwned(resource: Resource): Resource {
  const { uid: _u, selfLink: _s, managedFields: _m, deletionTimestamp: _d, ...metadata } = resource.metadata;
  return { ...resource, metadata };
}

/** @throws ApiError 404 or 403 when the namespace takes nothing new */
async function checkPlace({ store }: Context, place: Place): Promise<void> {
  const { served, namespace } = place;
  if (!served.kind.namespaced || namespace === undefined) return;
  const [problem] = checkNamespace(namespace, await namespaceState(store, namespace));
  if (problem?.reason === 'NamespaceTerminating') throw forbiddenTo(subjectOf(place), problem.detail);
  if (problem) throw notFound({ kind: namespaceKind, name: namespace });
}

function named({ random }: Context, { served }: Place, resource: Resource): Resource {
  const { name, generateName } = resource.metadata as Partial<Metadata> & { generateName?: string };
  if (name) return resource;
  if (!generateName) {
    const detail = 'Required value: name or generateName is required';
    throw invalidResource(served, '', [{ path: ['metadata', 'name'], reason: 'FieldValueRequired', detail }]);
  }
  const letters = [...random.bytes(SUFFIX)].map((byte) => ALPHABET[byte % ALPHABET.length]);
  return { ...resource, metadata: { ...resource.metadata, name: generateName.slice(0, MAX_BASE) + letters.join('') } };
}
