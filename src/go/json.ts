/**
 * Writing JSON as Kyma's services, written in Go, do: `& < >` are escaped. (connector-service §2.2)
 */

import type { Steps } from '../core/give-way.ts';

const unicodeEscapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON text that is part of a larger value and goes into it as it stands. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Serialises as Go does with HTML escaping, ended by one line feed. Members that are `undefined` are left out, and
 * `RawJson` is written as it was read.
 */
export function encodeGoJson(value: unknown): string {
  // Outside of strings none of these characters can stand, so raw text is safe to treat alike.
  return `${writeJson(value).replace(/[<>&\u2028\u2029]/g, (character) => unicodeEscapes[character] as string)}\n`;
}

/** Values between two pauses. */
const PAUSE = 256;

/** Serialises like `JSON.stringify`, in portions. */
export function* writing(value: unknown): Steps<string> {
  let count = 0;
  function* write(inner: unknown): Steps<string> {
    if (++count % PAUSE === 0) yield;
    if (typeof inner !== 'object' || inner === null) return JSON.stringify(inner) ?? 'null';
    let text = '';
    if (Array.isArray(inner)) {
      for (const item of inner) text += `${text && ','}${isScalar(item) ? scalarText(item) : yield* write(item)}`;
      return `[${text}]`;
    }
    for (const key of Object.keys(inner)) {
      const member = (inner as Record<string, unknown>)[key];
      if (member === undefined) continue;
      text += `${text && ','}${JSON.stringify(key)}:${isScalar(member) ? scalarText(member) : yield* write(member)}`;
    }
    return `{${text}}`;
  }
  return yield* write(value);
}

const isScalar = (value: unknown) => typeof value !== 'object' || value === null;
const scalarText = (value: unknown) => JSON.stringify(value) ?? 'null';

/** Serialises like `JSON.stringify`, with `RawJson` as it stands. */
export function writeJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(writeJson).join()}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${writeJson(member)}`).join()}}`;
}
