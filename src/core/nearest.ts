/** Number of single-character insertions, deletions and substitutions between two texts. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substituted = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substituted));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

const bare = (name: string) => name.toLowerCase().replaceAll(/[-_]/g, '');

/**
 * The candidate that was most likely meant, or undefined when none is close. Letter case, `-` and `_` do not count, so
 * `gateway_port` finds `gatewayPort`.
 */
function nearest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = bare(name);
  const limit = Math.max(wanted.length < 4 ? 1 : 2, Math.floor(wanted.length / 3));
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const other = bare(candidate);
    // A name comes from outside and may be of any length; the comparison costs the product of the two.
    if (Math.abs(wanted.length - other.length) > limit) continue;
    const edits = distance(wanted, other);
    if (edits <= limit && (best === undefined || edits < best.edits)) best = { candidate, edits };
  }
  return best?.candidate;
}

/**
 * `; did you mean X?`, or nothing when no candidate is close.
 * @param written how a candidate is to be written in the answer
 */
export function suggestion(
  name: string,
  candidates: readonly string[],
  written: (candidate: string) => string = String,
): string {
  const candidate = nearest(name, candidates);
  return candidate === undefined ? '' : `; did you mean ${written(candidate)}?`;
}
