import type { Resource, Stored } from '../../resources/resource.ts';
import { isMembers } from '../../resources/schema.ts';
import { mergePatch } from '../../store/merge-patch.ts';
import { timestamp } from '../../store/stamp.ts';
import { applyJsonPatch, JsonPatchError, type JsonPatchFault } from '../patch/json-patch.ts';
import { applyConfiguration, conflictText, ownerText } from '../patch/server-side-apply.ts';
import { strategicMerge } from '../patch/strategic-merge.ts';
import { mediaType } from '../wire/accept.ts';
import { parseJson, parseYaml } from '../wire/body.ts';
import { ApiError, badRequest, invalid, patchRefused, requestTooLarge, unsupportedMediaType } from '../wire/status.ts';
import { accept, wholeSchema } from './admission.ts';
import type { Context, Item } from './context.ts';
import { create } from './create.ts';
import { changeStored } from './update.ts';
import type { WriteOptions } from './write.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

export interface PatchRequest {
  readonly contentType: string | undefined;
  readonly body: Buffer;
  readonly force: boolean;
  /** Whether the query names a field manager; applying needs one. */
  readonly named: boolean;
}

export interface Patched {
  readonly resource: Stored;
  readonly created: boolean;
}

/** Patches a resource in one of the four ways. (kubernetes-api §6.3, §6.4) @throws ApiError */
export async function patch(
  context: Context,
  item: Item,
  request: PatchRequest,
  options: WriteOptions,
): Promise<Patched> {
  const { type } = mediaType(request.contentType ?? '');
  const { custom } = item.served.kind;
  if (type === APPLY) return apply(context, item, request, options);
  if (!Object.hasOwn(patches, type) || (custom && type === STRATEGIC)) {
    throw unsupportedMediaType([JSON_PATCH, MERGE_PATCH, ...(custom ? [] : [STRATEGIC]), APPLY]);
  }
  const change = await parseJson(request.body, (why) => badRequest(`error decoding patch: ${why}`));
  const run = patches[type] as PatchFunction;
  const resource = await changeStored(context, item, options, (current) => {
    const patched = run(current, change, item);
    if (!isMembers(patched)) throw badRequest('a patch must leave an object');
    return { next: accept(item.served, patched, options.validation, options.warn) };
  });
  return { resource, created: false };
}

type PatchFunction = (current: Resource, change: unknown, item: Item) => unknown;

const mustBeObject = (change: unknown) => {
  if (!isMembers(change)) throw badRequest('error decoding patch: a merge patch is an object');
  return change;
};

/** How a JSON patch that cannot be applied is answered. (kubernetes-api §6.3) */
const jsonPatchFaults: Readonly<Record<JsonPatchFault, (message: string) => ApiError>> = {
  malformed: (message) => badRequest(`error decoding patch: ${message}`),
  'too long': requestTooLarge,
  refused: patchRefused,
};

const patches: Readonly<Record<string, PatchFunction>> = {
  [MERGE_PATCH]: (current, change) => mergePatch(current, mustBeObject(change)),
  [STRATEGIC]: (current, change, item) => strategicMerge(current, mustBeObject(change), wholeSchema(item.served)),
  [JSON_PATCH]: (current, change) => {
    try {
      return applyJsonPatch(current, change);
    } catch (error) {
      if (!(error instanceof JsonPatchError)) throw error;
      throw jsonPatchFaults[error.fault](error.message);
    }
  },
};

async function apply(context: Context, item: Item, request: PatchRequest, options: WriteOptions): Promise<Patched> {
  const body = await parseYaml(request.body, (why) => badRequest(`error decoding YAML: ${why}`));
  if (!isMembers(body)) throw badRequest('error decoding YAML: the body is not an object');
  if (!request.named) throw missingManager();
  const { metadata } = body;
  if (isMembers(metadata) && metadata.managedFields !== undefined)
    throw badRequest('metadata.managedFields must be nil');
  const configuration = named(item, accept(item.served, body, options.validation, options.warn));
  const exists = await context.store.get({
    apiVersion: item.served.kind.apiVersion,
    kind: item.served.kind.kind,
    name: item.name,
    namespace: item.namespace,
  });
  if (!exists && !options.subresource)
    return { resource: await applyNew(context, item, configuration, options), created: true };
  const resource = await changeStored(context, item, options, (current) => {
    const result = applyTo(context, item, current, configuration, request.force, options);
    const { resourceVersion } = configuration.metadata;
    return {
      next: { ...result.resource, metadata: { ...result.resource.metadata, resourceVersion } },
      managed: result.managedFields,
    };
  });
  return { resource, created: false };
}

function applyNew(context: Context, item: Item, configuration: Resource, options: WriteOptions): Promise<Stored> {
  const { resource, managedFields } = applyTo(context, item, undefined, configuration, false, options);
  return create(context, item, resource, options, managedFields);
}

function applyTo(
  { clock }: Context,
  { served, name }: Item,
  live: Resource | undefined,
  configuration: Resource,
  force: boolean,
  { manager, subresource }: WriteOptions,
) {
  const writer = { manager, apiVersion: served.apiVersion, time: timestamp(clock.now()), subresource };
  const result = applyConfiguration(live, configuration, writer, wholeSchema(served), force);
  if (!('conflicts' in result)) return result;
  const { kind, apiVersion } = served;
  const slash = apiVersion.indexOf('/');
  throw new ApiError(409, 'Conflict', conflictText(result.conflicts), {
    name,
    ...(slash > 0 ? { group: apiVersion.slice(0, slash) } : {}),
    kind: kind.plural,
    causes: result.conflicts.map(({ owner, field }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${ownerText(owner)}`,
      field,
    })),
  });
}

/** A configuration is that of the address. @throws ApiError 400 when it says otherwise */
function named({ name, namespace }: Item, configuration: Resource): Resource {
  const { metadata } = configuration;
  if (metadata.name && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  if (metadata.namespace && metadata.namespace !== (namespace ?? '')) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return { ...configuration, metadata: { ...metadata, name, ...(namespace ? { namespace } : {}) } };
}

const missingManager = () =>
  invalid({ kind: { apiVersion: 'meta.k8s.io/v1', kind: 'PatchOptions', plural: 'patchoptions' }, name: '' }, [
    {
      path: ['fieldManager'],
      reason: 'FieldValueRequired',
      detail: 'Required value: is required for apply patch',
    },
  ]);
