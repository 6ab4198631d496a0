import { sharedEnds } from '../shared-ends.ts';

/** So many items are kept together. A change of one of them writes all of them. */
const FULL = 16;

/** A piece of a long list, kept under a number of its own. */
export interface Chunk {
  readonly id: number;
  readonly length: number;
}

/** How the present state of a list is kept. */
export interface ChunkedList {
  readonly items: readonly unknown[];
  /** In the order of the items. */
  readonly chunks: readonly Chunk[];
}

export interface ChunkItems {
  readonly id: number;
  readonly items: readonly unknown[];
}

export interface Rechunked {
  readonly list: ChunkedList;
  readonly written: readonly ChunkItems[];
  /** Numbers that are free again. */
  readonly dropped: readonly number[];
}

const nothing: ChunkedList = { items: [], chunks: [] };

/**
 * Works out what to write so that another state of a list is kept: the chunks that have a changed item in them, and no
 * other. Chunks that have become small are joined with the next one.
 * @param newId a number for a chunk that is one more
 */
export function rechunk(items: readonly unknown[], newId: () => number, before = nothing): Rechunked {
  if (items === before.items) return { list: before, written: [], dropped: [] };
  const { start, beforeEnd } = sharedEnds(before.items, items);
  const growth = items.length - before.items.length;
  const { first, last, from, length } = touched(before.chunks, start, beforeEnd, growth);
  const ids = before.chunks.slice(first, last).map(({ id }) => id);
  const written = pieces([...items].slice(from, from + length)).map((piece) => ({
    id: ids.shift() ?? newId(),
    items: piece,
  }));
  const now = written.map((chunk) => ({ id: chunk.id, length: chunk.items.length }));
  const chunks = [...before.chunks.slice(0, first), ...now, ...before.chunks.slice(last)];
  return { list: { items, chunks }, written, dropped: ids };
}

/**
 * The chunks `[first, last)` that have to be written when the items from `start` to `end` become so many more, where the
 * first of them begins, and how many items they will have.
 */
function touched(chunks: readonly Chunk[], start: number, end: number, growth: number) {
  const lengthOf = (index: number) => chunks[index]?.length ?? 0;
  let first = 0;
  let from = 0;
  while (first < chunks.length && from + lengthOf(first) <= start) from += lengthOf(first++);
  // What is added at the end goes where there is room.
  if (first > 0 && first === chunks.length && lengthOf(first - 1) < FULL) from -= lengthOf(--first);
  let last = first;
  let to = from;
  while (last < chunks.length && (last === first || to < end || to - from + growth < FULL / 2)) to += lengthOf(last++);
  return { first, last, from, length: to - from + growth };
}

/** As few pieces as there can be, of about the same length. */
function pieces<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / FULL);
  const begin = (piece: number) => Math.floor((piece * items.length) / count);
  return Array.from({ length: count }, (_, piece) => items.slice(begin(piece), begin(piece + 1)));
}
