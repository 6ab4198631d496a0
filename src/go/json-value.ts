import type { Steps } from '../core/give-way.ts';
import { type Making, readInSteps } from './json-parser.ts';

/** Sets a member whatever its name: plain assignment of `__proto__` would change the prototype instead. */
export function setMember(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

const values: Making<unknown> = {
  scalar(kind, _start, _end, scalar) {
    if (kind === 'null') return null;
    return kind === 'number' ? Number(scalar) : scalar;
  },
  array: () => [],
  add: (array, item) => (array as unknown[]).push(item),
  object: () => ({}),
  set: (object, key, value) => setMember(object as Record<string, unknown>, key, value),
};

/**
 * What `JSON.parse` gives, in portions: for a text that would keep the engine's own parser busy for long.
 * @throws GoSyntaxError
 */
export const jsonReading = (text: string): Steps<unknown> => readInSteps(text, values);
