import { checkChange } from '../../resources/admit.ts';
import { invalidValue } from '../../resources/problem.ts';
import type { Metadata, Resource, Stored } from '../../resources/resource.ts';
import { frozenCopy } from '../../store/frozen.ts';
import { modify } from '../../store/modify.ts';
import { stampUpdated } from '../../store/stamp.ts';
import { afterUpdate, entriesOf, type ManagedEntry } from '../patch/managed-fields.ts';
import { badRequest, conflict, notFound } from '../wire/status.ts';
import { accept, admitted, invalidResource, wholeSchema } from './admission.ts';
import { type Context, type Item, referenceTo, subjectOf } from './context.ts';
import { inVersion } from './texts.ts';
import { asApiError, type Members, placed, type WriteOptions, writerOf } from './write.ts';

/** What a resource is to become, worked out from what it is; in the version that the client speaks. */
export interface Change {
  readonly next: Resource;
  /** Who owns what afterwards, where the change itself says so. */
  readonly managed?: readonly ManagedEntry[] | undefined;
}

/**
 * Replaces a resource by what a client sent. Who names no version overwrites; custom resources must name one.
 * (kubernetes-api §6.2)
 */
export async function update(context: Context, item: Item, object: Members, options: WriteOptions): Promise<Stored> {
  const given = placed(item, accept(item.served, object, options.validation, options.warn));
  const { name, resourceVersion } = given.metadata;
  if (name && name !== item.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${item.name})`);
  }
  if (item.served.kind.custom && !resourceVersion) {
    const problem = invalidValue(['metadata', 'resourceVersion'], '0x0: must be specified for an update');
    throw invalidResource(item.served, item.name, [problem]);
  }
  return changeStored(context, item, options, () => ({
    next: { ...given, metadata: { ...given.metadata, name: item.name } },
  }));
}

/**
 * Changes a stored resource so that no accepted write of anybody is lost; `change` is asked again when somebody else
 * was faster.
 * @throws ApiError
 */
export async function changeStored(
  context: Context,
  item: Item,
  options: WriteOptions,
  change: (current: Resource) => Change,
): Promise<Stored> {
  const { served, name } = item;
  const next = (current: Stored): Resource => {
    const visible = inVersion(current, served.apiVersion);
    const result = change(visible);
    const wanted = result.next.metadata.resourceVersion;
    checkSame(item, result.next, current);
    if (wanted && wanted !== current.metadata.resourceVersion) throw conflict(subjectOf(item, name));
    return finish(context, item, current, visible, result, options);
  };
  try {
    if (!options.dryRun) return await modify(context.store, referenceTo(item), next);
    const current = await context.store.get(referenceTo(item));
    if (!current) throw notFound(subjectOf(item, name));
    return stampUpdated(next(current), current, Number(current.metadata.resourceVersion));
  } catch (error) {
    throw asApiError(error, item, name);
  }
}

/** @throws ApiError when a change would make another resource of it */
function checkSame(item: Item, next: Resource, current: Stored): void {
  const { uid, name, namespace } = next.metadata;
  if (uid && uid !== current.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
    throw conflict(subjectOf(item, item.name), why);
  }
  if (name !== current.metadata.name || (namespace ?? '') !== (current.metadata.namespace ?? '')) {
    throw badRequest('the name and the namespace of an object cannot be changed');
  }
}

/** Everything that a write does besides what the client asked for. @returns the present state when nothing changes */
function finish(
  context: Context,
  item: Item,
  current: Stored,
  visible: Resource,
  { next, managed }: Change,
  options: WriteOptions,
): Resource {
  const { served } = item;
  const wanted = withPart(served.kind.statusSubresource === true, options.subresource, next, visible);
  const complete = admitted(served, withOwned(wanted, current));
  const problems = checkChange(served.kind, complete, visible);
  if (problems.length > 0) throw invalidResource(served, item.name, problems);
  const writer = writerOf(context, item, options);
  const asked = next.metadata.managedFields === undefined ? entriesOf(visible) : entriesOf(next);
  const entries = managed ?? afterUpdate(asked, visible, complete, writer, wholeSchema(served));
  const result = inVersion(
    { ...complete, metadata: { ...complete.metadata, managedFields: entries } },
    served.kind.apiVersion,
  );
  return withoutNews(result, current);
}

/** `status` at its own address and the rest at the main one, where the kind keeps them apart. (kubernetes-api §5.3) */
function withPart(apart: boolean, subresource: string | undefined, next: Resource, current: Resource): Resource {
  if (!apart) return next;
  const [content, status] = subresource === 'status' ? [current, next.status] : [next, current.status];
  const { status: _, ...rest } = content;
  const { resourceVersion, managedFields } = next.metadata;
  const metadata = { ...content.metadata, resourceVersion, managedFields };
  return { ...rest, metadata, ...(status === undefined ? {} : { status }) } as Resource;
}

/** The members of metadata that stay as they are whatever a client sends. */
function withOwned(resource: Resource, { metadata: current }: Stored): Resource {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion } =
    current;
  const owned = { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation, resourceVersion };
  const set = Object.entries(owned).filter(([, value]) => value !== undefined);
  const free = Object.entries(resource.metadata).filter(([name]) => !(name in owned));
  return { ...resource, metadata: { ...Object.fromEntries(free), ...Object.fromEntries(set) } as Metadata };
}

/** A write that changes nothing but times of entries changes nothing at all. (kubernetes-api §5.1) */
function withoutNews(next: Resource, current: Stored): Resource {
  const timeless = (resource: Resource) => ({
    ...resource,
    metadata: {
      ...resource.metadata,
      managedFields: entriesOf(resource).map(({ time: _, ...entry }) => entry),
    },
  });
  const before = frozenCopy(timeless(current));
  return frozenCopy(timeless(next), before) === before ? current : next;
}
