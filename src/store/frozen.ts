import { setMember } from '../core/set-member.ts';
import { invalid } from './errors.ts';
import { sharedEnds } from './shared-ends.ts';

/** Deeper nesting is refused, so that a hostile body cannot exhaust the stack. */
const MAX_DEPTH = 500;

type JsonObject = Record<string, unknown>;

/**
 * Copies a JSON value and freezes it all the way down. Subtrees that equal their counterpart in `previous` (an earlier
 * result of this function) are taken from there, so the versions of a large resource share what did not change, and
 * "nothing changed at all" shows as `result === previous`. Members that are `undefined` are left out.
 * @throws StoreError `INVALID` for what JSON cannot carry
 */
export function frozenCopy(value: unknown, previous?: unknown, depth = 0): unknown {
  if (value === previous && value !== undefined) return value;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      throw invalid(`a resource cannot contain the number ${value}`);
    case 'object':
      break;
    default:
      throw invalid(`a resource cannot contain a value of type ${typeof value}`);
  }
  if (value === null) return null;
  if (depth > MAX_DEPTH) throw invalid(`a resource cannot be nested deeper than ${MAX_DEPTH} levels`);
  return Array.isArray(value) ? copyArray(value, previous, depth) : copyObject(value, previous, depth);
}

function copyArray(value: readonly unknown[], previous: unknown, depth: number): unknown {
  const before: readonly unknown[] = Array.isArray(previous) ? previous : [];
  const { start, beforeEnd, afterEnd } = sharedEnds(before, value);
  // When elements were added or removed the others have moved: those handed back as we gave them out are kept.
  const moved = before.length > 0 && before.length !== value.length;
  const known = moved ? new Set([...before].slice(start, beforeEnd)) : undefined;
  const copy = [...value];
  let same = previous === before && before.length === value.length;
  for (let index = start; index < afterEnd; index++) {
    const item = value[index];
    copy[index] = known?.has(item) ? item : frozenCopy(item, before[index], depth + 1);
    same &&= copy[index] === before[index];
  }
  return same ? previous : Object.freeze(copy);
}

function copyObject(value: object, previous: unknown, depth: number): unknown {
  if (!isObject(value)) throw invalid(`a resource cannot contain a ${value.constructor?.name ?? 'foreign object'}`);
  const before = isObject(previous) ? previous : undefined;
  const copy: JsonObject = {};
  let members = 0;
  let same = before !== undefined;
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    const known = before !== undefined && Object.hasOwn(before, key);
    const copied = frozenCopy(member, known ? before[key] : undefined, depth + 1);
    setMember(copy, key, copied);
    members++;
    same &&= known && copied === before?.[key];
  }
  return same && before && Object.keys(before).length === members ? before : Object.freeze(copy);
}

/** Whether a value is what JSON calls an object; also for objects of another realm or without a prototype. */
export function isObject(value: unknown): value is JsonObject {
  return Object.prototype.toString.call(value) === '[object Object]';
}
