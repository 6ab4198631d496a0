import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log.ts';
import type { Random } from '../../core/random.ts';
import type { ResourceStore } from '../../store/store.ts';
import type { Catalog, ServedKind } from './catalog.ts';
import type { Texts } from './texts.ts';

/** What every operation on resources works with. */
export interface Context {
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly catalog: Catalog;
  readonly texts: Texts;
}

/** Which resource, or which collection, an operation is about. */
export interface Place {
  readonly served: ServedKind;
  readonly namespace: string | undefined;
}

export interface Item extends Place {
  readonly name: string;
}

export const referenceTo = ({ served: { kind }, namespace, name }: Item) => ({
  apiVersion: kind.apiVersion,
  kind: kind.kind,
  name,
  namespace,
});

/** What an error is about: the kind in the version that the client speaks. */
export const subjectOf = ({ served: { kind, apiVersion } }: Place, name?: string) => ({
  kind: { apiVersion, kind: kind.kind, plural: kind.plural },
  name,
});
