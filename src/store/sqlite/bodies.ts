import { setMember } from '../../core/set-member.ts';
import type { Stored } from '../../resources/resource.ts';
import { isObject } from '../frozen.ts';

/** Lists of so many objects are kept apart from the resource that they belong to. */
const LONG = 64;

type Members = Record<string, unknown>;

/** A long list of a resource, and the members that lead to it. */
export interface LongList {
  readonly path: readonly string[];
  readonly items: readonly unknown[];
}

/**
 * Takes the long lists out of a resource. What is in lists stays where it is.
 * @returns the resource with empty lists in their places; the very same one when there are none
 */
export function takeLists(resource: Stored): { readonly rest: object; readonly lists: readonly LongList[] } {
  const lists: LongList[] = [];
  const path: string[] = [];
  const take = (members: Readonly<Members>): Readonly<Members> => {
    let copy: Members | undefined;
    for (const name of Object.keys(members)) {
      const value = members[name];
      if (typeof value !== 'object' || value === null) continue;
      path.push(name);
      const rest = Array.isArray(value) ? withoutLong(value) : take(value as Members);
      path.pop();
      if (rest === value) continue;
      copy ??= { ...members };
      setMember(copy, name, rest);
    }
    return copy ?? members;
  };
  const withoutLong = (items: readonly unknown[]) => {
    if (items.length < LONG || !isObject(items[0])) return items;
    lists.push({ path: [...path], items });
    return [];
  };
  return { rest: take(resource), lists };
}

/** Puts a list back into a body that has been parsed. @throws Error when the body has no such place */
export function putList(body: unknown, path: readonly string[], items: readonly unknown[]): void {
  const place = at(body, path.slice(0, -1));
  const last = path.at(-1);
  if (!isObject(place) || last === undefined || !Array.isArray(at(place, [last])))
    throw new Error('no place for a list');
  setMember(place, last, items);
}

/** What stands at the end of a path. */
export const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((place, name) => (isObject(place) && Object.hasOwn(place, name) ? place[name] : undefined), value);
