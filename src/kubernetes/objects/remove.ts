import { codeOf } from '../../core/errors.ts';
import { unhurried } from '../../core/unhurried.ts';
import { terminating } from '../../resources/core-kinds.ts';
import { INSTANCES } from '../../resources/definition.ts';
import { type Kind, splitApiVersion } from '../../resources/kind.ts';
import { definitionKind, namespaceKind } from '../../resources/kinds.ts';
import { isBuiltIn } from '../../resources/known-kinds.ts';
import { FOREGROUND, ORPHAN } from '../../resources/owner-rules.ts';
import { referenceOf, type Stored } from '../../resources/resource.ts';
import type { Infer, Schema } from '../../resources/schema.ts';
import { deleteHeld } from '../../store/finalizers.ts';
import { modify } from '../../store/modify.ts';
import { isHeld } from '../../store/stamp.ts';
import type { Precondition, ResourceStore } from '../../store/store.ts';
import type { Members } from '../wire/body.ts';
import { checkTypes, identityOf } from '../wire/decoding.ts';
import { dryRunOf, isDryRun, type Query } from '../wire/query.ts';
import { ApiError, badRequest, conflict, forbiddenTo, invalid, notFound } from '../wire/status.ts';
import { type Context, type Item, type Place, referenceTo, subjectOf } from './context.ts';
import { selecting, selectionOf } from './read.ts';
import { asApiError } from './write.ts';

/** What a deletion is asked for with: in the body, or as query parameters. (kubernetes-api §6.5) */
export interface DeleteOptions {
  readonly precondition: Precondition;
  readonly dryRun: boolean;
  /** The finalizer by which the resource waits for what belongs to it; absent: that goes after it. */
  readonly finalizer?: string | undefined;
}

/** Each policy with the finalizer by which it works. */
const policies: ReadonlyMap<string, string | undefined> = new Map([
  ['', undefined],
  ['Background', undefined],
  ['Foreground', FOREGROUND],
  ['Orphan', ORPHAN],
]);

const optionsKind = { apiVersion: 'meta.k8s.io/v1', kind: 'DeleteOptions', plural: 'deleteoptions' } as const;

const text = { type: 'string' } as const;
const optionsSchema = {
  type: 'object',
  properties: {
    gracePeriodSeconds: { type: 'integer' },
    preconditions: { type: 'object', properties: { uid: text, resourceVersion: text } },
    dryRun: { type: 'array', items: text },
    propagationPolicy: text,
    orphanDependents: { type: 'boolean' },
  },
} as const satisfies Schema;

/** @throws ApiError 400 for a body that cannot be read, 422 for a policy that nobody knows */
export function deleteOptions(body: Members = {}, query: Query): DeleteOptions {
  const { kind } = identityOf(body, 'DeleteOptions');
  if (kind !== '' && kind !== 'DeleteOptions') throw badRequest('the body of a deletion must be DeleteOptions');
  checkTypes({ ...optionsKind, apiVersion: 'v1' }, optionsSchema, body, []);
  const { preconditions, dryRun, propagationPolicy, orphanDependents } = body as Infer<typeof optionsSchema>;
  const policy = propagationPolicy ?? query.get('propagationPolicy') ?? '';
  if (!policies.has(policy)) {
    const detail = `Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan", "nil"`;
    const problem = { path: ['propagationPolicy'], reason: 'FieldValueNotSupported', detail } as const;
    throw invalid({ kind: optionsKind }, [problem]);
  }
  return {
    precondition: { uid: preconditions?.uid, resourceVersion: preconditions?.resourceVersion },
    finalizer: orphanDependents === true ? ORPHAN : policies.get(policy),
    dryRun: dryRunOf(query) || isDryRun(dryRun ?? []),
  };
}

/** What became of a resource: removed, or marked because its finalizers hold it. */
export interface Removal {
  readonly resource: Stored;
  readonly removed: boolean;
}

/** Namespaces without which a cluster is none. */
const immortal = new Set(['default', 'kube-system', 'kube-public']);

/** @throws ApiError 403 for a resource that has to stay */
export function checkRemovable(item: Item): void {
  const { kind } = item.served;
  if (kind === namespaceKind && immortal.has(item.name)) {
    throw forbiddenTo(subjectOf(item, item.name), 'this namespace may not be deleted');
  }
  // What these definitions say is how the server works.
  if (kind === definitionKind && isBuiltIn(item.name)) {
    throw forbiddenTo(subjectOf(item, item.name), 'Kymulator itself serves this kind; it cannot be taken away');
  }
}

export async function remove(context: Context, item: Item, options: DeleteOptions): Promise<Removal> {
  const { store } = context;
  const { precondition } = options;
  const reference = referenceTo(item);
  const finalizers = [options.finalizer, finalizerOf.get(item.served.kind)].filter((name) => name !== undefined);
  const found = await store.get(reference);
  if (!found) throw notFound(subjectOf(item, item.name));
  checkPreconditions(item, found, precondition);
  if (options.dryRun) return { resource: found, removed: finalizers.length === 0 && !isHeld(found) };
  try {
    const resource =
      finalizers.length > 0
        ? await deleteHeld(store, reference, finalizers, (current) => checkPreconditions(item, current, precondition))
        : await store.delete(reference, precondition);
    if (!resource.metadata.deletionTimestamp) return { resource, removed: true };
    return { resource: item.served.kind === namespaceKind ? await ended(store, resource) : resource, removed: false };
  } catch (error) {
    throw asApiError(error, item, item.name);
  }
}

/** What a deletion of a kind always waits for: the resources of a definition's kind are gone before it is. */
const finalizerOf: ReadonlyMap<Kind, string> = new Map([[definitionKind, INSTANCES]]);

/** A namespace says from its deletion on that it is on its way out. (kubernetes-api §5.4) */
async function ended(store: ResourceStore, namespace: Stored): Promise<Stored> {
  try {
    const current = await modify(store, referenceOf(namespace), terminating);
    return current.metadata.uid === namespace.metadata.uid ? current : terminating(namespace);
  } catch (error) {
    if (codeOf(error) !== 'NOT_FOUND') throw error;
    return terminating(namespace);
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
