import { BoundedMap } from '../core/bounded-map.ts';
import { normaliseName } from '../resources/names.ts';
import { ListIndex } from '../store/list-index.ts';

/** What services are looked for by. Written by hand, anything may be missing. */
interface Named {
  readonly id?: string;
  readonly identifier?: string;
  readonly displayName?: string;
  readonly entries?: readonly { readonly type: string }[] | null;
}

/** The services of one application. Of several that are found the first counts. */
export interface ServiceIndex<S extends Named> {
  withId(id: string): S | undefined;
  withIdentifier(identifier: string): S | undefined;
  /** One whose name in URLs is that of this name. */
  withName(displayName: string): S | undefined;
  /** The first type of an entry that is neither API nor events. */
  readonly unknownType: string | undefined;
}

/** Applications whose services are indexed at a time; the one that was asked for longest ago is indexed anew. */
const LIMIT = 1_000;

/** @returns a function that indexes the services of an application, at the cost of what has changed since last time */
export function createServiceIndexes<S extends Named>() {
  const latest = new BoundedMap<ListIndex<S, S>>(LIMIT);

  return (application: string, services: readonly S[]): ServiceIndex<S> => {
    const index = (latest.get(application) ?? new ListIndex<S, S>(keyed)).next(services);
    latest.set(application, index);
    const first = (key: string) => index.get(key)?.[0];
    const unknown = first('unknown type')?.entries?.find(hasUnknownType);
    return {
      withId: (id) => first(`id ${id}`),
      withIdentifier: (identifier) => first(`identifier ${identifier}`),
      withName: (displayName) => first(nameKey(displayName)),
      unknownType: unknown && String(unknown.type),
    };
  };
}

const nameKey = (displayName = '') => `name ${normaliseName(displayName)}`;

const hasUnknownType = ({ type }: { readonly type: string }) => type !== 'API' && type !== 'Events';

function keyed<S extends Named>(service: S): (readonly [string, S])[] {
  const { id, identifier, displayName, entries } = service;
  const keys = [nameKey(displayName)];
  if (id !== undefined) keys.push(`id ${id}`);
  if (identifier) keys.push(`identifier ${identifier}`);
  if (entries?.some(hasUnknownType)) keys.push('unknown type');
  return keys.map((key) => [key, service]);
}
