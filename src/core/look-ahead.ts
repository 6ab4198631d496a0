/**
 * A search that is asked from places further and further on in a text, where the next place that it found is the answer
 * for all places before it: however often it is asked, the text is gone through once.
 * @param search finds the first place at or after the given one
 */
export function lookAhead(search: (from: number) => number): (from: number) => number {
  let known = -1;
  return (from) => {
    if (from > known) known = search(from);
    return known;
  };
}

/** Where `wanted` is, at `from` or later; the end of the text when it is nowhere. */
export function indexOrEnd(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? text.length : at;
}
