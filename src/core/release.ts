import { userError } from './errors.ts';

/** A Kyma release, or `latest`: for every API the newest release that still had it. */
export type Release = 'latest' | readonly [major: number, minor: number, patch: number];

/** The oldest release that had the APIs which Kymulator simulates, and the newest of the classic numbering. */
const OLDEST = [0, 4, 0] as const;
const NEWEST = [2, 20, 0] as const;

/**
 * Reads `latest`, `1.24` or `1.24.11`. A missing patch number means the first patch release.
 * @throws UserError `RELEASE_INVALID` that says which forms and which range are known
 */
export function parseRelease(text: string): Release {
  if (text === 'latest') return 'latest';
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text);
  const release = match && ([Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] as const);
  if (!release || isBefore(release, OLDEST) || release[0] > NEWEST[0] || release[1] > (release[0] === 2 ? 20 : 99)) {
    throw userError('RELEASE_INVALID', { release: text });
  }
  return release;
}

type Version = readonly [number, number, number];

function isBefore(left: Version, right: Version): boolean {
  for (const index of [0, 1, 2] as const) {
    if (left[index] !== right[index]) return left[index] < right[index];
  }
  return false;
}

/** True when the release is the given version or a newer one; `latest` is newer than all. */
export const isSince = (release: Release, from: Version) => release === 'latest' || !isBefore(release, from);

/** The row of a table, ordered by release, that a release falls into; `latest` is the last row. */
export function rowFor<Row extends { readonly from: Version }>(
  rows: readonly Row[],
  release: Release,
): Row | undefined {
  return rows.findLast((row) => isSince(release, row.from));
}

/** The rows of a table in which each release says only what it changes of the one before. */
export function rowsOf<Row extends { readonly from: Version }>(
  first: Row,
  changes: readonly (Partial<Row> & { readonly from: Version })[],
): readonly Row[] {
  let row = first;
  const later = changes.map((change) => {
    row = { ...row, ...change };
    return row;
  });
  return [first, ...later];
}
