import type { Stored } from '../../resources/resource.ts';
import { frozenCopy } from '../frozen.ts';
import { checkIdentity } from '../stamp.ts';
import { at, type LongList, putList } from './bodies.ts';
import { type ChunkedList, type ChunkItems, rechunk } from './chunks.ts';

/** A long list of a resource, and how it is kept. */
export interface KeptList {
  readonly path: readonly string[];
  readonly list: ChunkedList;
}

/** What to write so that the lists of another version of a resource are kept. */
export interface ListsWrite {
  readonly kept: readonly KeptList[];
  readonly written: readonly ChunkItems[];
  readonly dropped: readonly number[];
}

const nothing: ListsWrite = { kept: [], written: [], dropped: [] };

/** @param before those of the version that is there */
export function planLists(
  lists: readonly LongList[],
  before: readonly KeptList[] | undefined,
  newId: () => number,
): ListsWrite {
  if (lists.length === 0 && !before) return nothing;
  const left = new Map((before ?? []).map(({ path, list }) => [keyOf(path), list]));
  const planned = lists.map(({ path, items }) => {
    const known = left.get(keyOf(path));
    left.delete(keyOf(path));
    return { path, ...rechunk(items, newId, known) };
  });
  const gone = [...left.values()].flatMap(({ chunks }) => chunks.map(({ id }) => id));
  return {
    kept: planned.map(({ path, list }) => ({ path, list })),
    written: planned.flatMap(({ written }) => written),
    dropped: [...gone, ...planned.flatMap(({ dropped }) => dropped)],
  };
}

const keyOf = (path: readonly string[]) => JSON.stringify(path);

/** Where lists belong, and the numbers of their chunks: what stands beside the body of a resource. */
export const listsText = (kept: readonly KeptList[]): string | null =>
  kept.length === 0
    ? null
    : JSON.stringify(kept.map(({ path, list }) => ({ path, chunks: list.chunks.map(({ id }) => id) })));

/**
 * Puts a resource together again.
 * @param body the text of everything but the long lists
 * @param lists what `listsText` has made
 * @param readChunk the text of the items of a chunk
 * @throws Error when something of it is damaged or missing
 */
export function readKept(body: string, lists: string | null, readChunk: (id: number) => string) {
  const parsed: unknown = JSON.parse(body);
  const column = (lists === null ? [] : JSON.parse(lists)) as { path: string[]; chunks: number[] }[];
  const found = column.map(({ path, chunks }) => {
    const read = chunks.map((id) => ({ id, items: listOf(readChunk(id)) }));
    putList(
      parsed,
      path,
      read.flatMap(({ items }) => items),
    );
    return { path, chunks: read.map(({ id, items }) => ({ id, length: items.length })) };
  });
  const resource = frozenCopy(parsed) as Stored;
  checkStored(resource);
  const kept = found.map(({ path, chunks }) => ({ path, list: { items: at(resource, path) as unknown[], chunks } }));
  return { resource, kept };
}

function listOf(text: string): unknown[] {
  const items: unknown = JSON.parse(text);
  if (!Array.isArray(items)) throw new Error('no list');
  return items;
}

function checkStored(resource: Stored): void {
  checkIdentity(resource);
  const { uid, resourceVersion } = resource.metadata;
  if (typeof uid !== 'string' || typeof resourceVersion !== 'string') throw new Error('never stored');
}
