import { codeOf } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { applicationKind, secretKind, serviceKind } from '../resources/kinds.ts';
import type { KindReference } from '../resources/resource.ts';
import type { ResourceStore } from '../store/store.ts';
import { specificationKind } from './specifications.ts';

export interface Collector {
  close(): Promise<void>;
}

const collected: readonly KindReference[] = [serviceKind, secretKind, specificationKind];

/**
 * Removes what belongs to an application when the application goes, as Kubernetes does for owned objects.
 * (metadata-service §9)
 */
export function startCollector(store: ResourceStore, log: Logger): Collector {
  const running = new Set<Promise<void>>();
  const { apiVersion, kind } = applicationKind;
  const watch = store.watch({ apiVersion, kind }, {}, ({ type, object }) => {
    if (type !== 'DELETED') return;
    const work = collect(store, object.metadata.uid)
      .catch((err: unknown) => log.error({ err, application: object.metadata.name }, 'objects were not removed'))
      .finally(() => running.delete(work));
    running.add(work);
  });
  return {
    async close() {
      watch.close();
      await Promise.all(running);
    },
  };
}

async function collect(store: ResourceStore, owner: string): Promise<void> {
  for (const { apiVersion, kind } of collected) {
    const { items } = await store.list({ apiVersion, kind });
    for (const { metadata } of items) {
      if (!metadata.ownerReferences?.some(({ uid }) => uid === owner)) continue;
      const { name, namespace, uid } = metadata;
      await store.delete({ apiVersion, kind, name, namespace }, { uid }).catch(unlessGone);
    }
  }
}

/** Somebody else may have been faster. */
function unlessGone(error: unknown): void {
  if (codeOf(error) !== 'NOT_FOUND' && codeOf(error) !== 'CONFLICT') throw error;
}
