import { BoundedMap } from '../core/bounded-map.ts';
import { normaliseName } from '../resources/names.ts';
import { ListIndex } from '../store/list-index.ts';
import type { RegisteredService } from './applications.ts';

/** The services of one application, by what they are looked for. Of several the first counts. */
export interface ServiceIndex {
  withId(id: string): RegisteredService | undefined;
  withIdentifier(identifier: string): RegisteredService | undefined;
  /** Another one whose name is the same in URLs. */
  withName(displayName: string): RegisteredService | undefined;
  /** The first type of an entry that is neither API nor events. */
  readonly unknownType: string | undefined;
}

/** Applications whose services are indexed at a time; the one that was asked for longest ago is indexed anew. */
const LIMIT = 1_000;

/** @returns a function that indexes the services of an application, at the cost of what has changed since last time */
export function createServiceIndexes() {
  const latest = new BoundedMap<ListIndex<RegisteredService, RegisteredService>>(LIMIT);

  return (application: string, services: readonly RegisteredService[]): ServiceIndex => {
    const index = (latest.get(application) ?? new ListIndex(contribute)).next(services);
    latest.set(application, index);
    const first = (key: string) => index.get(key)?.[0];
    const odd = first('odd')?.entries?.find(isOdd);
    return {
      withId: (id) => first(`id ${id}`),
      withIdentifier: (identifier) => first(`identifier ${identifier}`),
      withName: (displayName) => first(nameKey(displayName)),
      unknownType: odd && String(odd.type),
    };
  };
}

const nameKey = (displayName = '') => `name ${normaliseName(displayName)}`;

const isOdd = ({ type }: { readonly type: string }) => type !== 'API' && type !== 'Events';

/** Written by hand, anything may be missing. */
function contribute(service: RegisteredService): (readonly [string, RegisteredService])[] {
  const { id, identifier, displayName, entries } = service;
  const keys = [nameKey(displayName)];
  if (id !== undefined) keys.push(`id ${id}`);
  if (identifier) keys.push(`identifier ${identifier}`);
  if (entries?.some(isOdd)) keys.push('odd');
  return keys.map((key) => [key, service]);
}
