import { RE2JS } from 're2js';

/** Steps of matching that nobody waits for: instructions of the pattern times characters of the text. */
const MAX_STEPS = 50_000_000;

/**
 * A pattern that comes from outside: Go's, found in time that grows with the length of the text, whatever it is. A text
 * that is far too long for a pattern of many thousand instructions counts as one without it.
 * @returns undefined when the pattern cannot be read
 */
export function readPattern(pattern: string): ((text: string) => boolean) | undefined {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.programSize() * text.length <= MAX_STEPS && compiled.test(text);
  } catch {
    return undefined;
  }
}
