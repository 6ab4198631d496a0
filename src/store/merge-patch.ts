import { setMember } from '../core/set-member.ts';
import { isObject } from './frozen.ts';

/** Applies a JSON merge patch (RFC 7396). Neither argument is changed; unchanged parts of `target` are shared. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const base = isObject(target) ? target : {};
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) setMember(result, key, mergePatch(Object.hasOwn(base, key) ? base[key] : {}, value));
  }
  return result;
}
