import { codeOf, messageOf } from '../../core/errors.ts';
import type { Stored } from '../../resources/resource.ts';
import { includedOf, type Tables } from '../table/table.ts';
import type { Form } from '../wire/accept.ts';
import { listText, type Text } from '../wire/portions.ts';
import { countOf, type Query } from '../wire/query.ts';
import { badRequest, notFound, tooLargeVersion } from '../wire/status.ts';
import { type Context, type Item, type Place, referenceTo, subjectOf } from './context.ts';
import type { Page, Pages } from './pages.ts';

/** Reading resources, as the text of the answer. (kubernetes-api §4, §6.1) */
export interface Reading extends Context {
  readonly tables: Tables;
  readonly pages: Pages;
}

export async function get(context: Reading, item: Item): Promise<Stored> {
  const found = await context.store.get(referenceTo(item));
  if (!found) throw notFound(subjectOf(item, item.name));
  return found;
}

/** One resource in the form that was asked for. */
export function itemText(context: Reading, place: Place, resource: Stored, form: Form, query: Query): string {
  const { texts, tables, clock } = context;
  if (form === 'object') return texts.of(resource, place.served.apiVersion);
  if (form === 'metadata') return texts.metadata(resource);
  const { resourceVersion } = resource.metadata;
  return tables.of(place.served, [resource], {
    metadata: JSON.stringify({ resourceVersion }),
    included: includedOf(query.get('includeObject')),
    now: clock.now(),
  });
}

/** A list in the form that was asked for. */
export async function listOf(context: Reading, place: Place, form: Form, query: Query): Promise<Text> {
  const page = await listPage(context, place, query);
  const { texts, tables, clock } = context;
  const { served } = place;
  const metadata = listMetadata(page, isSelective(query));
  if (form === 'table') {
    const included = includedOf(query.get('includeObject'));
    return listText(tables.parts(served, page.items, { metadata, included, now: clock.now() }));
  }
  if (form === 'metadata') {
    const head = `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${metadata},"items":[`;
    return listText({ head, items: page.items, textOf: (resource) => texts.metadata(resource), tail: ']}' });
  }
  return texts.list(served.listKind, served.apiVersion, metadata, page.items);
}

const isSelective = (query: Query) => Boolean(query.get('labelSelector') || query.get('fieldSelector'));

/** Whoever selects is not told how much is left, since the original cannot know. (kubernetes-api §6.1) */
function listMetadata({ revision, continueToken, remaining }: Page, selective: boolean): string {
  if (continueToken === undefined) return `{"resourceVersion":"${revision}"}`;
  const count = selective ? '' : `,"remainingItemCount":${remaining}`;
  return `{"resourceVersion":"${revision}","continue":"${continueToken}"${count}}`;
}

/** What selects resources of a place. */
export const selectionOf = ({ namespace }: Place, query: Query) => ({
  namespace,
  labelSelector: query.get('labelSelector'),
  fieldSelector: query.get('fieldSelector'),
});

async function listPage(context: Reading, place: Place, query: Query): Promise<Page> {
  const { store, pages } = context;
  const { kind } = place.served;
  const limit = countOf(query, 'limit') || Number.POSITIVE_INFINITY;
  const selection = selectionOf(place, query);
  const asked = JSON.stringify([kind.apiVersion, kind.plural, selection]);
  const continueToken = query.get('continue');
  if (continueToken) return pages.next(asked, continueToken, limit);
  const { items, resourceVersion } = await selecting(() => store.list(kind, selection));
  checkVersion(query.get('resourceVersion'), resourceVersion);
  return pages.first(asked, items, resourceVersion, limit);
}

/** @throws ApiError 400 for a selector that cannot be read */
export async function selecting<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === 'INVALID') throw badRequest(messageOf(error));
    throw error;
  }
}

/** @throws ApiError when a version is asked for that this server does not know or has not reached */
function checkVersion(asked: string | undefined, current: string): void {
  if (!asked || asked === '0') return;
  if (!/^\d+$/.test(asked))
    throw badRequest(`Invalid value: ${JSON.stringify(asked)}: resourceVersion is not a number`);
  if (BigInt(asked) > BigInt(current)) throw tooLargeVersion(asked, current);
}
