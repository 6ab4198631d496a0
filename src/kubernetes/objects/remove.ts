import { unhurried } from '../../core/unhurried.ts';
import { splitApiVersion } from '../../resources/kind.ts';
import type { Stored } from '../../resources/resource.ts';
import { isHeld } from '../../store/stamp.ts';
import type { Precondition } from '../../store/store.ts';
import type { Members } from '../wire/body.ts';
import { dryRunOf, isDryRun, type Query } from '../wire/query.ts';
import { ApiError, badRequest, conflict, notFound } from '../wire/status.ts';
import { type Context, type Item, type Place, referenceTo, subjectOf } from './context.ts';
import { selecting, selectionOf } from './read.ts';
import { asApiError } from './write.ts';

/** What a deletion is asked for with: in the body, or as query parameters. (kubernetes-api §6.5) */
export interface DeleteOptions {
  readonly precondition: Precondition;
  readonly dryRun: boolean;
  /** Whether what belongs to the resource stays. */
  readonly orphan: boolean;
}

const policies = new Set(['', 'Background', 'Foreground', 'Orphan']);

/** @throws ApiError 400 */
export function deleteOptions(body: Members | undefined, query: Query): DeleteOptions {
  const { kind, preconditions, dryRun, propagationPolicy, orphanDependents } = { ...body } as {
    kind?: unknown;
    preconditions?: { uid?: string; resourceVersion?: string };
    dryRun?: readonly string[];
    propagationPolicy?: unknown;
    orphanDependents?: unknown;
  };
  if (kind !== undefined && kind !== 'DeleteOptions') throw badRequest('the body of a deletion must be DeleteOptions');
  const policy = String(propagationPolicy ?? query.get('propagationPolicy') ?? '');
  if (!policies.has(policy)) {
    throw badRequest(`propagationPolicy: Unsupported value: ${JSON.stringify(policy)}`);
  }
  return {
    precondition: { uid: preconditions?.uid, resourceVersion: preconditions?.resourceVersion },
    orphan: policy === 'Orphan' || orphanDependents === true,
    dryRun: dryRunOf(query) || isDryRun(Array.isArray(dryRun) ? dryRun : []),
  };
}

/** What became of a resource: removed, or marked because its finalizers hold it. */
export interface Removal {
  readonly resource: Stored;
  readonly removed: boolean;
}

export async function remove(context: Context, item: Item, options: DeleteOptions): Promise<Removal> {
  const { store } = context;
  const reference = referenceTo(item);
  const found = await store.get(reference);
  if (!found) throw notFound(subjectOf(item, item.name));
  checkPreconditions(item, found, options.precondition);
  if (options.dryRun) return { resource: found, removed: !isHeld(found) };
  try {
    const resource = await store.delete(reference, options.precondition);
    const removed = (await store.get(reference))?.metadata.uid !== resource.metadata.uid;
    if (removed) context.onRemoved(resource, options.orphan);
    return { resource, removed };
  } catch (error) {
    throw asApiError(error, item, item.name);
  }
}

function checkPreconditions(item: Item, { metadata }: Stored, { uid, resourceVersion }: Precondition): void {
  const differ = (what: string, wanted: string, actual: string) =>
    conflict(
      subjectOf(item, item.name),
      `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${actual}`,
    );
  if (uid && uid !== metadata.uid) throw differ('UID', uid, metadata.uid);
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    throw differ('ResourceVersion', resourceVersion, metadata.resourceVersion);
  }
}

/** Deletes what a selection finds. @returns the resources as they were */
export async function removeAll(
  context: Context,
  place: Place,
  query: Query,
  options: DeleteOptions,
): Promise<readonly Stored[]> {
  const { kind } = place.served;
  const { items } = await selecting(() => context.store.list(kind, selectionOf(place, query)));
  const deleted: Stored[] = [];
  for await (const { metadata } of unhurried(items)) {
    const item = { ...place, namespace: metadata.namespace, name: metadata.name };
    try {
      deleted.push((await remove(context, item, options)).resource);
    } catch (error) {
      // Somebody else was faster, which is what was wanted.
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }
  return deleted;
}

/** The answer to the deletion of a resource that is gone. */
export function success({ served: { kind, apiVersion } }: Place, { metadata }: Stored) {
  const { group } = splitApiVersion(apiVersion);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: metadata.name, ...(group ? { group } : {}), kind: kind.plural, uid: metadata.uid },
  };
}
