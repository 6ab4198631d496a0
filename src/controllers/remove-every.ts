import { codeOf } from '../core/errors.ts';
import { unhurried } from '../core/unhurried.ts';
import { type KindReference, referenceOf, type Stored } from '../resources/resource.ts';
import { unlessGone } from '../store/errors.ts';
import type { ResourceStore } from '../store/store.ts';

/** What is to be removed of a kind. */
export interface Removal {
  /** Only in this namespace. */
  readonly namespace?: string | undefined;
  /** Only what was last written before this revision: what held them may be there again, with new ones. */
  readonly before?: string | undefined;
}

/**
 * Deletes the resources of a kind, and what others add meanwhile, with turns for others in between.
 * @returns how many are left, because finalizers hold them or because the signal was aborted
 */
export async function removeEvery(
  store: ResourceStore,
  { apiVersion, kind }: KindReference,
  { namespace, before }: Removal,
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    const { items } = await store.list({ apiVersion, kind }, { namespace });
    const meant = before === undefined ? items : items.filter((item) => isOlder(item, before));
    const present = meant.filter(({ metadata }) => !metadata.deletionTimestamp);
    if (present.length === 0 || signal.aborted) return meant.length;
    for await (const item of unhurried(present)) {
      if (signal.aborted) return meant.length;
      await store.delete(referenceOf(item), { uid: item.metadata.uid }).catch(unlessReplaced);
    }
  }
}

const isOlder = ({ metadata }: Stored, revision: string) => BigInt(metadata.resourceVersion) < BigInt(revision);

/** Another one of the same name is none that was meant. */
function unlessReplaced(error: unknown): void {
  if (codeOf(error) !== 'CONFLICT') unlessGone(error);
}
