/** Where two versions of a list differ: `[start, beforeEnd)` of the former has become `[start, afterEnd)` of the latter. */
export interface SharedEnds {
  readonly start: number;
  readonly beforeEnd: number;
  readonly afterEnd: number;
}

/** Compares two lists from both ends. Only what is the same value or the same object counts as shared. */
export function sharedEnds(before: readonly unknown[], after: readonly unknown[]): SharedEnds {
  // Copies, because V8 reads frozen arrays several times slower, which is more than copying costs.
  const [old, now] = [[...before], [...after]];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start++;
  let beforeEnd = old.length;
  let afterEnd = now.length;
  while (beforeEnd > start && afterEnd > start && old[beforeEnd - 1] === now[afterEnd - 1]) {
    beforeEnd--;
    afterEnd--;
  }
  return { start, beforeEnd, afterEnd };
}
